#pragma once

#include <span>
#include <string>
#include <string_view>

#include "extract/image_blocks.h"

namespace cairn {

/// Takes XMP from the content of an APP1 segment that is not Exif's (XMP specification part 3, section 1.1.3): a
/// packet, a part of one that is too large for a segment, or a packet without the header that it should have.
void TakeJpegXmp(std::string_view segment, std::size_t bytes_max, ImageBlocks* blocks);

/// The extended packet with that id (32 hexadecimal digits), put together; empty where a part of it is missing.
std::string JoinXmpParts(std::span<const std::string> parts, std::string_view id);

}  // namespace cairn
