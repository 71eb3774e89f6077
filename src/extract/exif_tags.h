#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "extract/text.h"

namespace cairn {

/// How a value is put into words, as ExifTool does it.
enum class Show : std::uint8_t {
  kPlain,         ///< As it stands: text, or numbers with a space between.
  kCodes,         ///< A word for each number.
  kLetters,       ///< A word for each first letter.
  kWords,         ///< The word that begins with the text.
  kExposureTime,  ///< `1/250` up to a quarter of a second, else seconds.
  kShutterSpeed,  ///< APEX, shown as a time.
  kAperture,      ///< APEX, shown as an f-number.
  kFNumber,
  kFraction,  ///< `+1/3`.
  kMillimetres,
  kMetres,
  kVersion,      ///< Four letters.
  kDotted,       ///< `2.2.0.0`.
  kComponents,   ///< `Y, Cb, Cr, -`.
  kCodedText,    ///< Eight bytes that name the encoding, then text.
  kLens,         ///< `24-70mm f/2.8`.
  kCfa,          ///< `[Red,Green][Green,Blue]`.
  kSubSampling,  ///< `YCbCr4:2:0 (2 2)`.
  kBinary,       ///< Its size alone.
  kUtf16,
  kLong,        ///< Numbers, of which only the size is told where they take more than 32 letters.
  kLong64,      ///< The same with 64 letters.
  kBytes,       ///< Its size in the file alone.
  kBits,        ///< A word for each bit, by its number.
  kHexCodes,    ///< As `kCodes`; `Unknown (0x48)`.
  kHex,         ///< Bytes as hexadecimal digits.
  kHexUpper,    ///< The same in capitals.
  kString,      ///< Bytes that are UTF-8.
  kAfterColon,  ///< Text behind `Owner's Name: `.
  kColors,      ///< `Red,Green,Blue`.
  kCommas,      ///< Numbers with a comma between.
  kCelsius,
  kFileSource,  ///< As `kCodes`, but four bytes are Sigma's.
  kMakerText,   ///< A maker's note where it is nothing but text.
  kPrintIm,     ///< The version in a PrintIM block.
  kDegrees,     ///< `54 deg 59' 22.80"`.
  kClock,       ///< `14:58:24`.
};

/// A tag of an image file directory.
struct Tag {
  std::uint16_t id;
  std::string_view name;
  Show show;
  std::span<const Code> codes;
};

// By number. TIFF 6.0; Exif 2.32 (CIPA DC-008), tables 4 to 15; TIFF/EP and DNG where files in the wild have them.
std::span<const Tag> TiffTags();     ///< Below 0x8000.
std::span<const Tag> ExifTags();     ///< From 0x8000 on.
std::span<const Tag> PrivateTags();  ///< Of makers of scanners and of software, below 0xc000.
std::span<const Tag> DngTags();      ///< DNG 1.6 and what else is registered from 0xc000 on.
std::span<const Tag> GpsTags();

/// The tag with this number outside of GPS directories, or null.
const Tag* FindExifTag(std::uint16_t id);

/// The tag with this number, or null.
const Tag* FindTag(std::span<const Tag> tags, std::uint16_t id);

}  // namespace cairn
