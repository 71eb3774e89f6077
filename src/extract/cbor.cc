#include "extract/cbor.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

#include "extract/byte_view.h"
#include "extract/text.h"

namespace cairn {
namespace {

enum Major : unsigned { kNumber, kNegative, kBytes, kText, kList, kMap, kTag, kSimple };
constexpr std::uint64_t kTimeText = 0;
constexpr std::uint64_t kTimeNumber = 1;
constexpr Code kSimpleValues[] = {{20, "False"}, {21, "True"}, {22, "null"}, {23, "undef"}};

// RFC 8949, appendix D.
double Half(std::uint64_t bits) {
  const auto exponent = static_cast<int>(bits >> 10 & 31);
  const auto mantissa = static_cast<double>(bits & 1023);
  double value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25);
  if (exponent == 31) {
    value = mantissa == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  }
  return (bits & 0x8000) != 0 ? -value : value;
}

class Reader {
 public:
  Reader(std::string_view bytes, TreeFields& to) : in_(bytes), to_(to) {}

  bool Item(const std::string& tag, std::size_t depth) {
    const auto head = TakeHead();
    if (!head || depth > TreeFields::kDepthMax || tag.size() > TreeFields::kTagBytesMax) return false;
    switch (head->major) {
      case kNumber:
      case kNegative:
        return to_.Take(Name(tag), Integer(*head));
      case kBytes: {
        const auto bytes = String(*head);
        return bytes && to_.Take(Name(tag), BinaryText(bytes->size()));
      }
      case kText: {
        const auto text = String(*head);
        return text && to_.Take(Name(tag), ToUtf8(*text));
      }
      case kList:
        return List(*head, tag, depth);
      case kMap:
        return Map(*head, tag, depth);
      case kTag:
        return Tagged(head->value, tag, depth);
      default:
        return Simple(*head, tag);
    }
  }

 private:
  struct Head {
    unsigned major;
    unsigned info;
    std::uint64_t value;
    bool endless;  ///< Up to a break.
  };

  static std::string Name(const std::string& tag) { return tag.empty() ? "Item0" : tag; }

  std::optional<Head> TakeHead() {
    if (!in_.Has(at_, 1)) return std::nullopt;
    const unsigned first = in_.U8(at_++);
    Head head{first >> 5U, first & 31U, first & 31U, false};
    if (head.info < 24) return head;
    if (head.info == 31) {
      head.endless = head.major >= kBytes && head.major <= kMap;
      return head.endless ? std::optional(head) : std::nullopt;
    }
    if (head.info > 27) return std::nullopt;
    const std::size_t size = std::size_t{1} << (head.info - 24);
    if (!in_.Has(at_, size)) return std::nullopt;
    head.value = in_.Unsigned(at_, size);
    at_ += size;
    return head;
  }

  bool TakeBreak() {
    if (!in_.Has(at_, 1) || in_.U8(at_) != 0xff) return false;
    ++at_;
    return true;
  }

  static FieldValue Integer(const Head& head) {
    const bool fits = head.value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (head.major == kNegative) {
      if (fits) return -1 - static_cast<std::int64_t>(head.value);
      return -1.0 - static_cast<double>(head.value);
    }
    if (fits) return static_cast<std::int64_t>(head.value);
    return fmt::format("{}", head.value);
  }

  // One without an end comes in pieces that have one.
  std::optional<std::string> String(const Head& head) {
    std::string out;
    if (!head.endless) return AppendPiece(head, &out) ? std::optional(out) : std::nullopt;
    while (!TakeBreak()) {
      const auto piece = TakeHead();
      if (!piece || piece->major != head.major || piece->endless || !AppendPiece(*piece, &out)) return std::nullopt;
    }
    return out;
  }
  bool AppendPiece(const Head& head, std::string* out) {
    if (!in_.Has(at_, head.value)) return false;
    out->append(in_.Part(at_, head.value));
    at_ += static_cast<std::size_t>(head.value);
    return true;
  }

  bool List(const Head& head, const std::string& tag, std::size_t depth) {
    for (std::uint64_t i = 0; head.endless ? !TakeBreak() : i < head.value; ++i) {
      if (!Item(tag.empty() ? fmt::format("Item{}", i) : tag, depth + 1)) return false;
    }
    return true;
  }

  bool Map(const Head& head, const std::string& tag, std::size_t depth) {
    for (std::uint64_t i = 0; head.endless ? !TakeBreak() : i < head.value; ++i) {
      const auto key = TakeHead();
      if (!key) return false;
      std::string name;
      if (key->major == kText) {
        const auto text = String(*key);
        if (!text || text->size() > TreeFields::kTagBytesMax) return false;
        name = *text;
      } else if (key->major == kNumber || key->major == kNegative) {
        name = fmt::format("{}{}", key->major == kNegative ? "-" : "", key->value + (key->major == kNegative ? 1 : 0));
      } else {
        return false;
      }
      if (!Item(TreeFields::Below(tag, name), depth + 1)) return false;
    }
    return true;
  }

  // Times; what else a tag says of an item does not change how it is told.
  bool Tagged(std::uint64_t number, const std::string& tag, std::size_t depth) {
    const std::size_t begin = at_;
    const auto head = number <= kTimeNumber ? TakeHead() : std::nullopt;
    if (head && number == kTimeText && head->major == kText) {
      const auto text = String(*head);
      return text && to_.Take(Name(tag), ColonTime(ToUtf8(*text)));
    }
    if (head && number == kTimeNumber && head->major == kNumber && head->value < (std::uint64_t{1} << 40)) {
      return to_.Take(Name(tag), ExifTime(static_cast<std::int64_t>(head->value)) + "Z");
    }
    at_ = begin;
    return Item(tag, depth + 1);
  }

  bool Simple(const Head& head, const std::string& tag) {
    if (head.info == 25) return to_.Take(Name(tag), NumberValue(Half(head.value)));
    if (head.info == 26) return to_.Take(Name(tag), NumberValue(in_.F32(at_ - 4), 7));
    if (head.info == 27) return to_.Take(Name(tag), NumberValue(in_.F64(at_ - 8)));
    return to_.Take(Name(tag), CodeText(kSimpleValues, static_cast<std::int64_t>(head.value)));
  }

  ByteView in_;
  std::size_t at_ = 0;
  TreeFields& to_;
};

}  // namespace

bool ReadCbor(std::string_view bytes, TreeFields& to) { return Reader(bytes, to).Item("", 0); }

}  // namespace cairn
