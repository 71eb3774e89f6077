#include "extract/xmp_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>

#include "extract/exif_value.h"
#include "extract/photo_mechanic.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kTextMax = 65'536;  // What no schema knows is no text beyond that.

const Tag* TagByName(std::string_view name) {
  static const auto kTags = [] {
    std::map<std::string_view, const Tag*> out;
    for (const auto tags : {TiffTags(), ExifTags(), GpsTags()}) {
      for (const Tag& tag : tags) out.emplace(tag.name, &tag);
    }
    return out;
  }();
  const auto found = kTags.find(name);
  return found == kTags.end() ? nullptr : found->second;
}

bool Number(std::string_view text, double* out) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  return error == std::errc() && at == text.data() + text.size();
}

// `1/250`, or a number.
bool Quotient(std::string_view text, double* out) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return Number(text, out);
  double below = 0;
  if (!Number(text.substr(0, slash), out) || !Number(text.substr(slash + 1), &below)) return false;
  *out = *out / below;
  return true;
}

// `2008-03-14T13:59:26.054-06:00` with colons and a space.
bool Time(std::string_view text, std::string* out) {
  const auto digits = [&](std::size_t at, std::size_t count) {
    return text.size() >= at + count &&
           text.substr(at, count).find_first_not_of("0123456789") == std::string_view::npos;
  };
  if (!digits(0, 4) || text.size() < 10 || text[4] != '-' || !digits(5, 2) || text[7] != '-' || !digits(8, 2))
    return false;
  *out = std::string(text);
  (*out)[4] = (*out)[7] = ':';
  if (text.size() == 10) return true;
  if ((text[10] != 'T' && text[10] != ' ') || !digits(11, 2) || text.size() < 16 || text[13] != ':') return false;
  (*out)[10] = ' ';
  const std::size_t gap = out->find(' ', 11);  // some set the zone apart
  if (gap != std::string::npos) out->erase(gap, std::min(out->find_first_not_of(' ', gap), out->size()) - gap);
  return true;
}

// Degrees with a sign as degrees, minutes, seconds and a side.
std::string DegreesText(double degrees, std::string_view sides) {
  const auto hundredths = static_cast<std::int64_t>(std::llround(std::abs(degrees) * 360000));
  return fmt::format("{} deg {}' {}.{:02}\" {}", hundredths / 360000, hundredths % 360000 / 6000,
                     hundredths % 6000 / 100, hundredths % 100, sides[degrees < 0 ? 1 : 0]);
}

FieldValue AsTag(const Tag& tag, double number) {
  std::array<char, 8> bytes;
  std::memcpy(bytes.data(), &number, bytes.size());
  ExifValue value{12, 1, ByteView({bytes.data(), bytes.size()}, std::endian::native)};
  return ShowExif(tag, value).value_or(FieldValue());
}

// `1/250` of whole numbers, as XMP writes a rational.
bool Rational(std::string_view text, FieldValue* out) {
  double number = 0;
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos || text.find_first_not_of("-0123456789/") != std::string_view::npos) return false;
  if (!Quotient(text, &number)) return false;
  if (std::isfinite(number)) {
    *out = NumberValue(number, 10);
  } else {
    *out = std::string(std::isnan(number) ? "undef" : "inf");
  }
  return true;
}

// As much of a date as is there, with colons.
std::string Date(std::string text) {
  std::string time;
  if (Time(text, &time)) return time;
  const bool year = text.size() >= 4 && text.find_first_not_of("0123456789") >= 4;
  if (year) std::replace(text.begin(), text.end(), '-', ':');
  return text;
}

// `180/10 2000/10 35/10 56/10` is `18-200mm f/3.5-5.6`.
std::string Lens(const std::string& text) {
  std::array<std::string, 4> parts;
  std::string_view rest = text;
  for (auto& part : parts) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    double number = 0;
    if (!Quotient(rest.substr(0, end), &number)) return text;
    part = std::isfinite(number) ? General(number, 10) : "?";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!rest.empty()) return text;
  std::string out = parts[0];
  if (parts[1] != "0" && parts[1] != parts[0] && parts[1] != "?") out += "-" + parts[1];
  out += "mm f/" + parts[2];
  if (parts[3] != "0" && parts[3] != parts[2] && parts[3] != "?") out += "-" + parts[3];
  return out;
}

// Bytes that the text is in base64.
std::size_t Base64Bytes(std::string_view text) {
  const auto digits = std::count_if(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  });
  return static_cast<std::size_t>(digits) * 3 / 4;
}

const XmpWordsSource* WordsOf(std::string_view name) {
  static const auto kWords = [] {
    std::map<std::string_view, const XmpWordsSource*> out;
    for (const auto& source : XmpWords()) out.emplace(source.name, &source);
    return out;
  }();
  const auto found = kWords.find(name);
  return found == kWords.end() ? nullptr : found->second;
}

// The text of a code of a vocabulary. PLUS writes its codes as addresses, PDF as names.
FieldValue Word(const XmpWordsSource& source, const std::string& text) {
  std::string_view code = text;
  constexpr std::string_view kPlus = "http://ns.useplus.org/ldf/vocab/";
  if (code.starts_with(kPlus)) code.remove_prefix(kPlus.size());
  if (code.starts_with('/')) code.remove_prefix(1);
  std::string_view words = source.words;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find('|'), words.size());
    const std::string_view word = words.substr(0, end);
    const std::size_t equals = word.find('=');
    if (word.substr(0, equals) == code) return TextOrNumber(std::string(word.substr(equals + 1)));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return code.empty() ? FieldValue(std::string()) : FieldValue(fmt::format("Unknown ({})", code));
}

// XMP writes truth with a capital; some programs do not.
FieldValue TruthOrNumber(std::string text) {
  if (text == "true" || text == "TRUE") return std::string("True");
  if (text == "false" || text == "FALSE") return std::string("False");
  return TextOrNumber(std::move(text));
}

// What Exif has too is told as there.
bool AsExif(const XmpPath& path, std::string_view text, FieldValue* out) {
  double number = 0;
  const Tag* tag = TagByName(path.name);
  if (tag == nullptr || !Quotient(text, &number)) return false;
  *out = AsTag(*tag, number);
  return true;
}

bool InItsWay(const XmpPath& path, const std::string& text, FieldValue* out) {
  const std::string_view way = path.property.shown;
  double number = 0;
  if (way.empty() || text.empty()) return false;
  if (way == "exif") return AsExif(path, text, out);
  if (way == "base64") return *out = BinaryText(Base64Bytes(text)), true;
  if (way == "binary") return *out = BinaryText(text.size()), true;
  if (way == "lens") return *out = Lens(text), true;
  if (way == "prefs") return *out = PhotoMechanicText(text), true;
  if (way == "degrees") {
    const auto degrees = XmpDegrees(text);
    return degrees && (*out = DegreesText(*degrees, path.name.ends_with("Latitude") ? "NS" : "EW"), true);
  }
  if (way == "meters") {
    if (!Quotient(text, &number) || !std::isfinite(number)) return false;
    return *out = General(number, 10) + " m", true;
  }
  if (way == "millimeters") return Number(text, &number) && (*out = General(number, 10) + " mm", true);
  if (way == "latitude" || way == "longitude") {
    if (!Number(text, &number) || !(std::abs(number) <= 360)) return false;
    return *out = DegreesText(number, way == "latitude" ? "NS" : "EW"), true;
  }
  if (way == "seconds") return Number(text, &number) && (*out = ExifTime(Whole(number)), true);
  if (way == "componentsConfiguration" && text.size() != 1) return false;
  const auto* words = WordsOf(way);
  if (way == "colorSpace" && text == "4294967295") return *out = Word(*words, "65535"), true;  // -1, of four bytes
  return words != nullptr && (*out = Word(*words, text), true);
}

}  // namespace

std::optional<double> XmpDegrees(std::string_view text) {
  const bool lettered = !text.empty() && (text.back() < '0' || text.back() > '9');
  const char side = lettered ? text.back() : 'N';
  if (lettered) text.remove_suffix(1);
  if (std::string_view("NSEW").find(side) == std::string_view::npos) return std::nullopt;
  std::size_t parts = 0;
  double degrees = 0;
  for (double unit = 1; parts < 3 && !text.empty(); unit *= 60, ++parts) {
    const std::size_t end = std::min(text.find(','), text.size());
    double part = 0;
    if (!Number(text.substr(0, end), &part)) return std::nullopt;
    degrees += part / unit;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (parts < 2 || !text.empty() || !(degrees >= 0 && degrees <= 360)) return std::nullopt;
  return side == 'S' || side == 'W' ? -degrees : degrees;
}

std::string XmpName(std::string_view prefix, std::string_view local) { return XmpPath().Below(prefix, local).name; }

FieldValue XmpValue(const XmpPath& path, std::string text) {
  FieldValue out;
  std::string shown;
  if (InItsWay(path, text, &out)) return out;
  if (path.known) {
    if (path.property.form == XmpProperty::Form::kDate) return Date(std::move(text));
    if (path.property.form == XmpProperty::Form::kRational && Rational(text, &out)) return out;
    return TruthOrNumber(std::move(text));
  }
  if (Rational(text, &out)) return out;
  if (text.size() > kTextMax) return BinaryText(text.size());
  if (text.size() > 10 && Time(text, &shown)) return shown;
  return TruthOrNumber(std::move(text));
}

FieldValue XmpValue(std::string_view prefix, std::string_view local, std::string text) {
  std::string shown;
  if (Time(text, &shown)) return shown;
  return XmpValue(XmpPath().Below(prefix, local), std::move(text));
}

}  // namespace cairn
