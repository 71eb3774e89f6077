#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "extract/extractors.h"
#include "extract/matroska_fields.h"
#include "extract/text.h"
#include "extract/window.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"video/x-matroska"sv, "video/webm"sv};
constexpr std::array kFields = {"*"sv};
constexpr std::uint32_t kSegment = 0x18538067;
constexpr std::uint32_t kCluster = 0x1f43b675;
constexpr std::uint32_t kSeekHead = 0x114d9b74;
constexpr std::uint64_t kUnknownSize = ~std::uint64_t{0};

/// A number whose length its first byte tells: RFC 8794, section 4. The marker bit stays for ids.
struct Vint {
  std::uint64_t value = 0;
  std::size_t bytes = 0;  ///< 0 where there is none.
};
Vint ReadVint(ByteView view, std::uint64_t at, bool id) {
  const std::uint8_t first = view.U8(at);
  if (first == 0) return {};
  const auto bytes = static_cast<std::size_t>(std::countl_zero(first)) + 1;
  if (!view.Has(at, bytes) || (id && bytes > 4)) return {};
  std::uint64_t value = view.Unsigned(at, bytes);
  if (!id) {
    const std::uint64_t mask = bytes == 8 ? (std::uint64_t{1} << 56) - 1 : (std::uint64_t{1} << (7 * bytes)) - 1;
    value &= mask;
    if (value == mask) value = kUnknownSize;
  }
  return {value, bytes};
}

constexpr std::uint64_t kVideo = 1;
constexpr std::uint64_t kAudio = 2;

struct MatroskaTag {
  std::string name;
  std::string language;
  std::string text;
  bool has_text = false;
};

class Walk {
 public:
  Walk(Window& window, const ExtractContext& context, Extracted& to) : window_(window), context_(context), to_(to) {}

  Status Run() {
    struct Frame {
      std::uint64_t at;
      std::uint64_t end;
      std::uint32_t id;
    };
    std::vector<Frame> stack = {{0, window_.size(), 0}};
    for (std::size_t count = 0; !stack.empty() && count < context_.limits.entries; ++count) {
      if (count % 256 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      Frame& in = stack.back();
      if (in.at >= in.end) {
        Leave(in.id);
        stack.pop_back();
        continue;
      }
      const ByteView head(window_.At(in.at, 16));
      const Vint id = ReadVint(head, 0, true);
      const Vint size = ReadVint(head, id.bytes, false);
      if (id.bytes == 0 || size.bytes == 0) {
        to_.Warn(fmt::format("no element begins at byte {}, where one should", in.at));
        break;
      }
      const std::uint64_t at = in.at + id.bytes + size.bytes;
      std::uint64_t content = size.value;
      if (content == kUnknownSize || content > in.end - std::min(at, in.end)) {
        if (content != kUnknownSize && id.value != kCluster && id.value != kSegment) {
          to_.Warn(fmt::format("the element 0x{:x} at byte {} is cut off", id.value, in.at));
        }
        content = in.end > at ? in.end - at : 0;
      }
      in.at = at + content;
      const auto number = static_cast<std::uint32_t>(id.value);
      if (number == kSeekHead) Seeks(at, content);
      if (number == kSegment && in.id == 0) {
        segment_at_ = at;
        segment_end_ = at + content;
      }
      if (number == kCluster) {
        // What stands behind the clusters is found by the seek head alone.
        if (const std::uint64_t next = NextPlace(at); next > at) in.at = next;
        continue;
      }
      const EbmlElement* element = FindEbmlElement(number);
      if (element == nullptr) continue;
      if (in.id == kSegment) Seen(at - id.bytes - size.bytes);
      if (number == 0x465c) {
        to_.Add(element->name, BinaryText(content));
      } else if (element->kind != EbmlKind::kMaster) {
        if (content <= context_.limits.value_bytes)
          Value(*element, ByteView(window_.At(at, static_cast<std::size_t>(content))));
      } else if (stack.size() < context_.limits.depth) {
        Enter(number);
        stack.push_back({at, at + content, number});
      }
    }
    Finish();
    return window_.status();
  }

 private:
  // RFC 9559, section 5.1.1: ids with their places in the segment.
  void Seeks(std::uint64_t at, std::uint64_t size) {
    const std::string head(window_.At(at, static_cast<std::size_t>(std::min<std::uint64_t>(size, 4096))));
    const ByteView view(head);
    std::uint64_t entry = 0;
    while (view.Has(entry, 4) && places_.size() < 64) {
      const Vint id = ReadVint(view, entry, true);
      const Vint length = ReadVint(view, entry + id.bytes, false);
      if (id.bytes == 0 || length.bytes == 0 || length.value == kUnknownSize) return;
      const std::uint64_t inside = entry + id.bytes + length.bytes;
      if (id.value == 0x4dbb) {
        const std::size_t found = ByteView(view.Part(inside, length.value)).bytes().find("\x53\xac");
        if (found != std::string_view::npos) {
          const Vint bytes = ReadVint(view, inside + found + 2, false);
          if (bytes.bytes != 0 && bytes.value <= 8)
            places_.push_back(segment_at_ + view.Unsigned(inside + found + 2 + bytes.bytes, bytes.value));
        }
      }
      entry = inside + length.value;
    }
  }
  void Seen(std::uint64_t at) { seen_.push_back(at); }
  std::uint64_t NextPlace(std::uint64_t after) {
    std::uint64_t next = segment_end_;
    for (const std::uint64_t place : places_) {
      if (place > after && place < next && std::find(seen_.begin(), seen_.end(), place) == seen_.end()) next = place;
    }
    return next;
  }

  void Enter(std::uint32_t id) {
    if (id == 0xae) track_type_ = 0;
    if (id == 0xb6) chapters_.push_back({});
    if (id == 0x67c8) EndTag();  // Of the tag around this one: what it says stands before.
  }
  void Leave(std::uint32_t id) {
    if (id == 0xae && default_duration_ > 0) {
      const auto ns = static_cast<double>(default_duration_);
      if (track_type_ == kVideo) {
        const double rate = std::floor(1e9 / ns * 1000 + 0.5) / 1000;
        to_.Add("VideoFrameRate", NumberValue(rate));
        if (!to_.core.frame_rate) to_.core.frame_rate = rate;
      } else {
        to_.Add("DefaultDuration", General(ns / 1e6, 8) + " ms");
      }
    }
    if (id == 0xae) default_duration_ = 0;
    if (id == 0x67c8) EndTag();
  }

  void Value(const EbmlElement& element, ByteView value) {
    const std::uint64_t number = value.Unsigned(0, std::min<std::size_t>(value.size(), 8));
    auto& core = to_.core;
    switch (element.id) {
      case 0x2ad7b1:
        scale_ = number;
        return to_.Add("TimecodeScale", number == 1'000'000 ? std::string("1 ms")
                                                            : General(static_cast<double>(number) / 1e6, 15) + " ms");
      case 0x4489:
        duration_ = Float(value);
        return;
      case 0x4461:
        return Date(value);
      case 0x23e383:
        default_duration_ = number;
        return;
      case 0x83:
        track_type_ = number;
        break;
      case 0x91:
        if (!chapters_.empty()) chapters_.back().start_ns = Ns(number);
        return;
      case 0x92:
        if (!chapters_.empty()) chapters_.back().end_ns = Ns(number);
        return;
      case 0x85:
        if (!chapters_.empty() && chapters_.back().title.empty())
          chapters_.back().title = ToUtf8(BeforeNul(value.bytes()));
        return;
      case 0x437c:
        chapter_language_ = ToUtf8(BeforeNul(value.bytes()));
        return;
      case 0x437e:
        chapter_country_ = ToUtf8(BeforeNul(value.bytes()));
        return;
      case 0x45a3:
        tag_.name = ToUtf8(BeforeNul(value.bytes()));
        return;
      case 0x447a:
        tag_.language = ToUtf8(BeforeNul(value.bytes()));
        return;
      case 0x4487:
        tag_.text = ToUtf8(BeforeNul(value.bytes()));
        tag_.has_text = true;
        return;
      case 0x7ba9:
        core.title = ToUtf8(BeforeNul(value.bytes()));
        break;
      case 0xb0:
        if (!core.width) core.width = static_cast<std::int64_t>(number);
        break;
      case 0xba:
        if (!core.height) core.height = static_cast<std::int64_t>(number);
        break;
      case 0x9f:
        if (!core.channels) core.channels = static_cast<std::int64_t>(number);
        break;
      case 0x22b59c:
        if (core.language.empty() && !value.Is(0, "und")) core.language = ToUtf8(BeforeNul(value.bytes()));
        break;
      case 0x86:
        return CodecId(ToUtf8(BeforeNul(value.bytes())));
      case 0x258688:
        return to_.Add(OfTrack("CodecName"), ToUtf8(BeforeNul(value.bytes())));
      default:
        break;
    }
    if (element.name.empty()) return;
    if (element.kind == EbmlKind::kText) return to_.Add(element.name, ToUtf8(BeforeNul(value.bytes())));
    if (element.kind == EbmlKind::kFloat) {
      if (element.id == 0xb5 && !core.sample_rate && Float(value) < 1e9) core.sample_rate = Whole(Float(value));
      return to_.Add(element.name, NumberValue(Float(value)));
    }
    if (element.kind == EbmlKind::kBytes) {
      std::string hex;
      for (const char c : value.bytes().substr(0, 32)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
      return to_.Add(element.name, hex);
    }
    const std::string word = MatroskaWord(element.name, number);
    if (!word.empty()) return to_.Add(element.name, word);
    to_.Add(element.name, static_cast<std::int64_t>(number));
  }

  void CodecId(std::string id) {
    const bool video = id.starts_with("V_");
    if (video || to_.core.codec.empty()) to_.core.codec = MatroskaCodec(id);
    to_.Add(OfTrack("CodecID"), id);
  }
  // ExifTool names them by the track's type, where that stands before.
  [[nodiscard]] std::string OfTrack(std::string_view name) const {
    return (track_type_ == kVideo ? "Video" : track_type_ == kAudio ? "Audio" : "") + std::string(name);
  }

  static double Float(ByteView value) {
    return value.size() == 4 ? double{value.F32(0)} : value.size() == 8 ? value.F64(0) : 0;
  }
  static std::int64_t Ns(std::uint64_t ns) {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(ns, std::uint64_t{1} << 62));
  }

  // Nanoseconds since 2001.
  void Date(ByteView value) {
    if (value.size() != 8) return;
    const std::string time = ExifTime(value.S64(0) / 1'000'000'000 + 978'307'200);
    if (const std::string iso = IsoTime(time); !iso.empty()) to_.core.created = iso + "Z";
    to_.Add("DateTimeOriginal", time + "Z");
  }

  void EndTag() {
    const MatroskaTag tag = std::exchange(tag_, {});
    if (!tag.has_text) return;
    const std::string name = MatroskaTagName(tag.name);
    if (name.empty()) return;
    auto& core = to_.core;
    if (name == "Title" && core.title.empty()) core.title = tag.text;
    if (name == "Artist" && core.creators.empty()) core.creators.push_back(tag.text);
    if ((name == "DateReleased" || name == "DateTimeOriginal" || name == "Date") && core.created.empty())
      core.created = IsoTime(tag.text);
    if ((name == "Description" || name == "Comment") && core.description.empty()) core.description = tag.text;
    to_.Add(tag.language.empty() ? name : name + "-" + tag.language, tag.text);
  }

  // ExifTool's fields tell of the last chapter.
  void LastChapter() {
    const Chapter& last = chapters_.back();
    to_.Add("ChapterTimeStart", DurationText(static_cast<double>(last.start_ns) / 1e9));
    if (last.end_ns > 0) to_.Add("ChapterTimeEnd", DurationText(static_cast<double>(last.end_ns) / 1e9));
    if (!last.title.empty()) to_.Add("ChapterString", last.title);
    if (!chapter_language_.empty()) to_.Add("ChapterLanguage", chapter_language_);
    if (!chapter_country_.empty()) to_.Add("ChapterCountry", chapter_country_);
  }

  void Finish() {
    const bool known = duration_ > 0 && duration_ * static_cast<double>(scale_) < 1e18;
    if (known) {
      const double seconds = duration_ * static_cast<double>(scale_) / 1e9;
      to_.Add("Duration", DurationText(seconds));
      to_.core.duration = seconds;
      to_.core.bitrate = BitRate(window_.size(), seconds);
    } else if (duration_ == 0) {
      to_.Add("Duration", std::string("0 s"));
    }
    if (!chapters_.empty()) LastChapter();
    std::stable_sort(chapters_.begin(), chapters_.end(),
                     [](const Chapter& a, const Chapter& b) { return a.start_ns < b.start_ns; });
    for (std::size_t i = 0; i < chapters_.size(); ++i) {
      if (chapters_[i].end_ns > chapters_[i].start_ns) continue;
      const auto end = static_cast<std::int64_t>(std::min(to_.core.duration.value_or(0), 1e9) * 1e9);
      chapters_[i].end_ns = i + 1 < chapters_.size() ? chapters_[i + 1].start_ns : std::max(end, chapters_[i].start_ns);
    }
    to_.chapters = std::move(chapters_);
  }

  Window& window_;
  const ExtractContext& context_;
  Extracted& to_;
  std::uint64_t segment_at_ = 0;
  std::uint64_t segment_end_ = 0;
  std::vector<std::uint64_t> places_;
  std::vector<std::uint64_t> seen_;
  std::uint64_t scale_ = 1'000'000;
  double duration_ = -1;
  std::uint64_t default_duration_ = 0;
  std::uint64_t track_type_ = 0;
  MatroskaTag tag_;
  std::string chapter_language_;
  std::string chapter_country_;
  std::vector<Chapter> chapters_;
};

class Matroska final : public Extractor {
 public:
  Matroska() : Extractor({"matroska", 3, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    if (window.At(0, 4) != "\x1a\x45\xdf\xa3")
      return Status(StatusCode::kInvalidArgument, "no Matroska file: its EBML header is missing");
    Extracted to(context.limits);
    to.type = context.type.empty() ? std::string(kTypes[0]) : context.type;
    if (Status walked = Walk(window, context, to).Run(); !walked.ok()) return walked;
    return to;
  }
};

}  // namespace

const Extractor& MatroskaExtractor() {
  static const Matroska kMatroska;
  return kMatroska;
}

}  // namespace cairn
