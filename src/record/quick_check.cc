#include "record/quick_check.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text_is.h"
#include "record/json_scalar.h"

namespace cairn {
namespace {

constexpr std::size_t kKeysMax = 256;  // In all objects that are open at once.
constexpr std::size_t kMembersMax = 64;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// The keys of the open objects, outermost first.
class OpenKeys {
 public:
  [[nodiscard]] std::size_t size() const { return count_; }
  void Shrink(std::size_t count) { count_ = count; }

  // False where one of the keys since `begin` is the same, or there are too many. `filter` has bits of these.
  // `readable` has the same bytes and some more.
  bool Add(std::string_view key, const char* readable, std::size_t begin, std::uint64_t& filter) {
    if (count_ == kKeysMax) return false;
    const std::size_t bytes = key.size();
    std::uint64_t head = 0;
    std::memcpy(&head, readable, sizeof head);
    if (bytes < sizeof head) head &= (std::uint64_t{1} << bytes * 8) - 1;
    const std::uint64_t mixed = (head + bytes * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15;
    const std::uint64_t bit = std::uint64_t{1} << (mixed >> 58);
    if ((filter & bit) != 0) {
      for (std::size_t i = begin; i < count_; ++i) {
        if (keys_[i].head == head && keys_[i].bytes == bytes && std::memcmp(keys_[i].text, key.data(), bytes) == 0) {
          return false;
        }
      }
    }
    filter |= bit;
    keys_[count_++] = {head, key.data(), bytes};
    return true;
  }

 private:
  struct Key {
    std::uint64_t head;  // The first eight bytes, zeros behind a shorter key.
    const char* text;
    std::size_t bytes;
  };
  std::array<Key, kKeysMax> keys_;
  std::size_t count_ = 0;
};

// Whether the members of this member are told too.
bool IsListed(const QuickCheck::Member& member) {
  return member.first == '{' && (TextIs(member.key, "target") || TextIs(member.key, "context"));
}

struct Scope {
  std::uint64_t filter;
  std::uint32_t keys_begin;
  bool object;
  bool listed;  // Its members are told.
};

}  // namespace

struct QuickCheck::Impl {
  Answer Walk(std::string_view json, std::span<const std::uint32_t> places, std::size_t depth_max);

  OpenKeys keys;
  std::array<Scope, QuickCheck::kDepthMax> scopes;
  std::array<Member, kMembersMax> members;
  std::size_t member_count = 0;
};

QuickCheck::QuickCheck() : impl_(std::make_unique<Impl>()) {}
QuickCheck::~QuickCheck() = default;
QuickCheck::QuickCheck(QuickCheck&&) noexcept = default;
QuickCheck& QuickCheck::operator=(QuickCheck&&) noexcept = default;

std::span<const QuickCheck::Member> QuickCheck::members() const {
  return std::span(impl_->members).first(impl_->member_count);
}

QuickCheck::Answer QuickCheck::Check(std::string_view json, std::span<const std::uint32_t> places,
                                     std::size_t depth_max) {
  return impl_->Walk(json, places, std::min(depth_max, kDepthMax));
}

QuickCheck::Answer QuickCheck::Impl::Walk(std::string_view json, std::span<const std::uint32_t> places,
                                          std::size_t depth_max) {
  const char* const text = json.data();
  const PaddedText padded(json);
  const std::uint32_t* next = places.data();
  const std::uint32_t* const end = next + places.size() - 1;
  // Of the gaps between tokens, as their sum: anything but zero is white space.
  std::size_t spaces = *next;
  std::size_t depth = 0;
  Scope scope{0, 0, false, false};
  Member unlisted{};
  Member* member = &unlisted;  // Whose value comes next.
  keys.Shrink(0);
  member_count = 0;

  // The end of the string that begins at `at`; null where there is none. What follows it is the next token.
  const auto string_end = [&](const char* at, const char* behind) -> const char* {
    const char* last = behind - 1;
    while (IsSpace(*last)) --last;
    spaces += static_cast<std::size_t>(behind - 1 - last);
    return last > at && *last == '"' ? last : nullptr;
  };
  const auto skip_operator = [&] {
    spaces += next[1] - next[0] - 1;
    ++next;
  };
  // Where the token after this one begins.
  const auto behind = [&] { return text + next[1]; };

  if (next == end || text[*next] != '{') return Answer::kUnsure;

value:
  if (next == end) return Answer::kUnsure;
  switch (text[*next]) {
    case '{':
    case '[':
      if (depth == depth_max) return Answer::kUnsure;
      member->first = text[*next];
      member->value = {text + *next, 1};
      scopes[depth++] = scope;
      scope = {0, static_cast<std::uint32_t>(keys.size()), text[*next] == '{',
               depth == 1 || (depth == 2 && IsListed(*member))};
      member = &unlisted;
      skip_operator();
      if (next == end) return Answer::kUnsure;
      if (text[*next] == (scope.object ? '}' : ']')) goto close;
      if (scope.object) goto key;
      goto value;
    case '"': {
      const char* begin = text + *next + 1;
      const char* end_quote = string_end(begin - 1, behind());
      if (end_quote == nullptr) return Answer::kUnsure;
      member->first = '"';
      member->value = {begin, static_cast<std::size_t>(end_quote - begin)};
      ++next;
      break;
    }
    default: {
      const char* begin = text + *next;
      const std::size_t bytes = ScalarBytes(padded.From(begin));
      if (bytes == 0) return Answer::kUnsure;
      member->first = *begin;
      member->value = {begin, bytes};
      for (const char* at = begin + bytes; at != behind(); ++at, ++spaces) {
        if (!IsSpace(*at)) return Answer::kUnsure;
      }
      ++next;
    }
  }

after_value:
  if (next == end) return Answer::kUnsure;
  if (text[*next] == ',') {
    skip_operator();
    if (!scope.object) goto value;
    goto key;
  }
  if (text[*next] != (scope.object ? '}' : ']')) return Answer::kUnsure;

close:
  keys.Shrink(scope.keys_begin);
  scope = scopes[--depth];
  if (depth > 0) {
    skip_operator();
    goto after_value;
  }
  spaces += json.size() - *next - 1;
  if (next + 1 != end) return Answer::kUnsure;
  return spaces == 0 ? Answer::kMinified : Answer::kSpaced;

key:
  if (end - next < 2 || text[*next] != '"' || text[next[1]] != ':') return Answer::kUnsure;
  {
    const char* begin = text + *next + 1;
    const char* key_end = string_end(begin - 1, text + next[1]);
    if (key_end == nullptr) return Answer::kUnsure;
    const std::string_view key(begin, static_cast<std::size_t>(key_end - begin));
    if (!keys.Add(key, padded.From(begin), scope.keys_begin, scope.filter)) return Answer::kUnsure;
    member = &unlisted;
    if (scope.listed) {
      if (member_count == kMembersMax) return Answer::kUnsure;
      member = &members[member_count++];
      member->key = key;
      member->depth = static_cast<std::uint8_t>(depth);
    }
  }
  ++next;
  skip_operator();
  goto value;
}

}  // namespace cairn
