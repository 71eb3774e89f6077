#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A counter in Redis that says how often a key or a tag was invalidated: `remove` adds 2^32, `expire` adds 1. It
/// starts at random below 2^62, so that one that was lost never comes back to a number it had. (After 2^32 times
/// `expire` it looks removed, which is safe.)
struct RedisGeneration {
  std::uint64_t count = 0;

  static constexpr std::uint64_t kRandomMask = (1ULL << 62) - 1;
  static constexpr const char* kRemoveStep = "4294967296";
  static constexpr const char* kExpireStep = "1";

  [[nodiscard]] bool IsRemovedSince(RedisGeneration then) const { return (count >> 32) != (then.count >> 32); }
  [[nodiscard]] bool IsExpiredSince(RedisGeneration then) const { return count != then.count; }
  friend bool operator==(const RedisGeneration&, const RedisGeneration&) = default;

  /// Reads decimal digits.
  static std::optional<RedisGeneration> Read(std::string_view text);
  [[nodiscard]] std::string ToString() const { return std::to_string(count); }
};

/// As a rule a key has so many implicit tags, and one more of its user.
inline constexpr std::size_t kImplicitTags = 4;
using RedisGenerations = boost::container::small_vector<RedisGeneration, kImplicitTags>;

struct RedisTagGeneration {
  std::uint64_t hash = 0;
  RedisGeneration generation;
};

/// What stands behind an entry's bytes in Redis: the generations under which it was loaded.
///
///     value     := entry key:u64 implicit:u64* (tag:u64 explicit:u64)* explicit_count:u32 implicit_count:u8 'G'
///
/// Implicit tags in the order of the key's. The entry comes first, so that what a script looks for in it (its stamp)
/// stands at a fixed place.
struct RedisValue {
  RedisGeneration key;
  RedisGenerations implicit_tags;
  std::vector<RedisTagGeneration> explicit_tags;

  void AppendTo(std::string& entry) const;
  /// Takes it off the end again. Returns DATA_LOSS where there is none.
  static Result<RedisValue> CutFrom(std::string& bytes);
};

/// A `LevelFence`'s bytes as this level makes them.
struct RedisFence {
  RedisGeneration key;
  RedisGeneration any_explicit_tag;
  std::uint64_t dead_stamp = 0;  ///< Of an entry that stands there but is removed; 0: none.
  RedisGenerations implicit_tags;
  std::vector<RedisGeneration> explicit_tags;

  [[nodiscard]] std::string ToBytes() const;
  /// Nothing where the bytes are none, or of a fence with other numbers of tags.
  static std::optional<RedisFence> Read(std::string_view bytes, std::size_t implicit_tags, std::size_t explicit_tags);
};

/// The stamp of an entry (entry_codec.h: bytes 8 to 15), as the bytes themselves.
inline constexpr std::size_t kStampAt = 8;
std::uint64_t StampOf(std::string_view entry);

}  // namespace cairn
