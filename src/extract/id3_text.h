#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "extract/byte_view.h"

namespace cairn {

/// Four bytes of seven bits each: ID3v2.4, section 6.2.
std::uint32_t Id3Synchsafe(ByteView view, std::uint64_t at);

/// Text in one of the four encodings: 0 Latin-1, 1 UTF-16 with a mark, 2 UTF-16, 3 UTF-8.
std::string Id3Decode(std::uint8_t encoding, std::string_view text);

/// Splits off what stands before the terminator, which is two bytes wide in UTF-16. `found` tells whether there is one.
std::string_view Id3TakeText(std::uint8_t encoding, std::string_view* rest, bool* found = nullptr);

/// `(17)Rock`, `17`, `Rock` and lists of them, separated by NUL or `/`.
std::string Id3Genre(const std::string& text);

/// `2012:09:28 15:01` of `2012-09-28T15:01`; what has another form stays.
std::string Id3Date(std::string text);

/// `Comment-deu`; the name alone where the language is English or none.
std::string Id3LanguageName(std::string_view name, std::string_view language);

}  // namespace cairn
