#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "cache/disk_file.h"
#include "cache/disk_pool.h"
#include "cache/disk_queue.h"
#include "cache/disk_row.h"
#include "cache/disk_store.h"
#include "cache/entry_key.h"
#include "cache/fork_gate.h"
#include "cache/generations.h"
#include "cache/key_locks.h"
#include "cairn/cache.h"

namespace cairn {

/// The entries that the processes of a host share: SQLite. Reads take a connection of a pool and write nothing; stores
/// wait in a queue and are committed together; an invalidation is on the disk before it returns. Any thread may call
/// it. After a crash: what was queued is lost, what was invalidated stays so.
class DiskLevel {
 public:
  struct Options {
    std::string location;
    CacheDiskOptions disk;
    FileSystem* files = nullptr;
    CacheClock* clock = nullptr;
    std::function<std::uint64_t()> random;
    bool has_thread = true;  ///< Off: whoever owns it calls `Step`.
  };
  /// Returns what `DiskFile::Open` says.
  static Result<std::unique_ptr<DiskLevel>> Open(const Options& options);
  DiskLevel(const DiskLevel&) = delete;
  DiskLevel& operator=(const DiskLevel&) = delete;
  /// Commits what is queued.
  ~DiskLevel();

  [[nodiscard]] Generations& generations() { return generations_; }
  [[nodiscard]] KeyLocks& locks() { return *locks_; }
  [[nodiscard]] DiskFile& file() { return *file_; }

  /// Takes over what other processes invalidated; cheap where there is nothing new.
  /// Returns UNAVAILABLE or DATA_LOSS where that cannot be known: then nothing kept in memory may be trusted.
  Status CatchUp();

  struct Found {
    std::string bytes;  ///< The entry; empty: none that may be served.
    bool is_expired = false;
    std::uint64_t sequence = 0;  ///< The generations' number when its load began.
    std::vector<std::uint64_t> tags;
    Timestamp drop_after;  ///< Of no use from then on, as it was said when it was stored.
  };
  Result<Found> Read(const EntryKey& key, bool is_counted = true);

  /// Queues it. Returns RESOURCE_EXHAUSTED where the queue is full or the entry too large: it is then not kept.
  Status Store(DiskWrite write);
  /// As `DiskStore::Invalidate`.
  Result<std::uint64_t> Invalidate(const DiskInvalidation& what, std::vector<std::string>* matched = nullptr);
  /// Drops what was found damaged.
  void Drop(std::uint64_t hash);

  /// Commits all that was queued before.
  Status Flush();
  /// What the thread does at each turn: a batch, and a piece of sweeping. Says whether there is more to do.
  Result<bool> Step();

  struct Listed {
    std::string key;
    std::uint64_t hash = 0;
    bool is_expired = false;
    DiskRow row;  ///< Holds during the visit.
  };
  /// Each entry whose key begins with `prefix` and that may be served, in the order of the keys, until `visit` returns
  /// false.
  Status Visit(std::string_view prefix, const std::function<bool(const Listed&)>& visit);
  /// Keys and places of the entries that begin with `prefix`, from the index alone, until `visit` returns false.
  Status VisitEntryKeys(std::string_view prefix,
                        const std::function<bool(const std::string& key, std::uint64_t hash)>& visit);

  /// What a key's structure was, and is from now on; absent: not known.
  Result<std::optional<std::uint64_t>> ExchangeStructure(std::uint64_t text_hash, std::uint64_t structure);
  /// A value kept under a name; empty: none.
  Result<std::string> Note(const std::string& name);
  /// Names and values of those whose names begin with `prefix`, in the order of the names.
  Result<std::vector<std::pair<std::string, std::string>>> Notes(std::string_view prefix);
  Status SetNote(const std::string& name, std::string_view value);
  /// Adds to what all processes have counted.
  Status AddStats(std::span<const CacheOperationStats> operations);
  Result<std::vector<CacheOperationStats>> AllStats();
  Status AddAccesses(std::span<const CacheAccess> accesses);
  Result<std::vector<CacheAccess>> Accesses(std::size_t limit);

  /// What evictions, refusals and the like did since the last call, by operation.
  std::map<std::string, CacheCounts> TakeCounts();
  [[nodiscard]] CacheLevelStats Stats();

  /// In a child of fork, in the place of the destructor: closes what was inherited; the object is then left alone.
  void AbandonInChild();

 private:
  DiskLevel(const Options& options, std::unique_ptr<DiskFile> file, std::shared_ptr<KeyLocks> locks);

  /// Takes note of trouble, and mends what can be mended: a damaged file is replaced.
  Status Troubled(Status status, std::uint64_t incarnation);
  Status Renew();
  static Status ReadFrom(DiskReader& reader, const EntryKey& key, Found& found, bool& is_damaged);
  Found Judge(const EntryKey& key, Found found) const;
  Result<bool> StoreBatch();
  enum class View { kNew, kKept };
  Status OnReader(const std::function<Status(DiskReader&)>& run, View view = View::kNew);
  void GiveBack(std::unique_ptr<DiskReader> reader);
  Status OnStore(const std::function<Status(DiskStore&)>& run);
  void EndViews();
  /// Has the thread do what is due at `at`, or before.
  void WakeBy(std::chrono::steady_clock::time_point& due, std::chrono::steady_clock::time_point at);
  void Loop();

  static constexpr auto kNever = std::chrono::steady_clock::time_point::max();
  const Options options_;
  ForkGate gate_;
  const std::unique_ptr<DiskFile> file_;
  const std::shared_ptr<KeyLocks> locks_;
  Generations generations_;
  std::atomic<std::uint64_t> incarnation_;  ///< The file that `generations_` speaks of.
  DiskPool pool_;
  DiskQueue queue_;

  /// Held while the disk is written: that is what it is for.
  std::mutex store_mutex_;
  DiskStore store_;          ///< Guarded by store_mutex_.
  bool wants_sweep_ = true;  ///< Guarded by store_mutex_.

  std::mutex trouble_mutex_;
  std::string trouble_;  ///< Guarded by trouble_mutex_: what went wrong last; empty: nothing since.

  std::mutex thread_mutex_;
  std::condition_variable thread_wakes_;
  // Guarded by thread_mutex_.
  std::thread thread_;
  std::chrono::steady_clock::time_point store_at_ = kNever;
  std::chrono::steady_clock::time_point end_views_at_ = kNever;
  bool is_stopping_ = false;
  std::atomic<bool> has_views_ = false;  ///< Whether `end_views_at_` is set; written under the lock.
};

}  // namespace cairn
