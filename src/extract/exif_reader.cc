#include "extract/exif_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <set>

#include "extract/exif_core.h"
#include "extract/geotiff.h"

namespace cairn {
namespace {

enum class Kind { kMain, kThumbnail, kExif, kGps, kInterop, kSub };

struct Directory {
  std::uint64_t at;
  Kind kind;
  int number;  ///< Of a further directory in the chain, or of one in its list.
};

/// A picture that a directory points at: `PreviewImageStart`, `PreviewImageLength`.
struct Inner {
  std::string name;
  std::uint64_t at = 0;
  std::uint64_t bytes = 0;
};

constexpr std::uint64_t kValueBytesMax = std::uint64_t{16} << 20;

class Walk {
 public:
  Walk(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to, ExifBlocks* blocks)
      : from_(from), at_(at), context_(context), to_(to), core_(to.core), blocks_(blocks) {}

  Status Run() {
    const ByteView head(from_.At(0, 16));
    if (head.Is(0, "II")) order_ = std::endian::little;
    if (!head.Is(0, "II") && !head.Is(0, "MM"))
      return {StatusCode::kInvalidArgument, "no TIFF: it begins with neither II nor MM"};
    const ByteView first(head.bytes(), order_);
    big_ = first.U16(2) == 43;
    Push(big_ ? first.U64(8) : first.U32(4), Kind::kMain, 0);
    std::size_t directories = 0;
    while (!queue_.empty() && ++directories <= kDirectoriesMax) {
      const Directory next = queue_.front();
      queue_.pop_front();
      if (Status go = context_.KeepGoing(); !go.ok()) return go;
      Read(next);
    }
    core_.Place();
    if (!geo_.directory.empty()) ReadGeoTiff(geo_, order_, to_);
    return from_.status();
  }

 private:
  static constexpr std::size_t kDirectoriesMax = 256;

  void Push(std::uint64_t at, Kind kind, int number) {
    if (at == 0) return;
    if (seen_.insert(at).second) queue_.push_back({at, kind, number});
  }

  void Read(const Directory& directory) {
    const std::uint64_t head = big_ ? 8 : 2;
    const std::uint64_t entry_bytes = big_ ? 20 : 12;
    if (!from_.Has(directory.at, head)) {
      return to_.Warn(fmt::format("a directory at byte {} lies beyond the end; it is left out", directory.at));
    }
    const ByteView count_at(from_.At(directory.at, head), order_);
    std::uint64_t count = big_ ? count_at.U64(0) : count_at.U16(0);
    const std::uint64_t fit = (from_.size() - directory.at - head) / entry_bytes;
    if (count > fit) {
      to_.Warn(fmt::format("the directory at byte {} is cut off after {} of {} entries", directory.at, fit, count));
      count = fit;
    }
    count = std::min<std::uint64_t>(count, 4096);
    const std::string entries(from_.At(directory.at + head, static_cast<std::size_t>(count * entry_bytes)));
    inner_ = strips_ = {};
    for (std::uint64_t i = 0; i < count && to_.fields.size() < context_.limits.fields; ++i) {
      Entry(ByteView(entries, order_).Sub(i * entry_bytes, entry_bytes), directory);
    }
    Show(inner_);
    Show(strips_);
    if (directory.kind == Kind::kMain || directory.kind == Kind::kThumbnail) {
      const std::uint64_t next_at = directory.at + head + count * entry_bytes;
      const ByteView next(from_.At(next_at, big_ ? 8 : 4), order_);
      Push(big_ ? next.U64(0) : next.U32(0), Kind::kThumbnail, directory.number + 1);
    }
  }

  void Show(const Inner& inner) {
    if (inner.at == 0 || inner.bytes == 0 || !from_.Has(inner.at, inner.bytes)) return;
    to_.Add(inner.name, BinaryText(inner.bytes));
    if (inner.name != "ThumbnailImage") return;
    to_.pictures.push_back({"thumbnail", "image/jpeg", "", {}, {}, static_cast<std::int64_t>(inner.bytes)});
  }

  void Entry(ByteView entry, const Directory& directory) {
    const std::uint16_t id = entry.U16(0);
    ExifValue value;
    value.type = entry.U16(2);
    value.count = big_ ? entry.U64(4) : entry.U32(4);
    const std::size_t each = ExifTypeBytes(value.type);
    if (each == 0 || value.count > kValueBytesMax / each) return;
    // Entries may all point at the same bytes: what they cost together is bounded.
    if (value.count * each > values_left_)
      return to_.Warn(fmt::format("tag 0x{:x} is left out, as the values are too large", id));
    values_left_ -= value.count * each;
    const std::uint64_t bytes = value.count * each;
    const std::size_t inside = big_ ? 8 : 4;
    if (bytes <= inside) {
      value.bytes = entry.Sub(inside == 8 ? 12 : 8, bytes);
    } else {
      const std::uint64_t at = big_ ? entry.U64(12) : entry.U32(8);
      if (!from_.Has(at, bytes)) {
        return to_.Warn(fmt::format("tag 0x{:x} points beyond the end, to byte {}", id, at));
      }
      value.bytes = ByteView(from_.At(at, static_cast<std::size_t>(bytes)), order_);
      if (value.bytes.size() < bytes) return;
    }
    if (!Pointer(id, value, directory)) Take(id, value, directory);
  }

  /// Directories and blocks of other formats. Returns whether it was one.
  bool Pointer(std::uint16_t id, const ExifValue& value, const Directory& directory) {
    const auto at = static_cast<std::uint64_t>(Whole(std::max(0.0, value.Number(0))));
    if (directory.kind == Kind::kGps || directory.kind == Kind::kInterop) return false;
    std::string* block = nullptr;
    switch (id) {
      case 0x8769:
        Push(at, Kind::kExif, 0);
        return true;
      case 0x8825:
        Push(at, Kind::kGps, 0);
        return true;
      case 0xa005:
        Push(at, Kind::kInterop, 0);
        return true;
      case 0x14a:
        for (std::uint64_t i = 0; i < std::min<std::uint64_t>(value.count, 16); ++i) {
          Push(static_cast<std::uint64_t>(Whole(std::max(0.0, value.Number(i)))), Kind::kSub, static_cast<int>(i));
        }
        return true;
      case 0x2bc:
        block = blocks_ != nullptr ? &blocks_->xmp : nullptr;
        break;
      case 0x83bb:
        block = blocks_ != nullptr ? &blocks_->iptc : nullptr;
        break;
      case 0x8649:
        block = blocks_ != nullptr ? &blocks_->photoshop : nullptr;
        break;
      case 0x8773:
        block = blocks_ != nullptr ? &blocks_->icc : nullptr;
        break;
      case 0x87af:
        block = &geo_.directory;
        break;
      case 0x87b0:
        block = &geo_.doubles;
        break;
      case 0x87b1:
        block = &geo_.ascii;
        break;
      default:
        return false;
    }
    if (block != nullptr && block->empty()) *block = std::string(value.bytes.bytes());
    return true;
  }

  void Take(std::uint16_t id, const ExifValue& value, const Directory& directory) {
    if (directory.kind == Kind::kGps) {
      const Tag* tag = FindTag(GpsTags(), id);
      if (tag == nullptr) return;
      core_.Gps(id, value);
      if (auto shown = ShowExif(*tag, value)) to_.Add(tag->name, std::move(*shown));
      return;
    }
    const Tag* tag = FindExifTag(id);
    if (tag == nullptr) return;
    if (id == 0xfe) subfile_ = Whole(value.Number(0));
    if (id == 0x103) compression_ = Whole(value.Number(0));
    const std::string_view name = Named(id, *tag, value, directory);
    auto shown = ShowExif(name == tag->name ? *tag : Tag{id, tag->name, Show::kPlain, {}}, value);
    if (!shown) return;
    if (auto* text = std::get_if<std::string>(&*shown)) *text = CutText(std::move(*text), context_.limits.value_bytes);
    const bool place = id == 0x111 || id == 0x144 || id == 0x201;
    if (auto* offset = std::get_if<std::int64_t>(&*shown); offset != nullptr && place) {
      *offset += static_cast<std::int64_t>(at_);
    }
    if (directory.kind == Kind::kMain || directory.kind == Kind::kExif) core_.Take(id, value, *shown);
    to_.Add(name, std::move(*shown));
  }

  /// The name of a tag; where a picture begins and how long it is has a name of its own by what it is.
  std::string_view Named(std::uint16_t id, const Tag& tag, const ExifValue& value, const Directory& directory) {
    const bool strips = id == 0x111 || id == 0x117;
    if (!strips && id != 0x201 && id != 0x202) return tag.name;
    Inner& inner = strips ? strips_ : inner_;
    inner.name = strips ? StripsName(directory) : InnerName(directory);
    if (inner.name.empty()) return tag.name;
    const auto number = value.count == 1 ? static_cast<std::uint64_t>(Whole(std::max(0.0, value.Number(0)))) : 0;
    const bool start = id == 0x111 || id == 0x201;
    (start ? inner.at : inner.bytes) = number;
    if (inner.name == "ThumbnailImage") return tag.name;
    return named_ = inner.name + (start ? "Start" : "Length");
  }

  /// Empty where strips are just strips: only DNG's previews and pictures packed as JPEG are more.
  [[nodiscard]] std::string StripsName(const Directory& directory) const {
    if (compression_ == 34892) return "OtherImage";
    const bool jpeg = file() && compression_ == 7 && subfile_ != 0;
    const bool third = !file() && directory.kind == Kind::kThumbnail && directory.number == 2;
    if (!jpeg && !third) return "";
    return directory.kind == Kind::kSub && directory.number == 2 ? "JpgFromRaw" : "PreviewImage";
  }

  [[nodiscard]] std::string InnerName(const Directory& directory) const {
    if (directory.kind == Kind::kThumbnail && directory.number == 1) return "ThumbnailImage";
    if (directory.kind == Kind::kSub && directory.number == 0) return "JpgFromRaw";
    if (directory.kind == Kind::kThumbnail && directory.number == 2) return "JpgFromRaw";
    return "OtherImage";
  }
  [[nodiscard]] bool file() const { return blocks_ != nullptr && blocks_->file; }

  Window& from_;
  std::uint64_t at_;
  const ExtractContext& context_;
  Extracted& to_;
  ExifCore core_;
  ExifBlocks* blocks_;
  std::endian order_ = std::endian::big;
  bool big_ = false;
  std::deque<Directory> queue_;
  std::set<std::uint64_t> seen_;
  std::uint64_t values_left_ = 2 * kValueBytesMax;
  GeoTiffTags geo_;
  Inner inner_;
  Inner strips_;
  std::string named_;  ///< What the last tag is called, where that is not its own name.
  std::int64_t compression_ = 0;
  std::int64_t subfile_ = -1;
};

}  // namespace

Status ReadExif(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to, ExifBlocks* blocks) {
  return Walk(from, at, context, to, blocks).Run();
}

}  // namespace cairn
