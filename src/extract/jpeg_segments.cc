#include "extract/jpeg_segments.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "extract/exif_value.h"
#include "extract/exif_words.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr Code kUnits[] = {{0, "None"}, {1, "inches"}, {2, "cm"}};
constexpr Code kTransforms[] = {{0, "Unknown (RGB or CMYK)"}, {1, "YCbCr"}, {2, "YCCK"}};
constexpr Code kDownsampling[] = {{15, "Encoded with Blend=1 downsampling"}};
constexpr Code kFields[] = {{0, "Not Interleaved"}, {1, "Odd"}, {2, "Even"}};
constexpr std::size_t kEntriesMax = 100;

void Jfif(ByteView segment, Extracted& to) {
  to.Add("JFIFVersion", fmt::format("{}.{:02}", segment.U8(5), segment.U8(6)));
  to.Add("ResolutionUnit", CodeText(kUnits, segment.U8(7)));
  to.Add("XResolution", std::int64_t{segment.U16(8)});
  to.Add("YResolution", std::int64_t{segment.U16(10)});
  if (segment.U8(12) != 0) to.Add("ThumbnailWidth", std::int64_t{segment.U8(12)});
  if (segment.U8(13) != 0) to.Add("ThumbnailHeight", std::int64_t{segment.U8(13)});
}

// The texts of a list that NULs end.
std::vector<std::string> Texts(std::string_view bytes) {
  std::vector<std::string> out;
  while (!bytes.empty() && out.size() < kEntriesMax) {
    const std::string_view text = BeforeNul(bytes);
    out.push_back(ToUtf8(text));
    bytes.remove_prefix(std::min(text.size() + 1, bytes.size()));
  }
  return out;
}

// `Sign type` is `SignType`.
std::string FieldName(std::string_view text) {
  std::string out;
  bool raise = true;
  for (const char c : text) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (letter) out += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    raise = !letter;
  }
  return out;
}

struct Renamed {
  std::string_view from;
  std::string_view to;
};
constexpr Renamed kNames[] = {
    {"TimeDate", "DateTimeOriginal"},    {"Shutter", "ExposureTime"},  {"shtr", "ExposureTime"},
    {"Serial#", "SerialNumber"},         {"Ytarget", "YTarget"},       {"ylevel", "YLevel"},
    {"ExpBias", "ExposureCompensation"}, {"FWare", "FirmwareVersion"}, {"Type", "CameraType"}};

bool IsName(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '#' || c == '-';
}

void PictureField(std::string_view name, std::string value, Extracted& to) {
  std::string shown(name);
  for (const auto& one : kNames) {
    if (one.from == name) shown = one.to;
  }
  if (shown[0] >= 'a' && shown[0] <= 'z') shown[0] = static_cast<char>(shown[0] - 32);
  if (shown.size() == 1) shown.insert(0, "Tag");
  if (shown == "DateTimeOriginal") {
    if (value.find_first_not_of("0123456789") == std::string::npos && value.size() < 12)
      value = ExifTime(std::stoll(value));
    if (to.core.created.empty()) to.core.created = IsoTime(value);
  }
  if (shown == "ImageSize") std::replace(value.begin(), value.end(), '-', 'x');
  if (shown == "FNumber") value.erase(0, std::min(value.find_first_not_of("Ff "), value.size()));
  const FieldValue number = TextOrNumber(value);
  const auto* integer = std::get_if<std::int64_t>(&number);
  const auto* real = std::get_if<double>(&number);
  if (integer == nullptr && real == nullptr) return to.Add(shown, std::move(value));
  const double quantity = integer != nullptr ? static_cast<double>(*integer) : *real;
  if (shown == "FNumber" || shown == "Aperture") return to.Add(shown, fmt::format("{:.1f}", quantity));
  if (shown == "ExposureTime") return to.Add(shown, ExposureText(quantity * 1e-6));
  if ((shown == "Flash" || shown == "Macro") && (quantity == 0 || quantity == 1))
    return to.Add(shown, std::string(quantity == 0 ? "Off" : "On"));
  to.Add(shown, std::move(value));
}

}  // namespace

void ReadApp0(ByteView segment, Extracted& to) {
  if (segment.Is(0, "JFIF\0"sv)) return Jfif(segment, to);
  if (segment.Is(0, "JFXX\0\x10"sv)) {
    to.Add("ThumbnailImage", BinaryText(segment.size() - 6));
    to.pictures.push_back({"thumbnail", "image/jpeg", "", {}, {}, static_cast<std::int64_t>(segment.size() - 6)});
  }
  if (segment.Is(0, "AVI1") && segment.Has(4, 1)) to.Add("InterleavedField", CodeText(kFields, segment.U8(4)));
}

// Sections of names, of values as text, and of values as numbers, each in the same order.
void ReadRicohMeta(ByteView segment, Extracted& to) {
  const ByteView body(segment.Part(6), segment.Is(6, "II") ? std::endian::little : std::endian::big);
  if (body.size() < 20 || body.U16(4) != 0) return;
  std::uint64_t at = body.U16(8);
  const std::size_t count = std::min<std::size_t>(body.U16(at), kEntriesMax);
  std::vector<std::string> names;
  std::vector<std::string> values;
  ByteView numbers;
  for (at += 10; body.Has(at, 4) && body.U16(at + 2) >= 2;) {
    const std::uint16_t type = body.U16(at);
    const std::uint64_t bytes = body.U16(at + 2) - 2U;
    const ByteView section = body.Sub(at + 4, bytes);
    if (type == 1) names = Texts(section.bytes());
    if (type == 2 || type == 18) values = Texts(section.bytes());
    if (type == 3) numbers = section;
    at += 4 + bytes;
  }
  for (std::size_t i = 0; i < std::min(count, names.size()); ++i) {
    const std::string name = FieldName(names[i]);
    if (name.empty()) continue;
    if (i < values.size() && !values[i].empty()) {
      to.Add(name, values[i]);
    } else if (numbers.Has(i * 2, 2)) {
      to.Add(name, std::int64_t{numbers.U16(i * 2)});
    }
  }
}

void ReadDucky(ByteView segment, Extracted& to) {
  std::uint64_t at = 5;
  while (segment.Has(at, 4) && segment.U16(at) != 0) {
    const std::uint16_t size = segment.U16(at + 2);
    if (segment.U16(at) == 1) to.Add("Quality", fmt::format("{}%", segment.U32(at + 4)));
    if (segment.U16(at) == 2) to.Add("Comment", FromUtf16(segment.Part(at + 8, size > 4 ? size - 4U : 0U), true));
    if (segment.U16(at) == 3) to.Add("Copyright", FromUtf16(segment.Part(at + 8, size > 4 ? size - 4U : 0U), true));
    at += 4 + size;
  }
}

void ReadPictureInfo(ByteView segment, Extracted& to) {
  const std::string_view text = segment.bytes();
  std::size_t at = 0;
  for (std::size_t count = 0; count < kEntriesMax; ++count) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos) return;
    std::size_t begin = equals;
    while (begin > at && IsName(text[begin - 1])) --begin;
    std::size_t end = equals + 1;
    while (end < text.size() && text[end] >= ' ' && text[end] <= '~' && text[end] != '[' && text[end] != '=') ++end;
    if (end < text.size() && text[end] == '=') {  // the next name stands on the same line
      while (end > equals + 1 && IsName(text[end - 1])) --end;
    }
    const std::string_view value = TrimEnd(text.substr(equals + 1, end - equals - 1));
    if (begin < equals && !value.empty()) PictureField(text.substr(begin, equals - begin), std::string(value), to);
    at = end;
  }
}

void ReadAdobe(ByteView segment, Extracted& to) {
  to.Add("DCTEncodeVersion", std::int64_t{segment.U16(5)});
  to.Add("APP14Flags0", BitWords(kDownsampling, segment.U16(7)));
  to.Add("APP14Flags1", BitWords({}, segment.U16(9)));
  to.Add("ColorTransform", CodeText(kTransforms, segment.U8(11)));
}

}  // namespace cairn
