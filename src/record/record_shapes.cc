#include "record/record_shapes.h"

#include <emmintrin.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "record/json_scalar.h"

namespace cairn {
namespace {

constexpr std::size_t kShapesMax = 32;

bool IsOperator(char c) { return c == '{' || c == '}' || c == '[' || c == ']' || c == ':' || c == ','; }

// A text to be found again. Its first bytes are compared in one step.
class Literal {
 public:
  explicit Literal(std::string_view text)
      : size_(static_cast<std::uint32_t>(text.size())),
        bits_(text.size() < kHeadBytes ? (1U << text.size()) - 1 : ~0U),
        rest_(text.substr(std::min(text.size(), kHeadBytes))) {
    std::memcpy(head_, text.data(), std::min(text.size(), kHeadBytes));
  }

  [[nodiscard]] std::uint32_t size() const { return size_; }

  // Whether it is what stands at `at`, of which as many bytes are there; `readable` has the same and more.
  [[nodiscard]] bool Is(const char* at, const char* readable) const {
    const std::uint32_t low = EqualBytes(readable, head_);
    const std::uint32_t high = EqualBytes(readable + 16, head_ + 16);
    if (((low | high << 16) & bits_) != bits_) return false;
    return rest_.empty() || std::memcmp(at + kHeadBytes, rest_.data(), rest_.size()) == 0;
  }

 private:
  static constexpr std::size_t kHeadBytes = 32;

  static std::uint32_t EqualBytes(const char* a, const char* b) {
    return static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(a)), _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)))));
  }

  std::uint32_t size_;
  std::uint32_t bits_;  // Of the head, those that count.
  char head_[kHeadBytes] = {};
  std::string rest_;
};

}  // namespace

struct RecordShapes::Shape {
  struct Value {
    Literal before;  // What stands between the value before and this.
    std::uint32_t token;
    bool string;
  };
  std::size_t tokens;
  std::vector<Value> values;
  std::string end;                                   // What stands behind the last value.
  std::array<std::uint32_t, kPlainFields> fields{};  // The tokens of what is read; 0, a bracket, for none.
};

RecordShapes::RecordShapes() = default;
RecordShapes::~RecordShapes() = default;

void RecordShapes::Clear() {
  shapes_.clear();
  sizes_.reset();
}

bool RecordShapes::Fits(const Shape& shape, std::string_view json, std::span<const std::uint32_t> places, bool stored) {
  const char* const text = json.data();
  const PaddedText padded(json);
  std::uint32_t at = 0;
  for (const Shape::Value& value : shape.values) {
    const std::uint32_t begin = places[value.token];
    const std::uint32_t end = places[value.token + 1];
    if (begin - at != value.before.size() || !value.before.Is(text + at, padded.From(text + at))) return false;
    if (value.string) {
      if (text[begin] != '"' || end - begin < 2 || text[end - 1] != '"') return false;
    } else if (stored ? text[begin] == '"' || IsOperator(text[begin])
                      : ScalarBytes(padded.From(text + begin)) != end - begin) {
      return false;
    }
    at = end;
  }
  return json.substr(at) == shape.end;
}

bool RecordShapes::Find(std::string_view json, std::span<const std::uint32_t> places, bool stored, PlainTexts* out) {
  for (std::size_t i = 0; i < shapes_.size(); ++i) {
    const Shape& shape = *shapes_[i];
    if (shape.tokens != places.size() || !Fits(shape, json, places, stored)) continue;
    for (std::size_t field = 0; field < kPlainFields; ++field) {
      const std::uint32_t token = shape.fields[field];
      (*out)[field] = token == 0
                          ? std::string_view()
                          : std::string_view(json.data() + places[token] + 1, places[token + 1] - places[token] - 2);
    }
    if (i != 0) std::swap(shapes_[i], shapes_[i / 2]);
    unknown_ = 0;
    return true;
  }
  return false;
}

void RecordShapes::Learn(std::string_view json, std::span<const std::uint32_t> places, const PlainTexts& texts) {
  // Where records have no shape in common, few are worth the trouble.
  constexpr std::uint32_t kUnknownMax = 2 * kShapesMax;
  constexpr std::uint32_t kOneOf = 64;
  if (places.size() > kTokensMax || (++unknown_ > kUnknownMax && unknown_ % kOneOf != 0)) return;
  if (!sizes_[places.size()]) {
    sizes_.set(places.size());
    return;
  }
  auto shape = std::make_unique<Shape>();
  shape->tokens = places.size();
  shape->values.reserve(places.size() / 4 + 1);  // Mostly a key, a colon, a value, a comma.
  std::uint32_t at = 0;
  for (std::uint32_t i = 0; i + 1 < places.size(); ++i) {
    const char first = json[places[i]];
    const std::uint32_t end = places[i + 1];
    if (IsOperator(first) || (end < json.size() && json[end] == ':')) continue;
    shape->values.push_back({Literal(json.substr(at, places[i] - at)), i, first == '"'});
    at = end;
  }
  shape->end = json.substr(at);
  for (std::size_t field = 0; field < kPlainFields; ++field) {
    if (texts[field].data() == nullptr) continue;
    const auto place = static_cast<std::uint32_t>(texts[field].data() - 1 - json.data());
    const auto found = std::lower_bound(places.begin(), places.end(), place);
    shape->fields[field] = static_cast<std::uint32_t>(found - places.begin());
  }
  if (shapes_.size() == kShapesMax) shapes_.pop_back();
  shapes_.push_back(std::move(shape));
}

}  // namespace cairn
