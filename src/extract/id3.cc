#include "extract/id3.h"

#include <fmt/format.h>

#include <algorithm>

#include "extract/id3_frame.h"
#include "extract/id3_text.h"
#include "extract/inflate.h"
#include "extract/text.h"

namespace cairn {
namespace {

// Takes out the zeros that keep players from taking data for sound.
std::string Resynchronised(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out += bytes[i];
    if (bytes[i] == '\xff' && i + 1 < bytes.size() && bytes[i + 1] == 0) ++i;
  }
  return out;
}

class Tag {
 public:
  Tag(std::uint8_t version, const ExtractContext& context, Extracted& to)
      : version_(version), state_{version, context, to}, unpacked_left_(context.limits.bytes) {}

  void Frames(ByteView bytes) {
    const std::uint64_t id_bytes = version_ == 2 ? 3 : 4;
    const std::uint64_t head = version_ == 2 ? 6 : 10;
    std::uint64_t at = 0;
    for (std::size_t count = 0; bytes.Has(at, head) && bytes.U8(at) != 0 && count < state_.context.limits.fields;
         ++count) {
      const std::string_view id = bytes.Part(at, id_bytes);
      std::uint64_t size = version_ == 2   ? bytes.U24(at + 3)
                           : version_ == 3 ? bytes.U32(at + 4)
                                           : Id3Synchsafe(bytes, at + 4);
      // Old iTunes wrote plain lengths into 2.4: what has a high bit is one.
      const std::uint64_t plain = bytes.U32(at + 4);
      if (version_ == 4 && ((plain & 0x80808080) != 0 ||
                            (plain > 127 && !Begins(bytes, at + head + size) && Begins(bytes, at + head + plain))))
        size = plain;
      if (!bytes.Has(at + head, size)) {
        state_.to.Warn(fmt::format("the ID3 frame {} is cut off", ToUtf8(id)));
        break;
      }
      Read(id, bytes.Sub(at + head, size), version_ == 2 ? 0 : bytes.U16(at + 8));
      at += head + size;
    }
  }

  void Finish() {
    std::sort(chapters_.begin(), chapters_.end(),
              [](const Chapter& a, const Chapter& b) { return a.start_ns < b.start_ns; });
    if (!chapters_.empty() && state_.to.chapters.empty()) state_.to.chapters = std::move(chapters_);
  }

 private:
  // Whether the tag ends there, or a frame with a name begins.
  static bool Begins(ByteView bytes, std::uint64_t at) {
    if (at == bytes.size()) return true;
    const std::string_view id = bytes.Part(at, 4);
    return id.size() == 4 &&
           std::all_of(id.begin(), id.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  }

  // ID3v2.3, section 3.3.1; ID3v2.4, section 4.1.2: what stands before the content, and how that is packed.
  void Read(std::string_view id, ByteView frame, std::uint16_t flags) {
    const bool four = version_ == 4;
    const bool packed = (flags & (four ? 0x08 : 0x80)) != 0;
    if ((flags & (four ? 0x04 : 0x40)) != 0)
      return state_.to.Warn(fmt::format("the ID3 frame {} is encrypted", ToUtf8(id)));
    std::string resynchronised;
    // The tag's own flag is set by some whose frames are as they were.
    if (four && (flags & 0x02) != 0) {
      resynchronised = Resynchronised(frame.bytes());
      frame = ByteView(resynchronised);
    }
    std::uint64_t skip = (flags & (four ? 0x40 : 0x20)) != 0 ? 1 : 0;  // a group's number
    if (four ? (flags & 0x01) != 0 : packed) skip += 4;                // the length unpacked
    frame = frame.Sub(skip);
    Inflated unpacked;
    if (packed) {
      unpacked = InflateZlibPart(frame.bytes(), static_cast<std::size_t>(unpacked_left_));
      // What fails has cost as much as what succeeds.
      unpacked_left_ -= unpacked.bytes.size();
      if (!unpacked.whole) return state_.to.Warn(fmt::format("the ID3 frame {} cannot be unpacked", ToUtf8(id)));
      frame = ByteView(unpacked.bytes);
    }
    if (id == "CHAP") return ReadChapter(frame);
    ReadId3Frame(id, frame, state_);
  }

  // Its id, times in milliseconds, two offsets, then frames of its own.
  void ReadChapter(ByteView frame) {
    const std::size_t id = BeforeNul(frame.bytes()).size() + 1;
    if (!frame.Has(id, 16) || chapters_.size() >= state_.context.limits.fields) return;
    Chapter chapter{std::int64_t{frame.U32(id)} * 1'000'000, std::int64_t{frame.U32(id + 4)} * 1'000'000, ""};
    const ByteView inner = frame.Sub(id + 16);
    std::uint64_t at = 0;
    while (inner.Has(at, 10)) {
      const std::uint64_t size = version_ == 4 ? Id3Synchsafe(inner, at + 4) : inner.U32(at + 4);
      if (!inner.Has(at + 10, size)) break;
      if (inner.Is(at, "TIT2"))
        chapter.title =
            CutText(std::string(TrimEnd(Id3Decode(inner.U8(at + 10), inner.Part(at + 11, size > 0 ? size - 1 : 0)))),
                    state_.context.limits.value_bytes);
      at += 10 + size;
    }
    chapters_.push_back(std::move(chapter));
  }

  const std::uint8_t version_;
  Id3State state_;
  std::uint64_t unpacked_left_;
  std::vector<Chapter> chapters_;
};

}  // namespace

std::uint64_t Id3Bytes(ByteView head) {
  if (!head.Is(0, "ID3") || !head.Has(0, 10)) return 0;
  return 10 + std::uint64_t{Id3Synchsafe(head, 6)} + ((head.U8(5) & 0x10) != 0 ? 10 : 0);
}

std::uint64_t ReadId3(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to) {
  const ByteView head(from.At(at, 10));
  const std::uint64_t whole = Id3Bytes(head);
  if (whole == 0) return 0;
  const std::uint8_t version = head.U8(3);
  const std::uint8_t flags = head.U8(5);
  const std::uint64_t size = Id3Synchsafe(head, 6);
  if (version < 2 || version > 4) return whole;
  if (!from.Has(at + 10, size)) to.Warn("the ID3 tag is longer than the file; what is there was read");
  ByteView frames(from.At(at + 10, static_cast<std::size_t>(std::min<std::uint64_t>(size, context.limits.bytes))));
  std::string resynchronised;
  if ((flags & 0x80) != 0 && version < 4) {
    resynchronised = Resynchronised(frames.bytes());
    frames = ByteView(resynchronised);
  }
  if ((flags & 0x40) != 0 && version > 2)
    frames = frames.Sub(version == 3 ? frames.U32(0) + std::uint64_t{4} : Id3Synchsafe(frames, 0));
  Tag tag(version, context, to);
  tag.Frames(frames);
  tag.Finish();
  return whole;
}

}  // namespace cairn
