#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cache/redis_command.h"

namespace cairn {

/// What a key is called in Redis, and which slot it is in:
///
///     {PREFIX:1:BB}v:VERSION:KEY   a value with the generations it was stored under (redis_value.h)
///     {PREFIX:1:BB}k:KEY           generation of a key, for all versions of a program
///     {PREFIX:1:BB}g:TAG           generation of a tag
///     {PREFIX:1:BB}x               generation of all explicit tags together
///     {PREFIX:1:BB}l:VERSION:KEY   the lease of the one that loads
///     {PREFIX:1:log}               the stream of invalidations
///
/// 1 is the version of all this. BB is a bucket, two hex digits: the key's hash decides, so that a cluster's servers
/// share the load, and a value, its generations and its implicit tags are in one slot. An implicit tag has a counter in
/// each bucket, an explicit one only in the bucket of its hash. One server has a single bucket, a cluster 64.
class RedisNames {
 public:
  static constexpr std::size_t kClusterBuckets = 64;

  /// A version or a tag's hash as it stands in names: 16 hex digits.
  class Hex {
   public:
    explicit Hex(std::uint64_t number);
    operator std::string_view() const { return {digits_.data(), digits_.size()}; }  // NOLINT

   private:
    std::array<char, 16> digits_;
  };

  RedisNames(std::string_view prefix, bool is_cluster);

  [[nodiscard]] std::size_t buckets() const { return heads_.size(); }
  [[nodiscard]] std::size_t BucketOf(std::uint64_t hash) const { return hash % heads_.size(); }
  [[nodiscard]] std::uint16_t slot(std::size_t bucket) const { return slots_[bucket]; }
  [[nodiscard]] const std::string& log() const { return log_; }
  [[nodiscard]] std::uint16_t log_slot() const { return log_slot_; }

  // Each adds one name as a word of a command.
  void Value(std::size_t bucket, std::uint64_t version, std::string_view short_text, RedisCommands& out) const {
    out.Word({heads_[bucket], "v:", Hex(version), ":", short_text});
  }
  void Lease(std::size_t bucket, std::uint64_t version, std::string_view short_text, RedisCommands& out) const {
    out.Word({heads_[bucket], "l:", Hex(version), ":", short_text});
  }
  void Key(std::size_t bucket, std::string_view short_text, RedisCommands& out) const {
    out.Word({heads_[bucket], "k:", short_text});
  }
  void Tag(std::size_t bucket, std::uint64_t hash, RedisCommands& out) const {
    out.Word({heads_[bucket], "g:", Hex(hash)});
  }
  void ExplicitTags(std::size_t bucket, RedisCommands& out) const { out.Word({heads_[bucket], "x"}); }

 private:
  std::vector<std::string> heads_;
  std::vector<std::uint16_t> slots_;
  std::string log_;
  std::uint16_t log_slot_;
};

}  // namespace cairn
