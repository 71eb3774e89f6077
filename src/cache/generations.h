#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cache/level.h"

namespace cairn {

/// What was invalidated, and when, counted by a logical clock: each invalidation takes the next number of one sequence,
/// and what was loaded at number n is good unless its key or one of its tags was bumped after n. So an entry needs one
/// number, whatever its tags, and an entry whose number is the sequence's own needs no look at all. Clocks of the day
/// play no part. Any thread may call it.
class Generations {
 public:
  /// Where the sequence stands for everybody: in a file mapped by the processes of a host, or nowhere.
  explicit Generations(const std::atomic<std::uint64_t>* announced = nullptr)
      : announced_(announced != nullptr ? announced : &applied_) {}
  Generations(const Generations&) = delete;
  Generations& operator=(const Generations&) = delete;

  struct Bump {
    std::uint64_t hash = 0;  ///< Of a tag, or of a key's text.
    bool is_key = false;
    std::uint64_t removed = 0;  ///< The number at which it was last removed; 0: never.
    std::uint64_t expired = 0;
  };
  /// Keys that were invalidated by a glob over their texts.
  struct Pattern {
    std::uint64_t number = 0;
    std::string glob;
    bool is_remove = true;
  };
  struct Verdict {
    bool is_removed = false;
    bool is_expired = false;
    /// So many keys were invalidated since that they are no longer known one by one: a level that deletes keys as they
    /// are invalidated need not care, any other treats it as removed.
    bool is_uncertain = false;
  };
  /// What was bumped up to a number and is no longer known one by one.
  struct Floors {
    std::uint64_t tags = 0;
    std::uint64_t keys = 0;
  };

  /// How far the processes of this host have come. Everything up to `applied` is known here.
  [[nodiscard]] std::uint64_t announced() const { return announced_->load(std::memory_order_acquire); }
  [[nodiscard]] std::uint64_t applied() const { return applied_.load(std::memory_order_acquire); }

  struct Key {
    std::uint64_t text_hash = 0;
    std::string_view text;
  };
  /// What is known of a key and its tags since number `since`.
  [[nodiscard]] Verdict Check(const Key& key, std::span<const std::uint64_t> tags, std::uint64_t since) const;

  /// Takes over what was bumped up to `sequence`. Patterns come in the order of their numbers.
  void Apply(std::span<const Bump> bumps, std::span<const Pattern> patterns, std::uint64_t sequence, Floors floors);

  /// Where nobody else counts: bumps these by the next number.
  void BumpHere(std::span<const std::uint64_t> keys, std::span<const std::uint64_t> tags,
                std::span<const std::string> globs, CacheVerb verb);

  /// Forgets everything and begins at `sequence`, which must be beyond all before: a new file's.
  void Restart(std::uint64_t sequence);

  static constexpr std::size_t kBumpsMax = 100'000;
  static constexpr std::size_t kPatternsMax = 64;

 private:
  struct Numbers {
    std::uint64_t removed = 0;
    std::uint64_t expired = 0;
  };
  using Map = std::unordered_map<std::uint64_t, Numbers>;
  static void ForgetOldest(Map& map, std::uint64_t& floor);
  void Forget();

  const std::atomic<std::uint64_t>* const announced_;
  std::atomic<std::uint64_t> applied_ = 1;
  mutable std::shared_mutex mutex_;
  // Guarded by mutex_.
  Map keys_;
  Map tags_;
  std::deque<Pattern> patterns_;
  Floors floors_;
};

}  // namespace cairn
