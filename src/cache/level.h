#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_stats.h"
#include "cairn/status.h"

namespace cairn {

/// When an operation on a level must be over, on the clock that never jumps.
using LevelDeadline = std::chrono::steady_clock::time_point;

/// A tag as the levels see it. The first letter is its kind, so that no two kinds meet:
/// `a:` everything, `s:audnexus` a source, `o:audnexus:book` an operation, `u:<hash>` a user, `t:author:42` one that
/// the application names. Keys are invalidated by themselves, not by a tag.
struct LevelTag {
  std::string text;
  std::uint64_t hash = 0;  ///< XXH3-64 of the text. Two tags of one hash are invalidated together, which does no harm.
};
LevelTag MakeTag(char kind, std::string_view name);

/// What stands for a key text where there is room for `CacheKey::kShortBytes` only: see `CacheKey::short_text`.
std::string ShortKeyText(std::string_view text);

/// A user as keys and tags have it: 32 hex digits of a hash keyed with a secret.
std::string UserHash(std::string_view secret, std::string_view user);

/// A key with all that follows from its operation. The texts are the caller's and hold during the call.
struct LevelKey {
  std::string_view text;        ///< All of it.
  std::string_view short_text;  ///< At most 200 bytes.
  std::uint64_t hash = 0;       ///< Of text and version: where it is kept.
  std::uint64_t text_hash = 0;  ///< Of the text alone.
  std::string_view source;      ///< A value and its implicit tags share what follows from the source (a Redis slot).
  std::uint64_t version = 0;    ///< Of schema and codec; goes into the place where it is kept.
  std::span<const LevelTag> implicit_tags;  ///< Everything, source, operation, and the user where there is one.
  std::span<const LevelTag> explicit_tags;  ///< The policy's.
};

/// The generations of a key and its tags at one moment, in the level's own form. Taken before a load, so that nothing
/// loaded before an invalidation is stored after it.
struct LevelFence {
  std::string bytes;
};

enum class CacheVerb : std::uint8_t { kExpire, kRemove };

/// What a level holds under a key.
struct LevelRead {
  std::string bytes;        ///< An entry as entry_codec.h writes it; empty: none.
  bool is_expired = false;  ///< By the verb `expire`, on the key or one of its tags. (What is removed is not returned.)
  LevelFence fence;         ///< Taken at the same moment.
};

struct LevelWrite {
  const LevelKey& key;
  std::string_view bytes;
  const LevelFence& fence;
  /// Tags that the loader added. The fence did not name them: an invalidation of one of them after the fence was taken
  /// refuses the store all the same; a level that cannot tell refuses where any explicit tag was invalidated since.
  std::span<const LevelTag> more_tags;
  /// How long it can be of use: TTL and grace. The level may drop it afterwards.
  std::chrono::nanoseconds keep_for{};
  /// The stamp of the entry that must stand there (entry_codec.h: bytes 8 to 15), 0: none. Absent: whatever stands.
  std::optional<std::uint64_t> expected_stamp;
};

enum class LevelStored : std::uint8_t {
  kStored,
  kFenced,    ///< Invalidated since the fence was taken.
  kConflict,  ///< Another entry stands there than the expected one.
};

/// A key to be invalidated.
struct InvalidatedKey {
  std::string text;
  std::string short_text;
  std::string source;
  std::uint64_t hash =
      0;  ///< 0 where the operation is not known in this process: then every version of the key is meant.
  std::uint64_t version = 0;
};

/// What is invalidated together. Counters are bumped before anything is deleted; others are told after.
struct Invalidation {
  CacheVerb verb = CacheVerb::kRemove;
  std::vector<InvalidatedKey> keys;
  std::vector<LevelTag> tags;
  /// A glob over key texts. The level itself does not walk its keys for it: it only tells the other hosts, each of
  /// which walks its own disk index and invalidates, by key, what it finds.
  std::string pattern;
};

/// A right to load a key that no other holder of the level has at the same time. Ends on destruction.
class LevelLease {
 public:
  LevelLease() = default;
  LevelLease(const LevelLease&) = delete;
  LevelLease& operator=(const LevelLease&) = delete;
  virtual ~LevelLease() = default;
};

/// Hears what other hosts invalidate. Called by a level's own thread, one call at a time, never under a lock of the
/// level.
class InvalidationSink {
 public:
  InvalidationSink() = default;
  InvalidationSink(const InvalidationSink&) = delete;
  InvalidationSink& operator=(const InvalidationSink&) = delete;
  virtual ~InvalidationSink() = default;

  /// How far this host has heard: the log's name and the number of the last message. Kept on disk where there is one,
  /// so that a host hears after a restart what it missed.
  struct Position {
    std::string log;  ///< Changes when the shared store was emptied; empty: never heard anything.
    std::uint64_t number = 0;
  };
  virtual Position Heard() = 0;

  /// Another host invalidated something. Applied to disk and memory before it returns. A number already heard is
  /// applied to memory alone: another process of this host was first.
  virtual void OnInvalidation(const Invalidation& invalidation, const Position& position) = 0;
  /// The subscription is lost: from now on this host may not know what was removed. Memory is dropped.
  virtual void OnLost() = 0;
  /// The subscription stands (the first time too). `missed`: messages were lost that can no longer be had, so that
  /// whatever the disk holds from before may have been removed elsewhere; it is dropped, as memory is.
  virtual void OnSubscribed(bool missed, const Position& position) = 0;
};

/// The level that hosts share. Any thread may call it. Every operation ends by its deadline. While the level is down
/// each returns UNAVAILABLE at once (circuit breaker); stores and invalidations of that time are kept, bounded, the
/// last one for a key winning, and done when it is back, invalidations first.
class SharedLevel {
 public:
  SharedLevel() = default;
  SharedLevel(const SharedLevel&) = delete;
  SharedLevel& operator=(const SharedLevel&) = delete;
  virtual ~SharedLevel() = default;

  /// Value, generations of implicit tags and fence in one round trip; explicit tags may cost one more.
  virtual Result<LevelRead> Read(const LevelKey& key, LevelDeadline deadline) = 0;
  /// Checks the fence and stores, at one moment.
  virtual Result<LevelStored> Store(const LevelWrite& write, LevelDeadline deadline) = 0;
  /// Bumps, deletes, then publishes. Returns UNAVAILABLE where it could only be kept for later, RESOURCE_EXHAUSTED
  /// where not even that (then, once it is back, everything of before is treated as removed).
  virtual Status Invalidate(const Invalidation& invalidation, LevelDeadline deadline) = 0;

  /// Null where another host holds it.
  virtual Result<std::unique_ptr<LevelLease>> TryLease(const LevelKey& key, std::chrono::milliseconds lasting,
                                                       LevelDeadline deadline) = 0;
  /// Waits until the lease on a key seems free, or `until`.
  virtual Status AwaitLease(const LevelKey& key, LevelDeadline until) = 0;

  /// Begins to listen; called once, before anything else. The sink outlives the level.
  virtual Status Subscribe(InvalidationSink* sink) = 0;

  /// Without entry counts where they cannot be had cheaply.
  virtual CacheLevelStats Stats() = 0;
};

}  // namespace cairn
