#include <fmt/format.h>

#include <array>
#include <cmath>

#include "extract/extractors.h"
#include "extract/id3.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/x-aiff"sv};
constexpr std::array kFields = {"*"sv};

// An 80-bit IEEE 754 extended real.
double Extended(ByteView view, std::uint64_t at) {
  const int exponent = (view.U16(at) & 0x7fff) - 16383 - 63;
  return std::ldexp(static_cast<double>(view.U64(at + 2)), exponent);
}

void Common(ByteView chunk, bool compressed, Extracted& to) {
  const double rate = Extended(chunk, 8);
  to.Add("NumChannels", std::int64_t{chunk.U16(0)});
  to.Add("NumSampleFrames", std::int64_t{chunk.U32(2)});
  to.Add("SampleSize", std::int64_t{chunk.U16(6)});
  to.Add("SampleRate", NumberValue(rate));
  if (compressed) to.Add("CompressionType", ToUtf8(chunk.Part(18, 4)));
  to.core.codec = "pcm";
  to.core.channels = chunk.U16(0);
  if (rate >= 1 && rate < 1e9) {
    to.core.sample_rate = static_cast<std::int64_t>(rate);
    to.core.duration = chunk.U32(2) / rate;
    to.core.bitrate = static_cast<std::int64_t>(rate) * chunk.U16(0) * chunk.U16(6);
  }
}

class Aiff final : public Extractor {
 public:
  Aiff() : Extractor({"aiff", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    const ByteView form(window.At(0, 12));
    if (!form.Is(0, "FORM") || (!form.Is(8, "AIFF") && !form.Is(8, "AIFC"))) {
      return Status(StatusCode::kInvalidArgument, "no AIFF: its form is missing");
    }
    const bool compressed = form.Is(8, "AIFC");
    Extracted to;
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
      if (type == "COMM") Common(ByteView(window.At(at + 8, 64)), compressed, to);
      if (type == "ID3 " || type == "id3 ") ReadId3(window, at + 8, context, to);
      if (type == "NAME" || type == "AUTH" || type == "(c) " || type == "ANNO") {
        const std::string_view name = type == "NAME"   ? "Name"
                                      : type == "AUTH" ? "Author"
                                      : type == "ANNO" ? "Annotation"
                                                       : "Copyright";
        std::string text =
            ToUtf8(TrimEnd(window.At(at + 8, std::min<std::uint64_t>(size, context.limits.value_bytes))));
        if (type == "NAME" && to.core.title.empty()) to.core.title = text;
        if (type == "AUTH" && to.core.creators.empty()) to.core.creators.push_back(text);
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
