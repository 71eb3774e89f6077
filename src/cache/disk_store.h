#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cache/disk_file.h"
#include "cache/disk_pool.h"
#include "cache/disk_write.h"
#include "cache/generations.h"
#include "cairn/cache_stats.h"

namespace cairn {

/// What is invalidated together, as the disk level needs it.
struct DiskInvalidation {
  CacheVerb verb = CacheVerb::kRemove;
  std::vector<std::string> keys;
  std::vector<std::uint64_t> tags;
  std::vector<std::string> globs;
};

/// All that writes to the database of the disk level. One thread at a time; each call is one transaction.
class DiskStore {
 public:
  DiskStore(DiskFile& file, Generations& generations, CacheClock& clock, const CacheDiskOptions& options)
      : file_(file), generations_(generations), clock_(clock), options_(options) {}

  /// Stores those whose fence holds. Returns RESOURCE_EXHAUSTED where the disk is full, UNAVAILABLE where the file is
  /// locked or its log cannot be kept to its bound (a process that was stopped while it read); then none was stored.
  Status Store(std::span<const std::shared_ptr<DiskWrite>> batch);

  /// Bumps by one number what is meant and deletes the keys, or marks them; on the disk when it returns. Returns how
  /// many entries that were; adds the keys that a glob meant to `matched`, unless it is null.
  Result<std::uint64_t> Invalidate(const DiskInvalidation& what, std::vector<std::string>* matched);

  /// Looks at the next entries in turn and deletes those that were removed or are of no use any more. Says whether the
  /// end was reached.
  Result<bool> Sweep(std::size_t rows);
  Status Delete(std::uint64_t hash);

  /// Runs statements of the caller's in one transaction.
  Status InTransaction(const std::function<Status(SqliteConnection&)>& run);

  /// What happened to entries since the last call, by operation.
  std::map<std::string, CacheCounts> TakeCounts() { return std::exchange(counts_, {}); }

  void Close();

 private:
  struct State {
    std::uint64_t sequence = 0;
    std::uint64_t tag_floor = 0;
    std::uint64_t key_floor = 0;
    std::uint64_t position = 0;  ///< Of the next entry that enters a queue.
    std::uint64_t entries = 0;
    std::uint64_t small_bytes = 0;
    std::uint64_t main_bytes = 0;
  };
  struct Row {
    std::uint64_t hash = 0;
    bool is_main = false;
    std::uint64_t bytes = 0;
  };
  struct Statements {
    SqliteStatement load_state, save_state, find, insert, update, remove, oldest, promote, by_key, by_range, mark,
        mark_key, bump, sweep, pages, free_pages;
  };

  Status Open();
  Status BoundLog();
  Status Begin(SqliteTransaction& transaction);
  Status LoadState();
  Status SaveState();
  Status StoreOne(const DiskWrite& write);
  Status Remove(const Row& row);
  Status MakeRoom(std::uint64_t bytes);
  Result<bool> EvictOne();
  Result<bool> IsFull(std::uint64_t bytes);
  Result<std::uint64_t> InvalidateKey(CacheVerb verb, const std::string& key);
  Result<std::uint64_t> InvalidateGlob(CacheVerb verb, const std::string& glob, std::vector<std::string>* matched);
  Status Bump(std::uint64_t hash, bool is_key, CacheVerb verb);
  Status ForgetOldBumps();
  Status ForgetOldPatterns();
  void Count(std::string_view key, std::uint64_t CacheCounts::*count);

  DiskFile& file_;
  Generations& generations_;
  CacheClock& clock_;
  const CacheDiskOptions options_;
  std::unique_ptr<DiskReader> reader_;  ///< Its connection writes as well.
  Statements sql_;
  State state_;  ///< As of the transaction under way.
  std::uint64_t swept_to_ = 0;
  std::map<std::string, CacheCounts> counts_;
};

}  // namespace cairn
