#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "scan/file_record.h"
#include "scan/folder_work.h"
#include "scan/known_results.h"
#include "scan/lazy_store.h"
#include "scan/scan_report.h"
#include "scan/state_db.h"

namespace cairn {

/// In the state: not empty while records may stand in the log of which the state does not know yet.
inline constexpr std::string_view kMetaAhead = "ahead";

/// Takes what was found, stores the records, and then writes the state: a crash between the two costs reading some
/// files again, never a record; and the next scan looks for what is gone since (`kMetaAhead`). It begins with what an
/// earlier scan could not record any more. One thread of its own; any thread may hand over.
class Committer {
 public:
  struct Options {
    RecordFrame frame;
    bool finds_renames = true;  ///< Remembers what is new, for the sweep.
    bool makes_store = false;   ///< There is none yet: made while the first files are read.
    std::function<void(Repository&)> release_log = nullptr;  ///< As `Scanner::Parts::release_log`.
  };

  /// `state` is used by the committer's thread until `Flush` returned, then by `Sweep`'s caller.
  Committer(LazyStore& store, StateDb& state, KnownResults& results, MethodTable& methods, Clock& clock,
            ScanCounts& counts, Options options);
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;
  ~Committer();

  /// Waits until it has recorded what an earlier scan could not any more: what stands of a file is not known before.
  void AwaitEarlier();
  /// Something will be handed over: a store that is to be made is opened meanwhile.
  void Expect();
  /// A folder without files to be read.
  void FolderDone(std::shared_ptr<FolderWork> folder);
  /// A file; null for one that was not read after all, because of a stop.
  void FileDone(std::shared_ptr<FileTask> task, std::optional<Produced> produced);
  /// What is recorded together with the last of what was found, given what was counted until then: one sync for both.
  using Closing = std::function<std::vector<std::string>()>;
  /// What else is written to the state with the last of it, before its commit.
  using Saving = std::function<Status()>;
  /// Nothing is handed over any more: it no longer waits for others. `closing` is asked at most once, and not where
  /// something is gone, which `Sweep` counts. Both are called by another thread, before `Flush` returns.
  void Close(Closing closing, Saving saving);
  /// After `Close`: waits until all that was handed over is in the log and in the state. Returns what kept it from
  /// that.
  Status Flush();
  /// Whether what `Close` was given is recorded. After `Flush`.
  [[nodiscard]] bool is_closed() const { return is_closed_; }
  /// Whether there is something for `Sweep`. After `Flush`.
  [[nodiscard]] bool has_removals() const { return has_removals_; }
  /// Records what is gone, and where it went. After `Flush`.
  Status Sweep();
  /// There was a fault: nothing more is stored, and `Flush` tells it.
  [[nodiscard]] bool has_failed() const { return has_failed_; }

 private:
  struct Item {
    std::shared_ptr<FolderWork> folder;
    std::shared_ptr<FileTask> task;
    std::shared_ptr<FileFound> found;
    std::vector<std::string> records;
  };

  void Add(Item item);
  Status Begin();
  void Work();
  Status Step(std::vector<Item>& items, const Closing& closing);
  bool MayClose(const std::vector<Item>& items) const;
  void ReleaseLog(std::size_t items);
  Result<std::vector<Result<Stored>>> Store(const std::vector<std::string_view>& records);
  void Apply(const Item& item, std::optional<std::uint64_t> seq);
  void Count(const Item& item);
  Status SaveFolder(FolderWork& folder);
  Status LoseFolder(const std::string& path, const std::string& reason);
  Status CommitState();
  Status NoteAhead();

  LazyStore& store_;
  StateDb& state_;
  KnownResults& results_;
  MethodTable& methods_;
  Clock& clock_;
  ScanCounts& counts_;
  const Options options_;
  std::multimap<ContentHash, std::string> new_paths_;
  std::vector<std::pair<ContentHash, std::uint64_t>> new_results_;
  std::size_t done_since_release_ = 0;
  bool is_ahead_ = false;      // As the state has it.
  bool has_removals_ = false;  // Something is to be swept.
  bool is_closed_ = false;     // Written before `Flush` returns.

  std::mutex mutex_;
  std::condition_variable has_items_;
  std::condition_variable has_room_;
  std::condition_variable is_idle_;
  std::deque<Item> items_;  // Guarded by mutex_, as are those below.
  bool is_busy_ = true;
  bool expects_ = false;
  bool ending_ = false;
  bool flushing_ = false;
  Closing closing_;
  Saving saving_;
  Status status_;  // Of the first fault.
  std::atomic<bool> has_failed_ = false;
  std::thread thread_;
};

}  // namespace cairn
