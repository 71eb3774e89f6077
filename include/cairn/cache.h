#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_key.h"
#include "cairn/cache_options.h"
#include "cairn/cache_policy.h"
#include "cairn/cache_result.h"
#include "cairn/cache_stats.h"
#include "cairn/status.h"

namespace cairn {

/// What an invalidation did.
struct CacheInvalidated {
  std::uint64_t entries =
      0;  ///< Entries found and dropped on this host; by generation they are dropped as they are met.
  bool is_by_generation = false;
  bool is_shared_pending = false;  ///< The shared level could not be told yet; it will be once it is back.
  bool is_shared_owed = false;     ///< That stands on disk, and is told by whichever process of this host reaches it.
};

/// A line of a listing.
struct CacheListed {
  std::string key;
  std::string operation;
  CacheState state = CacheState::kMiss;
  CacheLevel level = CacheLevel::kNone;  ///< The nearest that holds it.
  Timestamp created;
  std::chrono::nanoseconds ttl{};
  std::chrono::nanoseconds grace{};
  std::uint64_t bytes = 0;
  std::vector<std::string> tags;
  bool is_sealed = false;
};

/// One key at one level, for `cairn cache get`.
struct CacheInspected {
  CacheLevel level = CacheLevel::kNone;
  CacheState state = CacheState::kMiss;
  std::shared_ptr<const CacheEntry> entry;
  std::string why;  ///< `fresh for 4m12s more`, `expired by an invalidation; ...`, `the disk level is off`.
};

/// When a key was asked for, as far as it was noted.
struct CacheAccess {
  std::string key;
  std::uint64_t count = 0;
  Timestamp last;
  std::chrono::nanoseconds mean_interval{};  ///< Exponentially weighted; zero until the second time.
  std::chrono::nanoseconds load_time{};
  Timestamp expires;  ///< When the entry that stands is no longer fresh.
};

struct CacheImported {
  std::uint64_t stored = 0;
  std::uint64_t kept = 0;     ///< What stood was as new or newer.
  std::uint64_t skipped = 0;  ///< Past its grace, too large, or sealed with a key that is not here.
};

/// Keeps answers of expensive look-ups in memory, on disk and in a store shared by hosts, and sees to it that each is
/// looked up once and none is served wrongly. Any thread may call it. It may be used after a fork: the child starts
/// with an empty memory level and opens the disk level anew. After a crash: what was stored in the last moments may be
/// missing, what was removed stays removed.
class Cache {
 public:
  /// A level that cannot be used is left out, told to `log`, and named by `Stats`; the cache works without it.
  /// Returns INVALID_ARGUMENT for an option outside its bounds or a sealing key that is none.
  static Result<std::unique_ptr<Cache>> Open(CacheOptions options);

  Cache(const Cache&) = delete;
  Cache& operator=(const Cache&) = delete;
  virtual ~Cache() = default;

  /// Resolves a policy. The same source and name again give the same operation where the policy is the same.
  /// Returns INVALID_ARGUMENT for empty names, names with other than letters, digits, `-`, `_`, `.`, and policies out
  /// of bounds; ALREADY_EXISTS for another policy under a name that is taken.
  virtual Result<const CacheOperation*> Define(std::string_view source, std::string_view name, CachePolicy policy) = 0;
  /// Null where it is not defined.
  [[nodiscard]] virtual const CacheOperation* Find(std::string_view source, std::string_view name) const = 0;

  /// What stands, without loading. A miss is an answer, not an error.
  virtual CacheResult Get(const CacheKey& key, const CacheCall& call = {}) = 0;

  /// What stands if it is fresh; otherwise what `loader` brings, called once however many ask. A stale value is served
  /// within its grace where the load fails, is slow or may not be made.
  /// Returns the loader's status where it failed and nothing may be served, CANCELLED, DEADLINE_EXCEEDED (hard
  /// timeout), UNAVAILABLE offline.
  virtual Result<CacheResult> GetOrLoad(const CacheKey& key, const CacheLoader& loader, const CacheCall& call = {}) = 0;

  /// As `GetOrLoad` for single fields: only those that are missing or past their deadline are loaded, and merged with
  /// the others. A field that the loader leaves out is absent from the entry.
  virtual Result<CacheResult> GetFields(const CacheKey& key, const std::vector<std::string>& fields,
                                        const CacheLoader& loader, const CacheCall& call = {}) = 0;

  /// Stores a value that the caller has anyway, as though it had been loaded now.
  /// Returns INVALID_ARGUMENT for a failed `loaded`.
  virtual Status Put(const CacheKey& key, CacheLoaded loaded) = 0;

  /// Stale from now on: served only within grace.
  virtual Result<CacheInvalidated> Expire(const CacheSelector& selector) = 0;
  /// Never served again: at once by all who share a level, by a disconnected host from its reconnection on.
  virtual Result<CacheInvalidated> Remove(const CacheSelector& selector) = 0;

  [[nodiscard]] virtual CacheStats Stats() = 0;

  /// Calls `visit` for each entry on this host that the selector means, in no order, until it returns false.
  virtual Status List(const CacheSelector& selector, const std::function<bool(const CacheListed&)>& visit) = 0;
  /// A key at each level, with the reason for its state. Counts nothing.
  virtual std::vector<CacheInspected> Inspect(std::string_view key_text) = 0;

  /// Writes the selected entries to a file: lines of JSON, each with a checksum, the last with count and sum. Sealed
  /// values stay sealed. Returns how many.
  virtual Result<std::uint64_t> Export(const CacheSelector& selector, const std::string& path) = 0;
  /// Merges such a file: of two entries for a key the newer one stands. Nothing is stored from a file that does not
  /// hold. Returns DATA_LOSS for a cut or damaged file, FAILED_PRECONDITION for one from a newer version.
  virtual Result<CacheImported> Import(const std::string& path) = 0;

  /// The keys that were asked for most, most first; empty unless the history is on.
  virtual std::vector<CacheAccess> Accesses(std::size_t limit) = 0;

  /// Waits until everything stored so far is on disk and nothing loads behind a caller's back.
  virtual Status Flush() = 0;

 protected:
  Cache() = default;
};

}  // namespace cairn
