#pragma once

#include <string>

#include "extract/extracted.h"
#include "extract/file_bytes.h"

namespace cairn {

/// What the header of a gzip file says (RFC 1952, section 2.3), under ExifTool's names; returns the name of the file
/// within, empty where none is stated.
/// Returns INVALID_ARGUMENT where the bytes are no gzip file, UNAVAILABLE where they cannot be read.
Result<std::string> ReadGzipHeader(const FileBytes& bytes, Extracted& to);

}  // namespace cairn
