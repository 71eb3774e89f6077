#include "extract/jumbf.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <set>

#include "extract/cbor.h"
#include "extract/exif_words.h"
#include "extract/text.h"
#include "extract/tree_fields.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;
namespace dom = simdjson::dom;

constexpr std::size_t kDepthMax = 16;
constexpr std::uint8_t kHasLabel = 2;
constexpr std::uint8_t kHasId = 4;
constexpr std::uint8_t kHasHash = 8;

bool TakeJson(const dom::element& from, const std::string& tag, std::size_t depth, TreeFields& to) {
  if (depth > TreeFields::kDepthMax || tag.size() > TreeFields::kTagBytesMax) return false;
  switch (from.type()) {
    case dom::element_type::OBJECT:
      for (const auto member : dom::object(from)) {
        if (!TakeJson(member.value, TreeFields::Below(tag, member.key), depth + 1, to)) return false;
      }
      return true;
    case dom::element_type::ARRAY:
      for (const auto item : dom::array(from)) {
        if (!TakeJson(item, tag, depth + 1, to)) return false;
      }
      return true;
    case dom::element_type::STRING:
      return to.Take(tag, std::string(std::string_view(from)));
    case dom::element_type::INT64:
      return to.Take(tag, std::int64_t(from));
    case dom::element_type::UINT64:
      return to.Take(tag, fmt::format("{}", std::uint64_t(from)));
    case dom::element_type::DOUBLE:
      return to.Take(tag, double(from));
    case dom::element_type::BOOL:
      return to.Take(tag, bool(from));
    case dom::element_type::NULL_VALUE:
      return to.Take(tag, std::string("null"));
  }
  return false;
}

bool ReadJson(std::string_view text, TreeFields& to) {
  dom::parser parser;
  dom::element root;
  return parser.parse(simdjson::padded_string(text)).get(root) == simdjson::SUCCESS && TakeJson(root, "", 0, to);
}

// The name of fields that belong to a label: `c2pa.thumbnail.claim` gives `C2paThumbnailClaim`.
std::string LabelName(std::string_view label) {
  std::string name;
  bool capital = true;
  for (const char c : label) {
    const bool small = c >= 'a' && c <= 'z';
    const bool kept = small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (kept && !(c == '_' && name.ends_with('_'))) name += small && capital ? static_cast<char>(c - 'a' + 'A') : c;
    capital = !kept;
  }
  return name;
}

// A type is a UUID, whose first four bytes mostly are letters.
std::string TypeText(std::string_view uuid) {
  const auto is_word = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
  const std::string_view word = uuid.substr(0, 4);
  const std::string first =
      std::all_of(word.begin(), word.end(), is_word) ? fmt::format("({})", word) : HexText(word, false);
  return fmt::format("{}-{}-{}-{}", first, HexText(uuid.substr(4, 2), false), HexText(uuid.substr(6, 2), false),
                     HexText(uuid.substr(8), false));
}

class Boxes {
 public:
  Boxes(const ExtractContext& context, Extracted& to) : context_(context), to_(to), left_(context.limits.entries) {}

  void Read(ByteView in, std::size_t depth, const std::string& parent) {
    std::string label = parent;
    std::uint64_t at = 0;
    while (in.Has(at, 8) && left_ > 0 && context_.KeepGoing().ok()) {
      --left_;
      std::uint64_t size = in.U32(at);
      std::uint64_t head = 8;
      if (size == 1) {
        size = in.U64(at + 8);
        head = 16;
      } else if (size == 0) {
        size = in.size() - at;
      }
      if (size < head || !in.Has(at, size)) return Warn("a box of JUMBF goes beyond what holds it");
      Box(in.Part(at + 4, 4), in.Sub(at + head, size - head), depth, &label);
      at += size;
    }
  }

 private:
  void Box(std::string_view type, ByteView box, std::size_t depth, std::string* label) {
    if (type == "jumb") {
      if (depth >= kDepthMax) return Warn("boxes of JUMBF are nested too deeply");
      Read(box, depth + 1, "");
    } else if (type == "jumd") {
      Description(box, depth, label);
    } else if (type == "bfdb") {
      Add(LabelName(*label) + "Type", ToUtf8(BeforeNul(box.Part(1))));
    } else if (type == "bidb") {
      Add(LabelName(*label) + "Data", BinaryText(box.size()));
    } else if (type == "c2sh") {
      Add(LabelName(*label) + "Salt", HexText(box.Part(0, context_.limits.value_bytes / 2), false));
    } else if (type == "cbor" || type == "json") {
      TreeFields fields(context_.limits.fields);
      const bool is_whole = type == "cbor" ? ReadCbor(box.bytes(), fields) : ReadJson(box.bytes(), fields);
      if (!is_whole) Warn(fmt::format("the box \"{}\" of JUMBF is damaged", ToUtf8(*label)));
      for (const Field& field : fields.fields()) Add(field.name, field.value);
    }
  }

  void Description(ByteView box, std::size_t depth, std::string* label) {
    if (!box.Has(0, 17)) return;
    Add("JUMDType", TypeText(box.Part(0, 16)));
    const std::uint8_t toggles = box.U8(16);
    std::uint64_t at = 17;
    if ((toggles & kHasLabel) != 0) {
      *label = std::string(BeforeNul(box.Part(at, TreeFields::kTagBytesMax)));
      Add("JUMDLabel", ToUtf8(*label));
      at += label->size() + 1;
    }
    if ((toggles & kHasId) != 0) {
      Add("JUMDID", std::int64_t{box.U32(at)});
      at += 4;
    }
    if ((toggles & kHasHash) != 0) {
      Add("JUMDSignature", HexText(box.Part(at, 32), false));
      at += 32;
    }
    Read(box.Sub(at), depth, *label);
  }

  void Add(const std::string& name, FieldValue value) {
    if (names_.insert(name).second) to_.Add(name, std::move(value));
  }
  void Warn(std::string_view what) { to_.Warn(std::string(what)); }

  const ExtractContext& context_;
  Extracted& to_;
  std::size_t left_;
  std::set<std::string> names_;
};

}  // namespace

void ReadJumbf(std::string_view boxes, const ExtractContext& context, Extracted& to) {
  Boxes(context, to).Read(ByteView(boxes), 0, "");
}

void JumbfSegments::Take(ByteView segment, std::size_t bytes_max) {
  // `JP`, number of the box and of the part, then the box's head, which each part repeats.
  constexpr std::uint64_t kBoxAt = 8;
  if (!segment.Is(0, "JP"sv) || !segment.Is(kBoxAt + 4, "jumb"sv)) return;
  const bool is_first = boxes_.find(segment.U16(2)) == boxes_.end();
  const std::uint64_t head = segment.U32(kBoxAt) == 1 ? 16 : 8;
  const std::string_view part = segment.Part(is_first ? kBoxAt : kBoxAt + head);
  if (part.size() > bytes_max - std::min(bytes_max, bytes_)) return;
  bytes_ += part.size();
  boxes_[segment.U16(2)].emplace(segment.U32(4), part);
}

std::string JumbfSegments::Join() const {
  std::string out;
  for (const auto& [box, parts] : boxes_) {
    for (const auto& [number, part] : parts) out += part;
  }
  return out;
}

}  // namespace cairn
