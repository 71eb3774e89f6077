#include "record/duplicate_keys.h"

#include <fmt/format.h>

#include <cstring>

namespace cairn {
namespace {

// Up to here pairs are compared, behind a filter; beyond, a hash set keeps a hostile object from costing a square.
constexpr std::size_t kPairwiseKeysMax = 64;

constexpr std::uint64_t kPayload = 0x00FFFFFFFFFFFFFF;

std::uint64_t FilterBit(std::uint64_t head, std::size_t bytes) {
  return std::uint64_t{1} << ((head * 0x9E3779B97F4A7C15 + bytes * 0xC2B2AE3D27D4EB4F) >> 58);
}

}  // namespace

Status DuplicateKeys::Check(const simdjson::dom::document& document) {
  keys_.clear();
  scopes_.clear();
  const std::uint64_t* tape = document.tape.get();
  const std::uint8_t* strings = document.string_buf.get();
  const std::size_t end = tape[0] & kPayload;
  for (std::size_t at = 1; at < end; ++at) {
    const auto type = static_cast<char>(tape[at] >> 56);
    switch (type) {
      case '"': {
        if (scopes_.empty() || !scopes_.back().object || !scopes_.back().key_next) break;
        const std::uint8_t* string = strings + (tape[at] & kPayload);
        std::uint32_t bytes = 0;
        std::memcpy(&bytes, string, sizeof bytes);
        Key key{0, {reinterpret_cast<const char*>(string) + sizeof bytes, bytes}};
        std::memcpy(&key.head, key.text.data(), sizeof key.head);  // The buffer is padded.
        if (bytes < 8) key.head &= (std::uint64_t{1} << bytes * 8) - 1;
        if (SeenBefore(scopes_.back(), key)) return Twice(key.text);
        keys_.push_back(key);
        scopes_.back().key_next = false;
        continue;  // Its value follows.
      }
      case '{':
      case '[':
        scopes_.push_back({keys_.size(), 0, type == '{', type == '{'});
        continue;
      case '}':
      case ']':
        keys_.resize(scopes_.back().keys_begin);
        scopes_.pop_back();
        break;
      case 'l':
      case 'u':
      case 'd':
        ++at;  // The number is the next word.
        break;
      default: break;
    }
    if (!scopes_.empty()) scopes_.back().key_next = scopes_.back().object;  // A value ended.
  }
  return Status::Ok();
}

bool DuplicateKeys::SeenBefore(Scope& scope, const Key& key) {
  const std::size_t count = keys_.size() - scope.keys_begin;
  if (count < kPairwiseKeysMax) {
    const std::uint64_t bit = FilterBit(key.head, key.text.size());
    const bool maybe = (scope.filter & bit) != 0;
    scope.filter |= bit;
    if (!maybe) return false;
    for (std::size_t i = scope.keys_begin; i < keys_.size(); ++i) {
      if (keys_[i].head == key.head && keys_[i].text == key.text) return true;
    }
    return false;
  }
  if (sets_.size() < scopes_.size()) sets_.resize(scopes_.size());
  auto& set = sets_[scopes_.size() - 1];
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
  return {StatusCode::kInvalidArgument, fmt::format("{}{}: the key stands twice in one object", where, key.substr(0, 64))};
}

}  // namespace cairn
