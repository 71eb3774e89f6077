#pragma once

#include <memory>

#include "service/byte_source.h"

namespace cairn {

/// What is behind gzip (RFC 1952; members may follow each other), a zlib stream (RFC 1950, which HTTP calls deflate),
/// or zstd (RFC 8878). Reading returns INVALID_ARGUMENT where the bytes are broken or cut off, and what `packed` does.
std::unique_ptr<ByteSource> UnpackGzip(std::unique_ptr<ByteSource> packed);
std::unique_ptr<ByteSource> UnpackDeflate(std::unique_ptr<ByteSource> packed);
/// `window_log_max`: unpacking takes as much memory as two to that power, and refuses what needs more.
std::unique_ptr<ByteSource> UnpackZstd(std::unique_ptr<ByteSource> packed, int window_log_max = 27);

}  // namespace cairn
