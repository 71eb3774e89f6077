#include "extract/ogg_streams.h"

#include <algorithm>
#include <string_view>

#include "extract/byte_view.h"

namespace cairn {
namespace {

constexpr std::size_t kPagesMax = 4096;
constexpr std::size_t kStreamsMax = 16;
constexpr std::size_t kPacketsMax = 3;
constexpr std::uint64_t kHeadBytes = 27;
constexpr std::uint64_t kNoGranule = ~std::uint64_t{0};
// How far from the end the last pages are looked for; a page takes 65,307 bytes at most.
constexpr std::uint64_t kTailBytes = 128 * 1024;

// While it is read, the last packet of a stream is one that has not ended.
class Pages {
 public:
  Pages(Window& window, const ExtractContext& context, Extracted& to) : window_(window), context_(context), to_(to) {}

  std::vector<OggStream> Read() {
    std::uint64_t at = 0;
    for (std::size_t page = 0; page < kPagesMax && !at_end_; ++page) {
      if (page % 64 == 63 && !context_.KeepGoing().ok()) break;
      at = Page(at);
    }
    for (auto& stream : streams_) stream.packets.resize(std::min(stream.packets.size(), kPacketsMax));
    return std::move(streams_);
  }

 private:
  // RFC 3533, section 6. The place of the next one.
  std::uint64_t Page(std::uint64_t at) {
    const std::string head(window_.At(at, kHeadBytes + 255));
    const ByteView view(head, std::endian::little);
    at_end_ = !view.Is(0, "OggS") || view.size() < kHeadBytes;
    if (at_end_) return at;
    const std::uint64_t granule = view.U64(6);
    OggStream* const stream = StreamOf(view.U32(14));
    const std::uint8_t segments = view.U8(26);
    std::uint64_t data = at + kHeadBytes + segments;
    for (std::uint64_t i = 0; i < segments; ++i) {
      const std::uint8_t size = view.U8(kHeadBytes + i);
      if (stream != nullptr) Segment(data, size, stream);
      data += size;
    }
    const auto has = [&](std::size_t packets) {
      return std::all_of(streams_.begin(), streams_.end(),
                         [&](const OggStream& each) { return each.packets.size() > packets; });
    };
    // Heads stand on pages of their own, without a granule position.
    at_end_ = has(kPacketsMax) || (granule != 0 && granule != kNoGranule && has(2));
    return data;
  }

  OggStream* StreamOf(std::uint32_t serial) {
    for (auto& stream : streams_) {
      if (stream.serial == serial) return &stream;
    }
    if (streams_.size() == kStreamsMax) return nullptr;
    streams_.push_back({serial, {""}, 0});
    return &streams_.back();
  }

  void Segment(std::uint64_t at, std::uint8_t size, OggStream* stream) {
    if (stream->packets.size() > kPacketsMax || bytes_ >= context_.limits.bytes) return;
    const std::string_view part = window_.At(at, size);
    stream->packets.back() += part;
    bytes_ += part.size();
    if (part.size() < size) to_.Warn("the last page is cut off");
    if (size < 255) stream->packets.emplace_back();
  }

  Window& window_;
  const ExtractContext& context_;
  Extracted& to_;
  std::vector<OggStream> streams_;
  std::uint64_t bytes_ = 0;
  bool at_end_ = false;
};

void FindGranules(Window& window, std::vector<OggStream>& streams) {
  const std::uint64_t from = window.size() > kTailBytes ? window.size() - kTailBytes : 0;
  const std::string_view tail = window.At(from, kTailBytes);
  std::size_t found = 0;
  for (std::size_t page = tail.rfind("OggS"); page != std::string_view::npos && found < streams.size();
       page = page == 0 ? std::string_view::npos : tail.rfind("OggS", page - 1)) {
    const ByteView view(tail.substr(page), std::endian::little);
    const std::uint64_t granule = view.U64(6);
    if (granule == kNoGranule || granule == 0) continue;
    for (auto& stream : streams) {
      if (stream.serial != view.U32(14) || stream.granule != 0) continue;
      stream.granule = granule;
      ++found;
    }
  }
}

}  // namespace

std::vector<OggStream> ReadOggStreams(Window& window, const ExtractContext& context, Extracted& to) {
  std::vector<OggStream> streams = Pages(window, context, to).Read();
  FindGranules(window, streams);
  return streams;
}

}  // namespace cairn
