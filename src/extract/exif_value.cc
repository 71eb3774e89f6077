#include "extract/exif_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "extract/exif_words.h"

namespace cairn {
namespace {

constexpr std::array<std::size_t, 19> kTypeBytes = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};
// Of more numbers only the size is told.
constexpr std::uint64_t kNumbersMax = 1000;

// Of more the size is not counted either.
constexpr std::uint64_t kCountedMax = 64 * kNumbersMax;

std::string Joined(const ExifValue& value, std::string_view between = " ") {
  std::string out;
  for (std::uint64_t i = 0; i < std::min(value.count, kCountedMax); ++i) {
    if (i > 0) out += between;
    out += value.NumberText(i);
  }
  return out;
}

std::size_t LettersOf(std::int64_t number) {
  std::size_t out = number < 0 ? 2 : 1;
  for (number /= 10; number != 0; number /= 10) ++out;
  return out;
}

// The size that `Joined` has.
std::size_t JoinedBytes(const ExifValue& value) {
  const std::uint64_t count = std::min(value.count, kCountedMax);
  std::size_t out = static_cast<std::size_t>(std::max<std::uint64_t>(count, 1) - 1);
  for (std::uint64_t i = 0; i < count; ++i)
    out += value.IsInteger() ? LettersOf(Whole(value.Number(i))) : value.NumberText(i).size();
  return out;
}

FieldValue Numbers(const ExifValue& value) {
  if (value.count > 1) return Joined(value);
  return value.IsInteger() ? FieldValue(Whole(value.Number(0))) : TextOrNumber(value.NumberText(0));
}

FieldValue Plain(const ExifValue& value) {
  if (value.IsText()) return std::string(ToUtf8(TrimEnd(BeforeNul(value.bytes.bytes()))));
  if (value.IsBytes()) {
    const std::string_view text = TrimEnd(BeforeNul(value.bytes.bytes()));
    const bool printable = std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
    return printable ? std::string(text) : BinaryText(value.bytes.size());
  }
  return value.count > kNumbersMax ? FieldValue(BinaryText(JoinedBytes(value))) : Numbers(value);
}

std::string UnknownText(const ExifValue& value) {
  return "Unknown (" + ToUtf8(TrimEnd(BeforeNul(value.bytes.bytes()))) + ")";
}

FieldValue Words(const Tag& tag, const ExifValue& value) {
  if (value.IsText()) {
    const FieldValue number = TextOrNumber(std::string(BeforeNul(value.bytes.bytes())));
    if (const auto* integer = std::get_if<std::int64_t>(&number)) return CodeText(tag.codes, *integer);
    return UnknownText(value);
  }
  std::string out;
  if (value.count > 1 && !value.IsBytes()) {
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(value.count, 16); ++i) {
      const Code* code = FindCode(tag.codes, Whole(value.Number(i)));
      if (i > 0) out += code != nullptr ? "; " : " ";
      out += code != nullptr ? std::string(code->text) : value.NumberText(i);
    }
    return out;
  }
  if (!std::isfinite(value.Number(0))) return value.NumberText(0);
  return CodeText(tag.codes, Whole(value.Number(0)));
}

// What a tag without any value is.
std::optional<FieldValue> Empty(const Tag& tag) {
  switch (tag.show) {
    case Show::kPlain:
    case Show::kVersion:
    case Show::kCodedText:
    case Show::kUtf16:
    case Show::kString:
      return FieldValue(std::string());
    default:
      return std::nullopt;
  }
}

FieldValue CodedText(const ExifValue& value) {
  const std::string_view bytes = value.bytes.bytes();
  const std::string_view code = bytes.substr(0, 8);
  if (bytes.size() < 8) return ToUtf8(TrimEnd(BeforeNul(bytes)));
  if (code.starts_with("UNICODE")) {
    const std::string_view text = bytes.substr(8);
    // Many writers ignore the order of the file: zeros at even places are big-endian ASCII.
    const bool big =
        text.size() > 1 && (text[0] == 0) != (text[1] == 0) ? text[0] == 0 : value.bytes.order() == std::endian::big;
    return std::string(TrimEnd(FromUtf16(text, big)));
  }
  if (code.starts_with("ASCII") || code.starts_with("JIS") || code.starts_with('\0')) {
    return ToUtf8(TrimEnd(BeforeNul(bytes.size() > 8 ? bytes.substr(8) : std::string_view())));
  }
  return ToUtf8(TrimEnd(bytes));
}

FieldValue Degrees(const ExifValue& value) {
  if (value.IsText()) return Plain(value);
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(value.count, 3); ++i) {
    if (!std::isfinite(value.Number(i))) return std::string();
  }
  double degrees = value.Number(0);
  if (value.count > 1) degrees += value.Number(1) / 60;
  if (value.count > 2) degrees += value.Number(2) / 3600;
  if (!std::isfinite(degrees) || degrees < 0 || degrees > 1e10) return Joined(value);
  auto hundredths = static_cast<std::int64_t>(std::llround(degrees * 360000));
  const std::int64_t whole = hundredths / 360000;
  hundredths %= 360000;
  return fmt::format("{} deg {}' {}.{:02}\"", whole, hundredths / 6000, hundredths % 6000 / 100, hundredths % 100);
}

FieldValue ClockText(const ExifValue& value) {
  if (value.IsText()) return Plain(value);
  double seconds = value.Number(0) * 3600 + value.Number(1) * 60 + value.Number(2);
  if (!std::isfinite(seconds) || seconds < 0 || seconds > 1e7) return Joined(value);
  const auto hours = static_cast<int>(seconds / 3600);
  seconds -= hours * 3600;
  const auto minutes = static_cast<int>(seconds / 60);
  seconds -= minutes * 60;
  std::string text = fmt::format("{:09.6f}", seconds);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return fmt::format("{:02}:{:02}:{}", hours, minutes, text);
}

}  // namespace

std::size_t ExifTypeBytes(std::uint16_t type) { return type < kTypeBytes.size() ? kTypeBytes[type] : 0; }

double ExifValue::Number(std::uint64_t index) const {
  if (index >= count) return 0;
  const std::uint64_t at = index * ExifTypeBytes(type);
  switch (type) {
    case 3:
      return bytes.U16(at);
    case 4:
    case 13:
      return bytes.U32(at);
    case 5:
      return static_cast<double>(bytes.U32(at)) / bytes.U32(at + 4);
    case 6:
      return bytes.S8(at);
    case 8:
      return bytes.S16(at);
    case 9:
      return bytes.S32(at);
    case 10:
      return static_cast<double>(bytes.S32(at)) / bytes.S32(at + 4);
    case 11:
      return static_cast<double>(bytes.F32(at));
    case 12:
      return bytes.F64(at);
    case 16:
    case 18:
      return static_cast<double>(bytes.U64(at));
    case 17:
      return static_cast<double>(bytes.S64(at));
    default:
      return bytes.U8(at);
  }
}

std::string ExifValue::NumberText(std::uint64_t index) const {
  const double number = Number(index);
  if (IsInteger()) return std::to_string(Whole(number));
  if (std::isnan(number)) return "undef";
  return General(number, type == 5 || type == 10 ? 10 : 15);
}

std::string ExposureText(double seconds) {
  if (!std::isfinite(seconds)) return General(seconds, 10);
  if (seconds > 0 && seconds < 0.25001) return fmt::format("1/{}", Whole(0.5 + 1 / seconds));
  std::string text = fmt::format("{:.1f}", seconds);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

const Tag* FindTag(std::span<const Tag> tags, std::uint16_t id) {
  const auto found = std::lower_bound(tags.begin(), tags.end(), id, [](const Tag& tag, int of) { return tag.id < of; });
  return found != tags.end() && found->id == id ? &*found : nullptr;
}

const Tag* FindExifTag(std::uint16_t id) {
  for (const auto& tags : {TiffTags(), ExifTags(), PrivateTags(), DngTags()}) {
    if (const Tag* tag = FindTag(tags, id); tag != nullptr) return tag;
  }
  return nullptr;
}

std::optional<FieldValue> ShowExif(const Tag& tag, const ExifValue& value) {
  if (value.count == 0) return Empty(tag);
  const double number = value.Number(0);
  switch (tag.show) {
    case Show::kPlain:
      return Plain(value);
    case Show::kCodes:
      return Words(tag, value);
    case Show::kLetters: {
      const Code* code = FindCode(tag.codes, value.bytes.U8(0));
      return code == nullptr ? UnknownText(value) : std::string(code->text);
    }
    case Show::kWords: {
      const std::string_view text = TrimEnd(BeforeNul(value.bytes.bytes()));
      for (const auto& code : tag.codes) {
        if (!text.empty() && code.text.starts_with(text)) return std::string(code.text);
      }
      return UnknownText(value);
    }
    case Show::kExposureTime:
      return ExposureText(number);
    case Show::kShutterSpeed:
      return ExposureText(std::abs(number) < 100 ? std::exp2(-number) : 0);
    case Show::kAperture:
      return fmt::format("{:.1f}", std::exp2(number / 2));
    case Show::kFNumber:
      if (!std::isfinite(number)) return General(number, 10);
      return number > 0 && number < 1 ? fmt::format("{:.2f}", number) : fmt::format("{:.1f}", number);
    case Show::kFraction:
      return std::isfinite(number) ? FractionText(number) : General(number, 10);
    case Show::kMillimetres:
      return value.type == 3 ? fmt::format("{} mm", value.NumberText(0)) : fmt::format("{:.1f} mm", number);
    case Show::kMetres:
      return std::isfinite(number) ? value.NumberText(0) + " m" : value.NumberText(0);
    case Show::kVersion:
      return ToUtf8(BeforeNul(value.bytes.bytes()));
    case Show::kDotted:
      return Joined(value, ".");
    case Show::kComponents: {
      std::string out;
      for (std::uint64_t i = 0; i < std::min<std::uint64_t>(value.bytes.size(), 4); ++i) {
        const Code* code = FindCode(tag.codes, value.bytes.U8(i));
        out += (i > 0 ? ", " : "") +
               (code != nullptr ? std::string(code->text) : fmt::format("Err ({})", value.bytes.U8(i)));
      }
      return out;
    }
    case Show::kCodedText:
      return CodedText(value);
    case Show::kLens:
      return LensText(value);
    case Show::kCfa:
      return CfaText(value);
    case Show::kSubSampling:
      return SubSamplingText(value);
    case Show::kBinary:
      return BinaryText(value.IsBytes() || value.IsText() ? value.bytes.size() : JoinedBytes(value));
    case Show::kBytes:
      return BinaryText(value.bytes.size());
    case Show::kBits:
      return BitWords(tag.codes, static_cast<std::uint32_t>(Whole(std::max(0.0, number))));
    case Show::kHexCodes:
      return HexCodeText(tag, value);
    case Show::kHex:
    case Show::kHexUpper:
      return HexText(value.bytes.bytes(), tag.show == Show::kHexUpper);
    case Show::kString:
      return ToUtf8(TrimEnd(BeforeNul(value.bytes.bytes())));
    case Show::kAfterColon: {
      const std::string text = ToUtf8(TrimEnd(BeforeNul(value.bytes.bytes())));
      const std::size_t colon = text.find(": ");
      return TextOrNumber(colon == std::string::npos ? text : text.substr(colon + 2));
    }
    case Show::kColors:
      return ColorNames(value);
    case Show::kCommas:
      return value.count == 1 || value.IsText() ? Plain(value) : FieldValue(Joined(value, ", "));
    case Show::kCelsius:
      return value.NumberText(0) + " C";
    case Show::kFileSource:
      if (value.IsBytes() && value.bytes.bytes() == std::string_view("\3\0\0\0", 4))
        return std::string("Sigma Digital Camera");
      return Words(tag, value);
    case Show::kMakerText:
      return MakerText(value);
    case Show::kUtf16:
      return std::string(BeforeNul(FromUtf16(value.bytes.bytes(), false)));
    case Show::kLong:
    case Show::kLong64: {
      if (value.count > kCountedMax) return BinaryText(value.bytes.size());
      const std::size_t bytes = JoinedBytes(value);
      return bytes > (tag.show == Show::kLong ? 32U : 64U) ? FieldValue(BinaryText(bytes)) : Numbers(value);
    }
    case Show::kPrintIm:
      return std::string(value.bytes.Part(8, 4));
    case Show::kDegrees:
      return Degrees(value);
    case Show::kClock:
      return ClockText(value);
  }
  return std::nullopt;
}

}  // namespace cairn
