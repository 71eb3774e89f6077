#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/json.h"
#include "extract/extractors.h"
#include "extract/id3.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/x-aiff"sv};
// The fixed part and a name of 255 letters.
constexpr std::uint64_t kCommonBytesMax = 22 + 256;
constexpr std::array kFields = {"*"sv};

// An 80-bit IEEE 754 extended real.
double Extended(ByteView view, std::uint64_t at) {
  const int exponent = (view.U16(at) & 0x7fff) - 16383 - 63;
  return std::ldexp(static_cast<double>(view.U64(at + 2)), exponent);
}

constexpr std::array kCompressions = {
    std::pair{"NONE"sv, "None"sv},       std::pair{"ACE2"sv, "ACE 2-to-1"sv},
    std::pair{"ACE8"sv, "ACE 8-to-3"sv}, std::pair{"MAC3"sv, "MAC 3-to-1"sv},
    std::pair{"MAC6"sv, "MAC 6-to-1"sv}, std::pair{"sowt"sv, "Little-endian, no compression"sv},
    std::pair{"alaw"sv, "a-law"sv},      std::pair{"ALAW"sv, "A-law"sv},
    std::pair{"ulaw"sv, "mu-law"sv},     std::pair{"ULAW"sv, "Mu-law"sv},
    std::pair{"GSM "sv, "GSM"sv},        std::pair{"G722"sv, "G722"sv},
    std::pair{"G726"sv, "G726"sv},       std::pair{"G728"sv, "G728"sv}};
constexpr std::array kUncompressed = {"NONE"sv, "sowt"sv, "twos"sv, "raw "sv, "in24"sv,
                                      "in32"sv, "fl32"sv, "FL32"sv, "fl64"sv, "FL64"sv};

std::string CompressionName(std::string_view code) {
  for (const auto& [known, name] : kCompressions) {
    if (known == code) return std::string(name);
  }
  return fmt::format("Unknown ({})", ToUtf8(BeforeNul(code)));
}

// Mac OS Roman by the format; newer writers put UTF-8. NULs at the end are padding.
std::string MacText(std::string_view text) {
  text = text.substr(0, text.find_last_not_of('\0') + 1);
  return IsUtf8(text) ? std::string(text) : FromMacRoman(text);
}

// Seconds since 1904.
std::string MacTime(std::uint32_t seconds) { return ExifTime(std::int64_t{seconds} - 2'082'844'800); }

void Comments(ByteView chunk, const ExtractContext& context, Extracted& to) {
  std::uint64_t at = 2;
  for (std::size_t left = chunk.U16(0); left > 0 && chunk.Has(at, 8); --left) {
    const std::uint64_t size = chunk.U16(at + 6);
    to.Add("CommentTime", MacTime(chunk.U32(at)));
    if (chunk.U16(at + 4) != 0) to.Add("MarkerID", std::int64_t{chunk.U16(at + 4)});
    if (!chunk.Has(at + 8, size)) return to.Warn("a comment is cut off");
    std::string text = CutText(MacText(chunk.Part(at + 8, size)), context.limits.value_bytes);
    if (to.core.description.empty()) to.core.description = text;
    to.Add("Comment", std::move(text));
    at += 8 + ((size + 1) & ~std::uint64_t{1});
  }
}

// What a program keeps for itself, behind its signature of four letters.
void Application(std::string_view data, std::uint64_t size, Extracted& to) {
  const std::string text = MacText(data);
  const bool readable = std::none_of(text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; });
  to.Add("ApplicationData", readable && data.size() == size ? text : BinaryText(size));
}

void Common(ByteView chunk, bool compressed, Extracted& to) {
  const double rate = Extended(chunk, 8);
  to.Add("NumChannels", std::int64_t{chunk.U16(0)});
  to.Add("NumSampleFrames", std::int64_t{chunk.U32(2)});
  to.Add("SampleSize", std::int64_t{chunk.U16(6)});
  to.Add("SampleRate", NumberValue(rate));
  const std::string_view code = compressed ? chunk.Part(18, 4) : kUncompressed[0];
  const bool pcm = std::find(kUncompressed.begin(), kUncompressed.end(), code) != kUncompressed.end();
  if (compressed) to.Add("CompressionType", CompressionName(code));
  if (compressed && chunk.Has(22, 1)) to.Add("CompressorName", MacText(chunk.Part(23, chunk.U8(22))));
  to.core.codec = pcm ? "pcm" : ToUtf8(TrimEnd(code));
  to.core.channels = chunk.U16(0);
  if (rate >= 1 && rate < 1e9) {
    to.core.sample_rate = static_cast<std::int64_t>(rate);
    to.core.duration = chunk.U32(2) / rate;
    if (pcm) to.core.bitrate = static_cast<std::int64_t>(rate) * chunk.U16(0) * chunk.U16(6);
  }
}

class Aiff final : public Extractor {
 public:
  Aiff() : Extractor({"aiff", 5, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    const ByteView form(window.At(0, 12));
    if (!form.Is(0, "FORM") || (!form.Is(8, "AIFF") && !form.Is(8, "AIFC"))) {
      return Status(StatusCode::kInvalidArgument, "no AIFF: its form is missing");
    }
    const bool compressed = form.Is(8, "AIFC");
    Extracted to(context.limits);
    to.type = kTypes[0];
    std::uint64_t at = 12;
    for (std::size_t count = 0; count < context.limits.entries; ++count) {
      if (count % 64 == 0) {
        if (Status go = context.KeepGoing(); !go.ok()) return go;
      }
      const ByteView head(window.At(at, 8));
      if (head.size() < 8) break;
      const std::uint64_t size = head.U32(4);
      const std::string type(head.Part(0, 4));
      if (!window.Has(at + 8, size)) to.Warn(fmt::format("the chunk at byte {} is cut off", at));
      if (type == "COMM")
        Common(ByteView(window.At(at + 8, std::min<std::uint64_t>(size, kCommonBytesMax))), compressed, to);
      if (type == "FVER" && size >= 4) to.Add("FormatVersionTime", MacTime(ByteView(window.At(at + 8, 4)).U32(0)));
      if (type == "COMT") {
        const std::string comments(window.At(at + 8, std::min<std::uint64_t>(size, context.limits.bytes)));
        Comments(ByteView(comments), context, to);
      }
      if (type == "APPL") {
        Application(window.At(at + 8, std::min<std::uint64_t>(size, context.limits.value_bytes)), size, to);
      }
      if (type == "ID3 " || type == "id3 ") ReadId3(window, at + 8, context, to);
      if (type == "NAME" || type == "AUTH" || type == "(c) " || type == "ANNO") {
        const std::string_view name = type == "NAME"   ? "Name"
                                      : type == "AUTH" ? "Author"
                                      : type == "ANNO" ? "Annotation"
                                                       : "Copyright";
        const std::size_t bytes_max = context.limits.value_bytes;
        const std::string_view read = window.At(at + 8, std::min<std::uint64_t>(size, bytes_max + 1));
        std::string text = CutText(MacText(CutBytes(read, bytes_max)), bytes_max);
        if (type == "NAME" && to.core.title.empty()) to.core.title = TrimEnd(text);
        if (type == "AUTH" && to.core.creators.empty()) to.core.creators.emplace_back(TrimEnd(text));
        to.Add(name, std::move(text));
      }
      at += 8 + ((size + 1) & ~std::uint64_t{1});
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& AiffExtractor() {
  static const Aiff kAiff;
  return kAiff;
}

}  // namespace cairn
