#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// ISO 8859-1, which is what formats mean that name no encoding; 0x80 to 0x9f as in Windows-1252.
std::string FromLatin1(std::string_view text);
/// UTF-16 in the order that its mark says, else in the one given. Halves of pairs become U+FFFD.
std::string FromUtf16(std::string_view text, bool big_endian);
/// The text itself where it is UTF-8, else read as Latin-1.
std::string ToUtf8(std::string_view text);
/// Mac OS Roman, as old QuickTime and Photoshop write.
std::string FromMacRoman(std::string_view text);
void AppendUtf8(std::string& out, std::uint32_t code);

/// Up to the first NUL.
std::string_view BeforeNul(std::string_view text);
/// Without white space and NULs at the end.
std::string_view TrimEnd(std::string_view text);
std::string_view Trim(std::string_view text);

/// At most `bytes_max` bytes of UTF-8, cut between characters.
std::string CutText(std::string text, std::size_t bytes_max);

/// At most `bytes_max` bytes of a text whose encoding is still to be found: not within a character of UTF-8, whose rest
/// would make the whole another encoding's. To tell, it takes one byte more than `bytes_max`.
std::string_view CutBytes(std::string_view text, std::size_t bytes_max);

/// `(Binary data 512 bytes)`: how a value is told that is too large or has no text.
std::string BinaryText(std::uint64_t bytes);

/// `digits` significant digits, as C's %g writes them.
std::string General(double value, int digits);
/// The whole part, 0 for what is no number, the nearest 64-bit integer beyond the range.
std::int64_t Whole(double value);
/// Bits per second; nothing where the time is too short to tell.
std::optional<std::int64_t> BitRate(std::uint64_t bytes, double seconds);
/// An integer where it is one, else rounded to `digits` significant digits.
FieldValue NumberValue(double value, int digits = 15);
/// An integer or real where the text is a number as JSON writes it, else the text: `0123` stays as it is.
FieldValue TextOrNumber(std::string text);

/// `2008:10:22 16:28:39` of a time counted in seconds since 1970, without zone.
std::string ExifTime(std::int64_t seconds_since_1970);
/// ISO 8601 of an EXIF time `YYYY:MM:DD hh:mm:ss[.fff][zone]` or of one that is ISO already; empty where it is none or
/// all zeros.
std::string IsoTime(std::string_view exif_time);

/// `2008:10:22 16:28:39Z` of an ISO 8601 time, as ExifTool writes them; what is none stays as it is.
std::string ColonTime(std::string iso_time);

/// `0:01:05` from 30 seconds on, else `12.34 s`.
std::string DurationText(double seconds);

/// Text shown by its first value: codes that formats use.
struct Code {
  std::int64_t value;
  std::string_view text;
};
/// Null where the value has none.
const Code* FindCode(std::span<const Code> codes, std::int64_t value);
/// The text of a value, `Unknown (7)` where it has none.
std::string CodeText(std::span<const Code> codes, std::int64_t value);

}  // namespace cairn
