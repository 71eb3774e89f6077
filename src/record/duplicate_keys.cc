#include "record/duplicate_keys.h"

#include <fmt/format.h>

#include <cstring>

namespace cairn {
namespace {

// Up to here pairs are compared, behind a filter; beyond, a hash set keeps a hostile object from costing a square.
constexpr std::size_t kPairwiseKeysMax = 64;

constexpr std::uint64_t kPayload = 0x00FFFFFFFFFFFFFF;

std::uint64_t Mix(std::uint64_t head, std::size_t bytes) {
  return (head + bytes * 0xC2B2AE3D27D4EB4F) * 0x9E3779B97F4A7C15;
}

}  // namespace

Status DuplicateKeys::Check(const simdjson::dom::document& document) {
  keys_.clear();
  scopes_.clear();
  const std::uint64_t* tape = document.tape.get();
  const std::uint8_t* strings = document.string_buf.get();
  const std::size_t end = tape[0] & kPayload;
  Scope scope;  // The innermost; those around it wait in scopes_.
  for (std::size_t at = 1; at < end;) {
    if (scope.object && static_cast<char>(tape[at] >> 56) == '"') {
      const std::uint8_t* string = strings + (tape[at] & kPayload);
      std::uint32_t bytes = 0;
      std::memcpy(&bytes, string, sizeof bytes);
      Key key{0, {reinterpret_cast<const char*>(string) + sizeof bytes, bytes}};
      std::memcpy(&key.head, key.text.data(), sizeof key.head);  // The buffer is padded.
      if (bytes < 8) key.head &= (std::uint64_t{1} << bytes * 8) - 1;
      if (SeenBefore(scope, key)) {
        scopes_.push_back(scope);
        return Twice(key.text);
      }
      keys_.push_back(key);
      ++at;
    }
    // A value, or the end of the innermost object or array.
    switch (static_cast<char>(tape[at] >> 56)) {
      case '{':
      case '[':
        scopes_.push_back(scope);
        scope = {keys_.size(), 0, static_cast<char>(tape[at] >> 56) == '{', false};
        break;
      case '}':
      case ']':
        keys_.resize(scope.keys_begin);
        scope = scopes_.back();
        scopes_.pop_back();
        break;
      case 'l':
      case 'u':
      case 'd':
        ++at;  // The number is the next word.
        break;
      default:
        break;
    }
    ++at;
  }
  return Status::Ok();
}

inline bool DuplicateKeys::SeenBefore(Scope& scope, const Key& key) {
  const std::uint64_t mixed = Mix(key.head, key.text.size());
  const std::uint64_t bit = std::uint64_t{1} << (mixed >> 58);
  const bool maybe = (scope.filter & bit) != 0;
  scope.filter |= bit;
  const std::size_t count = keys_.size() - scope.keys_begin;
  if (count >= kPairwiseKeysMax) return SeenInSet(scope, key);
  if (!maybe) return false;
  for (std::size_t i = scope.keys_begin; i < keys_.size(); ++i) {
    if (keys_[i].head == key.head && keys_[i].text == key.text) return true;
  }
  return false;
}

bool DuplicateKeys::SeenInSet(Scope& scope, const Key& key) {
  if (sets_.size() <= scopes_.size()) sets_.resize(scopes_.size() + 1);
  auto& set = sets_[scopes_.size()];
  if (!scope.hashed) {
    scope.hashed = true;
    set.clear();
    for (std::size_t i = scope.keys_begin; i < keys_.size(); ++i) set.insert(keys_[i].text);
  }
  return !set.insert(key.text).second;
}

Status DuplicateKeys::Twice(std::string_view key) const {
  std::string where;
  for (std::size_t i = 0; i + 1 < scopes_.size(); ++i) {
    // The last key of each open object leads to the next.
    if (scopes_[i].object && scopes_[i + 1].keys_begin > 0) {
      where += keys_[scopes_[i + 1].keys_begin - 1].text.substr(0, 64);
      where += '.';
    }
  }
  return {StatusCode::kInvalidArgument,
          fmt::format("{}{}: the key stands twice in one object", where, key.substr(0, 64))};
}

}  // namespace cairn
