#include "extract/xmp_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json.h"
#include "extract/exif_value.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Renamed {
  std::string_view prefix;
  std::string_view local;
  std::string_view name;
};

constexpr std::array kRenamed = {
    Renamed{"exif", "PixelXDimension", "ExifImageWidth"},
    Renamed{"exif", "PixelYDimension", "ExifImageHeight"},
    Renamed{"exif", "ExposureBiasValue", "ExposureCompensation"},
    Renamed{"exif", "ISOSpeedRatings", "ISO"},
    Renamed{"exif", "FocalLengthIn35mmFilm", "FocalLengthIn35mmFormat"},
    Renamed{"exif", "GPSTimeStamp", "GPSDateTime"},
    Renamed{"tiff", "ImageLength", "ImageHeight"},
    Renamed{"tiff", "DateTime", "ModifyDate"},
    Renamed{"photoshop", "ICCProfile", "ICCProfileName"},
    Renamed{"photoshop", "SidecarForExtension", "SidecarForExtension"},
    Renamed{"x", "xmptk", "XMPToolkit"},
    Renamed{"x", "xaptk", "XMPToolkit"},
    Renamed{"xmp", "Thumbnails", "Thumbnail"},
};

const Tag* TagByName(std::string_view name) {
  for (const auto tags : {TiffTags(), ExifTags(), GpsTags()}) {
    const auto found = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.name == name; });
    if (found != tags.end()) return &*found;
  }
  return nullptr;
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
  return true;
}

// `54,59.38N`: degrees and minutes.
bool Degrees(std::string_view text, std::string* out) {
  const std::size_t comma = text.find(',');
  if (comma == std::string_view::npos || text.empty()) return false;
  const char side = text.back();
  double degrees = 0;
  if (!Number(text.substr(0, comma), &degrees)) return false;
  std::string_view rest = text.substr(comma + 1, text.size() - comma - 2);
  const std::size_t second = rest.find(',');
  double part = 0;
  if (!Number(rest.substr(0, second), &part)) return false;
  degrees += part / 60;
  if (second != std::string_view::npos) {
    if (!Number(rest.substr(second + 1), &part)) return false;
    degrees += part / 3600;
  }
  if (!(degrees >= 0 && degrees <= 360)) return false;
  const auto hundredths = static_cast<std::int64_t>(std::llround(degrees * 360000));
  *out = fmt::format("{} deg {}' {}.{:02}\" {}", hundredths / 360000, hundredths % 360000 / 6000,
                     hundredths % 6000 / 100, hundredths % 100, side);
  return true;
}

FieldValue AsTag(const Tag& tag, double number) {
  std::array<char, 8> bytes;
  std::memcpy(bytes.data(), &number, bytes.size());
  ExifValue value{12, 1, ByteView({bytes.data(), bytes.size()}, std::endian::native)};
  return ShowExif(tag, value).value_or(FieldValue());
}

constexpr Code kReturns[] = {{0, "No return detection"}, {2, "Return not detected"}, {3, "Return detected"}};
constexpr Code kModes[] = {{0, "Unknown"}, {1, "On"}, {2, "Off"}, {3, "Auto"}};
constexpr Code kColorModes[] = {{0, "Bitmap"}, {1, "Grayscale"},    {2, "Indexed"}, {3, "RGB"},
                                {4, "CMYK"},   {7, "Multichannel"}, {8, "Duotone"}, {9, "Lab"}};

}  // namespace

std::string XmpName(std::string_view prefix, std::string_view local) {
  for (const auto& renamed : kRenamed) {
    if (renamed.prefix == prefix && renamed.local == local) return std::string(renamed.name);
  }
  std::string name(local);
  if (!name.empty() && name[0] >= 'a' && name[0] <= 'z') name[0] = static_cast<char>(name[0] - 32);
  return name;
}

FieldValue XmpValue(std::string_view prefix, std::string_view name, std::string text) {
  double number = 0;
  std::string shown;
  if (name == "FlashReturn" && Number(text, &number)) return CodeText(kReturns, Whole(number));
  if (name == "FlashMode" && Number(text, &number)) return CodeText(kModes, Whole(number));
  if (name == "ColorMode" && Number(text, &number)) return CodeText(kColorModes, Whole(number));
  if (name == "Urgency" && text == "5") return std::string("5 (normal urgency)");
  if ((prefix == "exif" || prefix == "tiff" || prefix == "aux" || prefix == "exifEX") && Quotient(text, &number)) {
    const Tag* tag = TagByName(name);
    const bool coded = tag != nullptr && tag->show != Show::kVersion && tag->show != Show::kDotted &&
                       tag->show != Show::kLetters && tag->show != Show::kDegrees;
    if (coded) return AsTag(*tag, number);
  }
  if ((name.starts_with("GPSL") || name.starts_with("GPSDestL")) && Degrees(text, &shown)) return shown;
  if (Time(text, &shown)) return shown;
  if (text.find('/') != std::string::npos && text.size() < 40 && Quotient(text, &number))
    return NumberValue(number, 10);
  return TextOrNumber(std::move(text));
}

}  // namespace cairn
