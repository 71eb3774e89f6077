#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_policy.h"
#include "cairn/time.h"

namespace cairn {

class FileSystem;

/// The time, twice: of day, for what is stored, and steady, for what is measured. Any thread may call it.
class CacheClock {
 public:
  CacheClock() = default;
  CacheClock(const CacheClock&) = delete;
  CacheClock& operator=(const CacheClock&) = delete;
  virtual ~CacheClock() = default;
  [[nodiscard]] virtual Timestamp Now() = 0;
  /// Never jumps, and counts while the machine sleeps.
  [[nodiscard]] virtual std::int64_t SteadyNs() = 0;
  /// The same, at most `kRecentNsMax` old and not in step between threads: for what is far from its end.
  [[nodiscard]] virtual std::int64_t RecentNs() { return SteadyNs(); }
  static constexpr std::int64_t kRecentNsMax = 20'000'000;

  /// The system's. Lives as long as the process.
  static CacheClock* Default();
};

/// Runs work elsewhere. Any thread may call it.
class CacheExecutor {
 public:
  CacheExecutor() = default;
  CacheExecutor(const CacheExecutor&) = delete;
  CacheExecutor& operator=(const CacheExecutor&) = delete;
  virtual ~CacheExecutor() = default;
  /// Returns false where its queue is full: the work is not taken.
  [[nodiscard]] virtual bool Submit(std::function<void()> work) = 0;
};

/// Something that happened, for a log.
struct CacheEvent {
  enum class Kind : std::uint8_t {
    kHit,
    kStale,
    kNegative,
    kMiss,
    kLoad,
    kLoadFailed,
    kFenced,
    kExpire,
    kRemove,
    kLevel,   ///< One has trouble.
    kLevelUp  ///< Its trouble is over, or it began.
  };
  Kind kind = Kind::kHit;
  CacheLevel level = CacheLevel::kNone;
  std::string_view subject;  ///< A key's text, or what was invalidated. Holds during the call.
  std::string_view detail;   ///< Why, where there is something to say.
};

/// `hit`, `stale`, ..., `level`.
std::string_view CacheEventName(CacheEvent::Kind kind);

/// Which entries are meant.
struct CacheSelector {
  enum class Kind : std::uint8_t {
    kAll,
    kSource,     ///< `audnexus`: by generation, whatever their number.
    kOperation,  ///< `audnexus:book`: by generation.
    kUser,       ///< A user's name: by generation.
    kTag,        ///< By generation.
    kKey,        ///< A key's text.
    kPrefix,     ///< Of the key's text. By generation where it is a source or an operation and `:`.
    kPattern,    ///< A glob over the key's text: `*`, `?`, `[a-z]`. Walks the key index.
    kStale,      ///< What is past its TTL. Walks the key index.
  };
  Kind kind = Kind::kAll;
  std::string text;

  static CacheSelector All() { return {}; }
  static CacheSelector Source(std::string source) { return {Kind::kSource, std::move(source)}; }
  static CacheSelector Operation(std::string full_name) { return {Kind::kOperation, std::move(full_name)}; }
  static CacheSelector User(std::string user) { return {Kind::kUser, std::move(user)}; }
  static CacheSelector Tag(std::string tag) { return {Kind::kTag, std::move(tag)}; }
  static CacheSelector Key(const CacheKey& key) { return {Kind::kKey, key.text()}; }
  static CacheSelector Prefix(std::string prefix) { return {Kind::kPrefix, std::move(prefix)}; }
  static CacheSelector Pattern(std::string glob) { return {Kind::kPattern, std::move(glob)}; }
  static CacheSelector Stale() { return {Kind::kStale, {}}; }
};

struct CacheMemoryOptions {
  bool enabled = true;
  std::uint64_t bytes = 64ULL << 20;  ///< Of entries with what they cost to keep. At least 64 KiB.
  std::uint64_t entries = 0;          ///< 0: bounded by bytes alone.
  std::chrono::nanoseconds
      ttl_max{};  ///< Entries are read again from a lower level after so long. Zero: their own TTL.
};

struct CacheDiskOptions {
  bool enabled = true;                       ///< It also needs a location.
  std::uint64_t bytes = 1ULL << 30;          ///< Of the file's pages in use. At least 1 MiB.
  std::uint64_t entries = 0;                 ///< 0: bounded by bytes alone.
  std::chrono::nanoseconds ttl_max{};        ///< Zero: the entries' own TTL.
  std::chrono::milliseconds write_delay{5};  ///< Writes of so long are committed together. 0: each by itself, at once.
  std::uint64_t queue_bytes = 16ULL << 20;   ///< Of writes that wait; beyond it a store is dropped, and counted.
  std::chrono::milliseconds busy_timeout{250};
};

/// Redis 7: one server or a cluster. See docs/cache.md for what it keeps there.
struct CacheSharedOptions {
  std::string url;                         ///< `redis://...`; empty: no shared level.
  std::string prefix = "cairn";            ///< Of every key it writes.
  std::chrono::nanoseconds ttl_max{};      ///< Zero: the entries' own TTL.
  std::chrono::milliseconds deadline{50};  ///< Of one operation.
  std::chrono::milliseconds connect_deadline{500};
  std::chrono::milliseconds lease{30'000};      ///< How long one host's load keeps the others waiting at most.
  std::uint32_t connections = 4;                ///< At least 1.
  std::uint32_t breaker_failures = 3;           ///< In a row, before the level is left alone.
  std::chrono::milliseconds breaker_wait{250};  ///< Before the first probe; doubles.
  std::chrono::milliseconds breaker_wait_max{10'000};
  std::uint64_t recovery_entries = 10'000;  ///< Invalidations and stores kept for when it is back; the last one wins.
  std::uint64_t recovery_bytes = 16ULL << 20;
};

/// Where keys for sealing sensitive values come from: 32 bytes each, as 64 hex digits, one a line; the first seals, all
/// open. To rotate, put a new one in front; drop the old one when its entries are past their grace.
struct CacheSealOptions {
  std::string key_file;
  std::string key_environment =
      "CAIRN_CACHE_KEY";  ///< Lines may be parted by commas here. Used where no file is named.
};

/// Each option stands for a deployment's choice; what depends on an operation is in its policy.
struct CacheOptions {
  bool enabled = true;   ///< Off: every call loads, nothing is kept.
  bool offline = false;  ///< No loader and no shared level is asked: see `CacheCall::offline`.
  std::string location;  ///< The disk level's folder, made with mode 0700. Empty: none.
  CacheMemoryOptions memory;
  CacheDiskOptions disk;
  CacheSharedOptions shared;
  CacheSealOptions seal;
  /// Hashes users into keys; hosts that share entries of users need the same. Empty: a random one, kept at the
  /// location.
  std::string user_secret;
  std::vector<CacheSelector> remove_at_start;
  std::uint64_t warm_at_start = 0;  ///< So many of the most used entries go from disk to memory at once.
  bool history = false;             ///< Keeps when each key was asked for, for predictive warming.
  std::uint32_t threads = 4;        ///< For refreshes behind a caller's back and loads with a timeout. 1 to 256.
  std::uint32_t queue = 1024;       ///< Such loads that may wait for a thread; more are refused.
  std::chrono::milliseconds process_wait{30'000};  ///< How long to wait at most while another process loads the same.
  bool log_hits = false;
  bool log_misses = false;
  bool log_invalidations = false;
  std::function<void(const CacheEvent&)> log;  ///< Called by any thread; must be quick. Levels' troubles always come.

  // What tests and hosts put in their own place of. Not owned; null: the system's.
  CacheClock* clock = nullptr;
  FileSystem* files = nullptr;
  CacheExecutor* executor = nullptr;
  std::function<const char*(const char*)> environment;
  std::function<std::uint64_t()> random;  ///< Called by any thread.
};

}  // namespace cairn
