#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// The parts of a 7z header that a listing needs (7-Zip's DOC/7zFormat.txt).
struct SevenZipFile {
  std::string path;  ///< UTF-8.
  bool folder = false;
  std::uint64_t bytes = 0;
  std::optional<std::uint32_t> crc32;
  std::optional<std::uint64_t> modified;  ///< 100 ns since 1601.
};

struct SevenZipHeader {
  std::vector<SevenZipFile> files;
  std::vector<std::string> methods;  ///< By which the files are packed: `LZMA2`, `AES`.
};

/// A header that stands packed: where, and by what.
struct SevenZipPacked {
  std::uint64_t at = 0;  ///< From the end of the 32 bytes at the beginning.
  std::uint64_t packed_bytes = 0;
  std::uint64_t bytes = 0;
  std::string method;  ///< The coder's id.
  std::string properties;
};

struct SevenZipParsed {
  SevenZipHeader header;
  std::optional<SevenZipPacked> packed;  ///< Then `header` is empty.
};

/// Reads what the beginning of the archive points to. No more than `files_max` files.
/// Returns INVALID_ARGUMENT where it is damaged, RESOURCE_EXHAUSTED where there are more files.
Result<SevenZipParsed> ReadSevenZipHeader(std::string_view bytes, std::size_t files_max);

}  // namespace cairn
