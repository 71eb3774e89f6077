#include <array>

#include "extract/extractors.h"
#include "extract/id3.h"
#include "extract/id3_end.h"
#include "extract/mpeg_audio.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"audio/mpeg"sv};
constexpr std::array kFields = {"*"sv};

class Mp3 final : public Extractor {
 public:
  Mp3() : Extractor({"mp3", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    Extracted to(context.limits);
    to.type = kTypes[0];
    std::uint64_t begin = 0;
    // Some writers put a second tag behind the first.
    for (int tags = 0; tags < 4; ++tags) {
      const std::uint64_t tag = ReadId3(window, begin, context, to);
      if (tag == 0) break;
      begin += tag;
      if (Status go = context.KeepGoing(); !go.ok()) return go;
    }
    const std::uint64_t end = ReadTagsAtEnd(window, context, to);
    if (begin < end) ReadMpegAudio(window, begin, end, to);
    if (to.core.codec.empty() && to.fields.empty()) {
      return Status(StatusCode::kInvalidArgument, "no MP3: it has neither a tag nor a frame of MPEG audio");
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& Mp3Extractor() {
  static const Mp3 kMp3;
  return kMp3;
}

}  // namespace cairn
