#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/extractors.h"
#include "extract/jumbf.h"
#include "extract/mp4_state.h"
#include "extract/xmp.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"video/mp4"sv,   "video/quicktime"sv, "video/3gpp"sv, "audio/mp4"sv,
                               "audio/x-m4b"sv, "image/heic"sv,      "image/heif"sv, "image/avif"sv};
constexpr std::array kFields = {"*"sv};
constexpr std::array kContainers = {"moov"sv, "trak"sv, "mdia"sv, "minf"sv, "stbl"sv, "udta"sv,
                                    "gmhd"sv, "iprp"sv, "ipco"sv, "ilst"sv, "tref"sv, "meta"sv,
                                    "tapt"sv, "edts"sv, "mvex"sv, "moof"sv, "traf"sv};
// Boxes that are read whole; larger ones are damage, or nothing that is looked at.
constexpr std::uint64_t kBoxBytesMax = std::uint64_t{32} << 20;

struct Frame {
  std::uint64_t at;
  std::uint64_t end;
  std::string type;  ///< Of the container.
  bool track;        ///< Whether a track contains it.
};

/// The boxes of a file, depth first, with a stack of its own.
class Walk {
 public:
  explicit Walk(Mp4State& state) : state_(state) {}

  Status Run() {
    std::vector<Frame> stack = {{0, state_.file.size(), "", false}};
    std::size_t boxes = 0;
    while (!stack.empty()) {
      if (stack.back().at + 8 > stack.back().end) {
        stack.pop_back();
        continue;
      }
      if (++boxes > state_.context.limits.entries) {
        state_.to.Warn("the file has more boxes than the limit; the rest is left out");
        break;
      }
      if (boxes % 256 == 0) {
        if (Status go = state_.context.KeepGoing(); !go.ok()) return go;
      }
      Frame inner;
      if (!Box(stack.back(), stack.size(), &inner)) {
        stack.pop_back();
      } else if (!inner.type.empty() && stack.size() < state_.context.limits.depth) {
        stack.push_back(std::move(inner));
      }
    }
    return state_.file.status();
  }

 private:
  // Reads the box where the container stands and moves it on. Returns false where no box can follow.
  bool Box(Frame& in, std::size_t depth, Frame* inner) {
    const ByteView head(state_.file.At(in.at, 16));
    if (head.size() < 8) return false;
    std::uint64_t size = head.U32(0);
    const std::string type(head.Part(4, 4));
    std::uint64_t header = 8;
    if (size == 1) {
      if (in.end - in.at < 16) return false;
      size = head.U64(8);
      header = 16;
    } else if (size == 0) {
      // To the end of the file; within user data, the end of the list.
      if (depth > 1) return false;
      size = in.end - in.at;
    }
    if (size < header) {
      state_.to.Warn(fmt::format("the box at byte {} is shorter than its header", in.at));
      return false;
    }
    const std::uint64_t at = in.at + header;
    std::uint64_t content = size - header;
    if (content > in.end - at) {
      state_.to.Warn(fmt::format("the box \"{}\" at byte {} is cut off", ToUtf8(type), in.at));
      content = in.end > at ? in.end - at : 0;
      // A part of the pictures and sound is as good as all of them; what else is cut off may mislead.
      if (type != "mdat" && std::find(kContainers.begin(), kContainers.end(), type) == kContainers.end()) return false;
    }
    in.at = at + content;
    if (type == "mdat") {
      state_.to.Add("MediaDataSize", static_cast<std::int64_t>(size - header));
      state_.to.Add("MediaDataOffset", static_cast<std::int64_t>(at));
      return true;
    }
    const bool time_code = type == "tmcd" && in.type == "gmhd";
    if (time_code || type == "cmov" || std::find(kContainers.begin(), kContainers.end(), type) != kContainers.end()) {
      *inner = {at + Skip(type, at), at + content, type, in.track || type == "trak"};
      if (type == "trak") state_.tracks.emplace_back();
      return true;
    }
    state_.in_track = in.track;
    Leaf(in.type, type, {at, content});
    return true;
  }

  // `meta` has four bytes of version before its boxes, but not in QuickTime files.
  std::uint64_t Skip(std::string_view type, std::uint64_t at) {
    if (type != "meta") return 0;
    return ByteView(state_.file.At(at, 8)).Is(4, "hdlr") ? 0 : 4;
  }

  void Leaf(std::string_view in, std::string_view type, Mp4Span span) {
    Mp4Track* track = state_.tracks.empty() ? nullptr : &state_.tracks.back();
    if (track != nullptr && in == "stbl") {
      if (type == "stts") track->times = span;
      if (type == "stsz") track->sizes = span;
      if (type == "stsc") track->chunks = span;
      if (type == "stco" || type == "co64") {
        track->offsets = span;
        track->wide_offsets = type == "co64";
      }
      if (type == "stts") return ReadMp4FrameRate(state_);
      if (type != "stsd") return;
    }
    if (type == "idat") state_.idat = span;
    if (in == "ipco") return state_.properties.push_back({std::string(type), span});
    if (span.size > kBoxBytesMax || type == "free" || type == "skip" || type == "wide") return;
    if (in == "tref")
      return Reference(
          type, ByteView(state_.file.At(span.at, static_cast<std::size_t>(std::min<std::uint64_t>(span.size, 64)))));
    if ((in == "mvex" && (type == "mehd" || type == "trex")) || (in == "traf" && (type == "tfhd" || type == "trun")))
      return ReadMp4Fragment(type, ByteView(state_.file.At(span.at, static_cast<std::size_t>(span.size))), state_);
    if (!Wanted(in, type)) return;
    Content(in, type, ByteView(state_.file.At(span.at, static_cast<std::size_t>(span.size))), track);
  }

  // Numbers of other tracks, at most 16.
  void Reference(std::string_view type, ByteView box) {
    std::string ids;
    for (std::uint64_t at = 0; box.Has(at, 4); at += 4) ids += fmt::format("{}{}", at > 0 ? " " : "", box.U32(at));
    if (ids.empty() || state_.tracks.empty()) return;
    if (type == "tmcd") state_.to.Add("TimeCode", TextOrNumber(ids));
    if (type == "cdsc") state_.to.Add("ContentDescribes", "Track " + ids);
    if (type == "mpod") state_.to.Add("ElementaryStreamTrack", TextOrNumber(ids));
    if (type != "chap") return;
    for (std::uint64_t at = 0; box.Has(at, 4); at += 4) {
      state_.tracks.back().chapter_tracks.push_back(box.U32(at));
      state_.to.Add("ChapterListTrackID", std::int64_t{box.U32(at)});
    }
  }

  static bool Wanted(std::string_view in, std::string_view type) {
    constexpr std::array kWanted = {"ftyp"sv, "mvhd"sv, "tkhd"sv, "mdhd"sv, "hdlr"sv, "vmhd"sv, "smhd"sv, "gmin"sv,
                                    "stsd"sv, "chpl"sv, "keys"sv, "pitm"sv, "iinf"sv, "iloc"sv, "iref"sv, "ipma"sv,
                                    "clef"sv, "prof"sv, "enof"sv, "uuid"sv, "tcmi"sv, "dcom"sv};
    if (in == "ilst" || in == "udta") return true;
    return std::find(kWanted.begin(), kWanted.end(), type) != kWanted.end();
  }

  void Content(std::string_view in, std::string_view type, ByteView box, Mp4Track* track) {
    auto& to = state_.to;
    if (in == "ilst") return ReadMp4Item(type, box, state_);
    if (type == "ftyp") return ReadMp4Brands(box, state_);
    if (type == "mvhd") return ReadMp4MovieHeader(box, state_);
    if (type == "tkhd" && track != nullptr) return ReadMp4TrackHeader(box, state_);
    if (type == "mdhd" && track != nullptr) return ReadMp4MediaHeader(box, state_);
    if (type == "hdlr") return ReadMp4Handler(box, state_);
    if (type == "stsd" && track != nullptr) return ReadMp4SampleDescription(box, state_);
    if (type == "chpl") return ReadMp4ChapterList(box, state_);
    if (type == "keys") return ReadMp4Keys(box, state_);
    if (type == "iinf") return ReadMp4ItemInfo(box, state_);
    if (type == "iloc") return ReadMp4ItemLocations(box, state_);
    if (type == "iref") return ReadMp4ItemReferences(box, state_);
    if (type == "ipma") return ReadMp4PropertyAssociations(box, state_);
    if (type == "uuid") return Extension(box);
    if (in == "udta" && type == "XMP_") return ReadXmp(box.bytes(), state_.context, state_.to);  // as QuickTime has it
    if (type == "vmhd") {
      to.Add("GraphicsMode", Mode(box.U16(4)));
      to.Add("OpColor", fmt::format("{} {} {}", box.U16(6), box.U16(8), box.U16(10)));
    } else if (type == "smhd") {
      to.Add("Balance", NumberValue(box.S16(4) / 256.0));
    } else if (type == "gmin") {
      to.Add("GenMediaVersion", std::int64_t{box.U8(0)});
      to.Add("GenFlags", fmt::format("{} {} {}", box.U8(1), box.U8(2), box.U8(3)));
      to.Add("GenGraphicsMode", Mode(box.U16(4)));
      to.Add("GenOpColor", fmt::format("{} {} {}", box.U16(6), box.U16(8), box.U16(10)));
      to.Add("GenBalance", NumberValue(box.S16(12) / 256.0));
    } else if (type == "tcmi") {
      ReadMp4TimeCode(box, state_);
    } else if (type == "dcom" && box.Has(0, 4)) {
      to.Add("Compression", ToUtf8(box.Part(0, 4)));
    } else if (type == "pitm") {
      state_.primary = box.U8(0) == 0 ? box.U16(4) : box.U32(4);
      to.Add("PrimaryItemReference", std::int64_t{state_.primary});
    } else if (in == "tapt") {
      const std::string_view name = type == "clef"   ? "CleanApertureDimensions"
                                    : type == "prof" ? "ProductionApertureDimensions"
                                                     : "EncodedPixelsDimensions";
      to.Add(name, fmt::format("{}x{}", General(box.U32(4) / 65536.0, 10), General(box.U32(8) / 65536.0, 10)));
    } else if (in == "udta") {
      ReadMp4UserData(type, box, state_);
    }
  }

  static std::string Mode(std::uint16_t mode) {
    switch (mode) {
      case 0:
        return "srcCopy";
      case 0x20:
        return "blend";
      case 0x24:
        return "transparent";
      case 0x40:
        return "ditherCopy";
      case 0x100:
        return "straightAlpha";
      case 0x101:
        return "premulWhiteAlpha";
      case 0x102:
        return "premulBlackAlpha";
      case 0x104:
        return "composition";
      default:
        return fmt::format("Unknown ({})", mode);
    }
  }

  // XMP specification part 3, section 1.2.4: a box of its own.
  void Extension(ByteView box) {
    if (box.Is(0, "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac"sv)) {
      ReadXmp(box.Part(16), state_.context, state_.to);
    } else if (box.Is(0, "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81"sv) &&
               box.Is(20, "manifest\0"sv)) {
      ReadJumbf(box.Part(37), state_.context, state_.to);  // C2PA 2.1, annex A.5: behind the purpose 8 bytes more
    }
  }

  Mp4State& state_;
};

class Mp4 final : public Extractor {
 public:
  Mp4() : Extractor({"mp4", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    const ByteView head(window.At(0, 8));
    constexpr std::array kFirst = {"ftyp"sv, "moov"sv, "mdat"sv, "wide"sv, "free"sv, "skip"sv, "pnot"sv};
    if (std::find(kFirst.begin(), kFirst.end(), head.Part(4, 4)) == kFirst.end()) {
      return Status(StatusCode::kInvalidArgument,
                    "no MP4 or QuickTime file: its first box is none that one begins with");
    }
    Extracted to(context.limits);
    to.type = context.type.empty() ? std::string(kTypes[0]) : context.type;
    Mp4State state(window, context, to);
    if (Status walked = Walk(state).Run(); !walked.ok()) return walked;
    FinishMp4Texts(state);
    ReadMp4FragmentsDuration(state);
    ReadMp4Chapters(state);
    if (Status read = ReadMp4ItemContent(state); !read.ok()) return read;
    if (!to.core.bitrate && to.core.duration && *to.core.duration > 0) {
      to.core.bitrate = BitRate(bytes.size(), *to.core.duration);
    }
    if (!window.status().ok()) return window.status();
    return to;
  }
};

}  // namespace

const Extractor& Mp4Extractor() {
  static const Mp4 kMp4;
  return kMp4;
}

}  // namespace cairn
