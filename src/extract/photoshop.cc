#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "extract/byte_view.h"
#include "extract/exif_words.h"
#include "extract/iptc.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr Code kUnits[] = {{1, "inches"}, {2, "cm"}};
constexpr Code kStyles[] = {{0, "Centered"}, {1, "Size to Fit"}, {2, "User Defined"}};
constexpr Code kFormats[] = {{0, "Standard"}, {1, "Optimized"}, {257, "Progressive"}};

// A count of UTF-16 units in 32 bits, then the units.
std::string UnicodeText(ByteView value, std::uint64_t* at) {
  const std::uint64_t bytes = std::uint64_t{value.U32(*at)} * 2;
  const std::string text = FromUtf16(value.Part(*at + 4, std::min<std::uint64_t>(bytes, 65536)), true);
  *at += 4 + bytes;
  return std::string(TrimEnd(text));
}

FieldValue Resolution(std::uint32_t fixed) { return NumberValue(std::round(fixed / 65536.0 * 100) / 100, 10); }

void Pascal(std::string_view name, ByteView value, Extracted& to) {
  std::vector<std::string> texts;
  std::uint64_t at = 0;
  while (at < value.size() && texts.size() < 64) {
    texts.push_back(FromMacRoman(value.Part(at + 1, value.U8(at))));
    at += 1 + value.U8(at);
  }
  if (texts.size() == 1) {
    to.Add(name, texts[0]);
  } else {
    to.Add(name, texts);
  }
}

void Resource(std::uint16_t id, ByteView value, Extracted& to, PhotoshopBlocks* blocks) {
  std::uint64_t at = 0;
  switch (id) {
    case 1005:
      to.Add("XResolution", Resolution(value.U32(0)));
      to.Add("DisplayedUnitsX", CodeText(kUnits, value.U16(4)));
      to.Add("YResolution", Resolution(value.U32(8)));
      to.Add("DisplayedUnitsY", CodeText(kUnits, value.U16(12)));
      break;
    case 1006:
      return Pascal("AlphaChannelsNames", value, to);
    case 1028:
      if (blocks != nullptr) blocks->iptc += value.bytes();
      break;
    case 1030: {
      to.Add("PhotoshopQuality", std::int64_t{value.S16(0)} + 4);
      to.Add("PhotoshopFormat", CodeText(kFormats, value.S16(2)));
      if (value.S16(2) == 257) to.Add("ProgressiveScans", fmt::format("{} Scans", value.S16(4) + 2));
      break;
    }
    case 1033:
    case 1036:
      to.Add(id == 1033 ? "PhotoshopBGRThumbnail" : "PhotoshopThumbnail",
             BinaryText(value.size() > 28 ? value.size() - 28 : 0));
      break;
    case 1034:
      to.Add("CopyrightFlag", std::string(value.U8(0) != 0 ? "True" : "False"));
      break;
    case 1035:
      to.Add("URL", ToUtf8(TrimEnd(value.bytes())));
      break;
    case 1037:
      to.Add("GlobalAngle", std::int64_t{value.U32(0)});
      break;
    case 1039:
      if (blocks != nullptr) blocks->icc = value.bytes();
      break;
    case 1049:
      to.Add("GlobalAltitude", std::int64_t{value.U32(0)});
      break;
    case 1050:
      if (value.U32(0) != 6) break;
      at = 20;
      to.Add("SlicesGroupName", UnicodeText(value, &at));
      to.Add("NumSlices", std::int64_t{value.U32(at)});
      break;
    case 1051:
      to.Add("WorkflowURL", UnicodeText(value, &at));
      break;
    case 1054: {
      std::vector<std::string> urls;
      at = 4;
      for (std::uint32_t i = 0; i < std::min<std::uint32_t>(value.U32(0), 64); ++i) {
        at += 8;
        urls.push_back(UnicodeText(value, &at));
      }
      to.Add("URL_List", std::move(urls));
      break;
    }
    case 1057:
      to.Add("HasRealMergedData", std::string(value.U8(4) != 0 ? "Yes" : "No"));
      at = 5;
      to.Add("WriterName", UnicodeText(value, &at));
      to.Add("ReaderName", UnicodeText(value, &at));
      break;
    case 1058:
      if (blocks != nullptr) blocks->exif = value.bytes();
      break;
    case 1060:
      if (blocks != nullptr) blocks->xmp = value.bytes();
      break;
    case 1061:
      to.Add("IPTCDigest", HexText(value.Part(0, 16), false));
      break;
    case 1062:
      to.Add("PrintStyle", CodeText(kStyles, value.U16(0)));
      to.Add("PrintPosition", General(double{value.F32(2)}, 7) + " " + General(double{value.F32(6)}, 7));
      to.Add("PrintScale", NumberValue(double{value.F32(10)}, 7));
      break;
    case 1064:
      to.Add("PixelAspectRatio", NumberValue(value.F64(4)));
      break;
    case 2999:
      to.Add("ClippingPathName", FromMacRoman(value.Part(1, value.U8(0))));
      break;
    default:
      break;
  }
}

}  // namespace

void ReadPhotoshop(std::string_view bytes, Extracted& to, PhotoshopBlocks* blocks) {
  const ByteView view(bytes);
  std::uint64_t at = 0;
  while (view.Is(at, "8BIM") || view.Is(at, "MeSa") || view.Is(at, "PHUT") || view.Is(at, "DCSR") ||
         view.Is(at, "AgHg")) {
    const std::uint64_t name = (std::uint64_t{view.U8(at + 6)} + 2) & ~std::uint64_t{1};
    const std::uint64_t size = view.U32(at + 6 + name);
    const std::uint64_t data = at + 10 + name;
    if (!view.Has(data, size)) return to.Warn(fmt::format("the Photoshop resource at byte {} is cut off", at));
    Resource(view.U16(at + 4), view.Sub(data, size), to, blocks);
    at = data + ((size + 1) & ~std::uint64_t{1});
  }
}

}  // namespace cairn
