#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "extract/byte_view.h"
#include "extract/exif_tags.h"

namespace cairn {

/// A value of an image file directory: its type (TIFF 6.0, section 2; BigTIFF's 13 and 16 to 18), how many, and its
/// bytes, all of them.
struct ExifValue {
  std::uint16_t type = 0;
  std::uint64_t count = 0;
  ByteView bytes;

  [[nodiscard]] bool IsText() const { return type == 2; }
  [[nodiscard]] bool IsBytes() const { return type == 7; }
  /// Numbers without a fraction, of at most 32 bits.
  [[nodiscard]] bool IsInteger() const { return type <= 9 ? type != 5 : type == 13; }
  /// The number at `index`; a rational as its quotient, infinite or NaN where its divisor is 0.
  [[nodiscard]] double Number(std::uint64_t index) const;
  /// The same as text, with as many digits as the type holds.
  [[nodiscard]] std::string NumberText(std::uint64_t index) const;
};

/// Bytes that one value of the type takes; 0 where there is no such type.
std::size_t ExifTypeBytes(std::uint16_t type);

/// The value in words; nothing where it has no value at all.
std::optional<FieldValue> ShowExif(const Tag& tag, const ExifValue& value);

/// Seconds of an exposure in words.
std::string ExposureText(double seconds);

}  // namespace cairn
