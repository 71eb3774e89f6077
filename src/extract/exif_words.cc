#include "extract/exif_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cairn {
namespace {

constexpr std::size_t kBytesMax = 1000;
constexpr std::array<std::string_view, 7> kColors = {"Red", "Green", "Blue", "Cyan", "Magenta", "Yellow", "White"};

}  // namespace

std::string HexText(std::string_view bytes, bool upper) {
  const std::string_view digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  std::string out;
  for (const char c : bytes.substr(0, kBytesMax)) {
    out += digits[static_cast<unsigned char>(c) >> 4U];
    out += digits[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

std::string BitWords(std::span<const Code> codes, std::uint32_t bits) {
  std::string out;
  for (int bit = 0; bit < 32; ++bit) {
    if ((bits >> bit & 1) == 0) continue;
    const Code* code = FindCode(codes, bit);
    out += (out.empty() ? "" : ", ") + (code != nullptr ? std::string(code->text) : fmt::format("[{}]", bit));
  }
  return out.empty() ? "(none)" : out;
}

std::string HexCodeText(const Tag& tag, const ExifValue& value) {
  const std::int64_t number = Whole(value.Number(0));
  const Code* code = FindCode(tag.codes, number);
  if (code != nullptr) return std::string(code->text);
  return fmt::format(fmt::runtime(number <= 0 ? "Unknown ({})" : "Unknown (0x{:x})"), number);
}

std::string ColorNames(const ExifValue& value) {
  std::string out;
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(value.count, 16); ++i) {
    const auto color = static_cast<std::size_t>(Whole(std::max(0.0, value.Number(i))));
    out +=
        (i > 0 ? "," : "") + (color < kColors.size() ? std::string(kColors[color]) : fmt::format("Unknown({})", color));
  }
  return out;
}

std::optional<FieldValue> MakerText(const ExifValue& value) {
  const std::string_view text = TrimEnd(value.bytes.bytes());
  const auto letter = [](char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\r' || c == '\n'; };
  if (text.empty() || !std::all_of(text.begin(), text.end(), letter)) return std::nullopt;
  return value.bytes.size() > 64 ? BinaryText(value.bytes.size()) : FieldValue(std::string(text));
}

std::string FractionText(double value) {
  if (value == 0) return "0";
  value *= 1.00001;  // so that 0.99999 counts as 1
  const char* sign = value > 0 ? "+" : "";
  if (std::trunc(value) / value > 0.999) return fmt::format("{}{}", sign, Whole(value));
  if (std::trunc(value * 2) / (value * 2) > 0.999) return fmt::format("{}{}/2", sign, Whole(value * 2));
  if (std::trunc(value * 3) / (value * 3) > 0.999) return fmt::format("{}{}/3", sign, Whole(value * 3));
  return fmt::format("{}{}", sign, General(value, 3));
}

std::string LensText(const ExifValue& value) {
  const auto text = [&](std::uint64_t i) {
    return i < value.count && std::isfinite(value.Number(i)) ? General(value.Number(i), 10) : std::string("?");
  };
  const auto range = [&](std::uint64_t i) {
    const std::string most = text(i + 1);
    return i + 1 >= value.count || most == "0" || most == text(i) ? text(i) : text(i) + "-" + most;
  };
  std::string out = range(0) + "mm f/" + range(2);
  return out;
}

FieldValue CfaText(const ExifValue& value) {
  ByteView bytes(value.bytes.bytes(), value.bytes.order());
  if (bytes.size() < 4) return BinaryText(bytes.size());
  std::uint64_t across = bytes.U16(0);
  std::uint64_t down = bytes.U16(2);
  if (across * down + 4 > bytes.size()) {  // some write these two in the other order
    bytes = ByteView(bytes.bytes(),
                     std::endian(bytes.order() == std::endian::big ? std::endian::little : std::endian::big));
    across = bytes.U16(0);
    down = bytes.U16(2);
    if (across * down + 4 > bytes.size()) return std::string("<invalid pattern size>");
  }
  if (across * down == 0) return std::string("<zero pattern size>");
  std::string out;
  for (std::uint64_t y = 0; y < down; ++y) {
    out += '[';
    for (std::uint64_t x = 0; x < across; ++x) {
      const std::uint8_t color = bytes.U8(4 + y * across + x);
      if (x > 0) out += ',';
      out += color < kColors.size() ? kColors[color] : "Unknown";
    }
    out += ']';
  }
  return out;
}

FieldValue SubSamplingText(const ExifValue& value) {
  const auto across = Whole(value.Number(0));
  const auto down = Whole(value.Number(1));
  std::string_view ratio;
  if (across == 1 && down == 1) ratio = "4:4:4";
  if (across == 1 && down == 2) ratio = "4:4:0";
  if (across == 2 && down == 1) ratio = "4:2:2";
  if (across == 2 && down == 2) ratio = "4:2:0";
  if (across == 4 && down == 1) ratio = "4:1:1";
  if (across == 4 && down == 2) ratio = "4:1:0";
  if (ratio.empty()) return fmt::format("Unknown ({} {})", across, down);
  return fmt::format("YCbCr{} ({} {})", ratio, across, down);
}

}  // namespace cairn
