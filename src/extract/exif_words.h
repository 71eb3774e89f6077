#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "extract/exif_value.h"

namespace cairn {

// Values of Exif that have words of their own.

/// Bytes as hexadecimal digits.
std::string HexText(std::string_view bytes, bool upper);
/// A word for each bit that is set, by its number; `(none)`.
std::string BitWords(std::span<const Code> codes, std::uint32_t bits);
/// The word for a number, else `Unknown (0x48)`.
std::string HexCodeText(const Tag& tag, const ExifValue& value);
/// `Red,Green,Blue`.
std::string ColorNames(const ExifValue& value);
/// A note that is nothing but text; its size where that is long.
std::optional<FieldValue> MakerText(const ExifValue& value);
/// `+1/3`.
std::string FractionText(double value);
/// `24-70mm f/2.8`.
std::string LensText(const ExifValue& value);
/// `[Red,Green][Green,Blue]`.
FieldValue CfaText(const ExifValue& value);
/// `YCbCr4:2:0 (2 2)`.
FieldValue SubSamplingText(const ExifValue& value);

}  // namespace cairn
