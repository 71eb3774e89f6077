#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "cache/levels.h"
#include "cache/loading.h"
#include "cairn/cache.h"

namespace cairn {

/// All of a cache that belongs to one process: a child of fork makes one of its own.
class LocalCache {
 public:
  struct Setup {
    const CacheOptions* options = nullptr;
    /// For tests: in the place of the level that `options.shared` describes.
    std::function<std::unique_ptr<SharedLevel>()> open_shared;
    std::function<const CacheOperation*(std::string_view text)> operation_of;
    /// Runs work elsewhere while this state lives.
    std::function<bool(std::function<void()>)> in_background;
    /// All operations defined so far.
    std::function<std::vector<const CacheOperation*>()> operations;
  };
  /// Levels that cannot be opened are left out. Returns INVALID_ARGUMENT for sealing keys and shared levels that are
  /// none.
  static Result<std::unique_ptr<LocalCache>> Open(const Setup& setup);

  [[nodiscard]] Levels& levels() { return *levels_; }
  [[nodiscard]] Loading& loading() { return *loading_; }
  [[nodiscard]] const std::string& user_secret() const { return user_secret_; }

  /// What this process counted and did not yet hand to the disk level, by operation.
  std::vector<CacheOperationStats> StatsHere();
  /// Hands it over, and the history of accesses, at most once a second unless `now`.
  void FlushStats(bool now);
  /// The same elsewhere, if it is time.
  void FlushStatsBehind();
  /// Takes entries of an operation that is defined now from disk into memory, as many as the options still allow.
  void Warm(const CacheOperation& operation);
  std::vector<CacheAccess> TakeAccesses();

  /// Hits in memory that are timed: one in 64.
  [[nodiscard]] static bool IsSampled() {
    thread_local std::uint32_t count = 0;
    return (++count & 63U) == 0;
  }

 private:
  explicit LocalCache(const Setup& setup)
      : setup_(setup), to_warm_(static_cast<std::int64_t>(setup.options->warm_at_start)) {}
  Status OpenLevels();
  void Tell(CacheLevel level, const std::string& trouble) const;

  const Setup setup_;
  std::string user_secret_;
  std::unique_ptr<Levels> levels_;
  std::unique_ptr<Loading> loading_;

  std::atomic<std::int64_t> to_warm_;

  std::mutex stats_mutex_;
  // Guarded by stats_mutex_.
  std::vector<CacheOperationStats> flushed_;      ///< By operation: what the disk level has been told.
  std::map<std::string, CacheCounts> from_disk_;  ///< What the disk level counted itself, not yet handed back to it.
  std::atomic<std::int64_t> flushed_at_ns_ = 0;
};

}  // namespace cairn
