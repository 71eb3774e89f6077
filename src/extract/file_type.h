#pragma once

#include <string>
#include <string_view>

#include "cairn/status.h"
#include "extract/file_bytes.h"

namespace cairn {

/// How many bytes of the beginning decide on the type of nearly every file.
inline constexpr std::size_t kTypeHeadBytes = 4096;

/// What is known about nothing.
inline constexpr std::string_view kUnknownType = "application/octet-stream";

/// The MIME type of a file by the first bytes of it (`kTypeHeadBytes` or all of them) and, where they leave it open,
/// its name: `text/markdown` is plain text whose name ends in `.md`. `kUnknownType` where neither tells;
/// `inode/x-empty` for an empty file. The text returned lives as long as the process.
std::string_view FileType(std::string_view head, std::string_view file_name);

/// The same, reading what it needs: a zip archive is told apart by the names of its members, a FLAC from an MP3 by what
/// stands behind an ID3 tag.
/// Returns UNAVAILABLE where the bytes cannot be read.
Result<std::string_view> FileTypeOf(const FileBytes& bytes, std::string_view file_name);

/// Asks libmagic, which takes 100 µs where `FileType` takes one, about a file that `FileType` does not know.
/// Returns `kUnknownType` where it does not know either. Reads only `head`. Loads its table on first use, which opens
/// a file: not for workers.
std::string SlowFileType(std::string_view head);

}  // namespace cairn
