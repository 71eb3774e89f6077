#include "extract/png_text.h"

#include <algorithm>

#include "extract/inflate.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kUnpackedMax = std::size_t{8} << 20;

// `Thumb::Image::Width` is `ThumbImageWidth`, `Creation Time` is `CreationTime`.
std::string Name(std::string_view keyword) {
  std::string out;
  bool raise = true;
  for (const char c : keyword) {
    if (c == ' ') {
      raise = true;
      continue;
    }
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    if (!word) continue;
    out += raise && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    raise = false;
  }
  if (keyword == "create-date") return "CreateDate";
  if (keyword == "modify-date") return "ModDate";
  if (out == "Warning") return "PNGWarning";
  if (out == "TimeStamp") return "Timestamp";
  return out.size() < 2 ? "Text" + out : out;
}

// ImageMagick's `Raw profile type`: a name, a length, and hexadecimal digits.
std::string RawProfile(std::string_view text) {
  std::size_t at = text.find_first_not_of('\n');
  for (int line = 0; line < 2 && at != std::string_view::npos; ++line) {
    at = text.find('\n', at);
    if (at != std::string_view::npos) ++at;
  }
  std::string out;
  int high = -1;
  for (std::size_t i = std::min(at, text.size()); i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) continue;
    if (high < 0) {
      high = digit;
    } else {
      out += static_cast<char>(high * 16 + digit);
      high = -1;
    }
  }
  return out;
}

bool TakeProfile(std::string_view keyword, std::string_view text, ImageBlocks* blocks) {
  constexpr std::string_view kRaw = "Raw profile type ";
  if (keyword == "XML:com.adobe.xmp") {
    blocks->xmp = std::string(text);
    return true;
  }
  if (!keyword.starts_with(kRaw)) return false;
  const std::string_view type = keyword.substr(kRaw.size());
  std::string profile = RawProfile(text);
  if (type == "APP1" || type == "exif") {
    if (profile.starts_with("Exif")) {
      blocks->exif = profile.substr(std::min<std::size_t>(6, profile.size()));
    } else if (profile.starts_with("http://ns.adobe.com/xap/1.0/")) {
      blocks->xmp = profile.substr(std::min<std::size_t>(29, profile.size()));
    }
  } else if (type == "icc" || type == "icm") {
    blocks->icc = std::move(profile);
  } else if (type == "iptc" || type == "8bim") {
    (profile.starts_with("8BIM") ? blocks->photoshop : blocks->iptc) = std::move(profile);
  } else if (type == "xmp") {
    blocks->xmp = std::move(profile);
  } else {
    return false;
  }
  return true;
}

bool IsWeekday(std::string_view text) {
  constexpr std::string_view kDays = "MonTueWedThuFriSatSun";
  const std::size_t day = kDays.find(text);
  return day != std::string_view::npos && day % 3 == 0;
}

// Times of `tEXt` chunks are meant as RFC 1123, but ISO 8601 is common. Some leave out the comma.
std::string Time(std::string_view text) {
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::string_view rest = text;
  if (const std::size_t comma = rest.find(", "); comma == 3) rest.remove_prefix(5);
  if (rest.size() > 4 && rest[3] == ' ' && IsWeekday(rest.substr(0, 3))) rest.remove_prefix(4);
  const std::size_t space = rest.find(' ');
  if (space != std::string_view::npos && space <= 2 && rest.size() >= space + 18) {
    const std::size_t month = kMonths.find(rest.substr(space + 1, 3));
    if (month != std::string_view::npos && month % 3 == 0) {
      const std::string day = (space == 1 ? "0" : "") + std::string(rest.substr(0, space));
      const std::string number = std::to_string(month / 3 + 101).substr(1);
      std::string out = std::string(rest.substr(space + 5, 4)) + ":" + number + ":" + day + " " +
                        std::string(rest.substr(space + 10, 8));
      std::string zone(rest.size() > space + 19 ? rest.substr(space + 19) : std::string_view());
      if (zone.size() == 5 && (zone[0] == '+' || zone[0] == '-')) zone.insert(3, ":");
      if (zone == "GMT" || zone == "UTC") zone = "+00:00";
      return out + zone;
    }
  }
  const std::string iso = IsoTime(text);
  if (iso.size() < 19) return std::string(text);
  std::string out = iso;
  out[4] = out[7] = ':';
  out[10] = ' ';
  return out;
}

void Core(std::string_view name, const std::string& text, Extracted& to) {
  if (name == "Title" && to.core.title.empty()) to.core.title = text;
  if (name == "Author" && to.core.creators.empty() && !text.empty()) to.core.creators.push_back(text);
  if (name == "Description" && to.core.description.empty()) to.core.description = text;
  if (name == "CreationTime" && to.core.created.empty()) to.core.created = IsoTime(text);
}

}  // namespace

void ReadPngText(std::string_view chunk_type, std::string_view chunk, const ExtractContext& context, Extracted& to,
                 ImageBlocks* blocks) {
  const std::size_t nul = chunk.find('\0');
  if (nul == std::string_view::npos)
    return to.Add(chunk_type == "tEXt" ? "TextualData" : "CompressedText", BinaryText(chunk.size()));
  const std::string_view keyword = chunk.substr(0, nul);
  std::string_view rest = chunk.substr(nul + 1);
  bool packed = chunk_type == "zTXt";
  std::string language;
  if (packed) {
    rest = rest.substr(std::min<std::size_t>(1, rest.size()));
  } else if (chunk_type == "iTXt") {
    packed = !rest.empty() && rest[0] == 1;
    rest = rest.substr(std::min<std::size_t>(2, rest.size()));
    language = std::string(BeforeNul(rest));
    rest = rest.substr(std::min(language.size() + 1, rest.size()));
    rest = rest.substr(std::min(BeforeNul(rest).size() + 1, rest.size()));
  }
  std::string name = Name(ToUtf8(keyword));
  if (!language.empty()) name += "-" + language;
  std::string unpacked;
  if (packed) {
    auto inflated = InflateZlib(rest, std::min<std::size_t>(kUnpackedMax, context.limits.bytes));
    if (!inflated) {
      to.Warn("the text \"" + ToUtf8(keyword) + "\" cannot be unpacked");
      return to.Add(name, BinaryText(rest.size()));
    }
    unpacked = std::move(*inflated);
    rest = unpacked;
  }
  if (TakeProfile(keyword, rest, blocks)) return;
  std::string text = chunk_type == "iTXt" ? ToUtf8(rest) : FromLatin1(rest);
  if (text.size() > context.limits.value_bytes) return to.Add(name, BinaryText(rest.size()));
  if (chunk_type != "iTXt") text = TrimEnd(text);
  if (name == "CreationTime" || name == "CreateDate" || name == "ModDate" || name == "Timestamp") text = Time(text);
  Core(name, text, to);
  to.Add(name, std::move(text));
}

}  // namespace cairn
