#pragma once

#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// Type and size of a JPEG, PNG, GIF or WebP picture by its own first bytes.
Picture PictureFacts(std::string_view bytes);

/// ID3v2's name of a kind of picture (ID3v2.4, section 4.14), as ExifTool writes it.
std::string_view PictureTypeName(std::uint32_t type);
/// The same in small letters.
std::string PictureType(std::uint32_t type);
/// ID3v1's name of a genre, Winamp's additions included; empty beyond.
std::string_view GenreName(std::uint32_t genre);

}  // namespace cairn
