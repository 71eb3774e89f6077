#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "cairn/repository.h"
#include "extract/extractor.h"
#include "produce/runner.h"
#include "produce/zygote.h"
#include "scan/file_producer.h"
#include "scan/lazy_store.h"
#include "scan/scan_report.h"
#include "scan/walker.h"

namespace cairn {

struct ScanOptions {
  std::vector<std::string> roots;    ///< Absolute paths of folders or files. One inside another is scanned once.
  std::vector<std::string> include;  ///< In the syntax of ignore files; none: everything.
  std::vector<std::string> exclude;
  std::vector<std::string> ignore_files{".cairnignore"};
  LinkPolicy links = LinkPolicy::kRecord;
  bool force = false;               ///< Read everything again.
  bool once = false;                ///< No scan follows the first: the workers end with it, while the rest is done.
  bool accept_empty_roots = false;  ///< An empty folder in a root's place is no missing mount: all below it is gone.
  std::size_t workers = 0;          ///< Processes that read files. 0: as many as there are processors.
  std::size_t walkers = 0;          ///< Threads that walk. 0: as many as there are processors, at most 4.
  std::uint64_t results_max = 1'000'000;  ///< Results found by content: the newest of them are kept.
  std::uint64_t hash_bytes_max = std::uint64_t{256} << 20;
  ExtractLimits limits;
  WorkerLimits worker;
  std::string tenant;
  std::string run_id;                                     ///< Of this scan, in its records; empty for none.
  std::function<void(const std::string&)> while_reading;  ///< For tests.
};

/// What decides on the results of a scan besides the files: with another value everything is read again.
std::uint64_t ScanConfigHash(const ScanOptions& options);

/// A file that a scan would read, and why.
using WouldRead = std::function<void(const std::string& path, const std::string& why)>;

/// What is known to have happened in a folder.
struct FolderChanges {
  std::set<std::string, std::less<>> names;  ///< To these.
  /// Folders that came, by whatever way: what was known under their name says nothing of what is below them now.
  std::set<std::string, std::less<>> came;
};

/// Scans trees of files into a store (docs/scan.md). One scan at a time, in all processes: a lock in the state's folder
/// sees to that. One thread at a time, except for `Counts`.
class Scanner {
 public:
  struct Parts {
    LazyStore::OpenStore store;  ///< Called when something is to be stored or looked up. Thread-safe answers.
    std::string log_folder;      ///< Of that store: tells whether it is still the same.
    Zygote* zygote = nullptr;    ///< Made with `ExtractJob`; null where nothing is read (`DryRun`).
    Clock* clock = Clock::Default();
    FileSystem* files = FileSystem::Default();
    /// Takes what was read of the store's log out of memory; null where it is in none.
    std::function<void(Repository&)> release_log = nullptr;
  };

  /// The zygote that a scan with these options wants: to be made before any thread.
  static Result<std::unique_ptr<Zygote>> StartZygote(const ScanOptions& options);

  /// `state_folder`: `<store>/scan`. Returns UNAVAILABLE where another process scans into it, INVALID_ARGUMENT where
  /// there is nothing to scan.
  static Result<std::unique_ptr<Scanner>> Open(const Parts& parts, const std::string& state_folder,
                                               ScanOptions options);
  Scanner(const Scanner&) = delete;
  Scanner& operator=(const Scanner&) = delete;
  ~Scanner();

  /// All roots. When `stop` is set, what is under way ends and the rest is left for the next scan.
  /// Returns UNAVAILABLE or RESOURCE_EXHAUSTED where log or state cannot be written.
  Result<ScanReport> Scan(const std::atomic<bool>& stop);
  /// Only that folder of a root, without what is below it, but for folders that are new or came. Of known files only
  /// those that changed are looked at; all, where `changes` is null.
  Result<ScanReport> ScanFolder(const std::string& path, const FolderChanges* changes, const std::atomic<bool>& stop);
  /// What `Scan` would read; nothing is written.
  Result<ScanReport> DryRun(const WouldRead& would_read, const std::atomic<bool>& stop);

  [[nodiscard]] const ScanCounts& Counts() const { return counts_; }
  /// Of the scan that runs or ran last.
  [[nodiscard]] RunnerStats Workers() const;
  [[nodiscard]] const ScanOptions& options() const { return options_; }
  [[nodiscard]] WalkOptions Walking() const;

 private:
  struct Pass;
  struct Root {
    std::string folder;
    std::set<std::string, std::less<>> only;  ///< The names of the files that are meant; empty: all below the folder.
  };

  Scanner(const Parts& parts, std::string state_folder, ScanOptions options);
  Status Begin();
  ScanReport ReportNow(std::chrono::steady_clock::time_point begun, bool stopped) const;
  Result<ScanReport> Run(const std::function<void(Pass&)>& walk, const std::atomic<bool>& stop);
  bool IsUnmounted(Pass& pass, const Root& root);
  void AddFile(std::string folder, std::string name);
  bool WasScanned(const std::string& path);
  void WalkFiles(Pass& pass, const Root& root);
  void WalkRoot(Pass& pass, const Root& root);
  void OnFolder(Pass& pass, const WalkedFolder& walked);
  // Begins anew where the state was made with another store.
  Status CheckStore();
  Status CheckMark(const std::string& mark);
  // What the log looks like from outside: while it stays the same, so is the store.
  [[nodiscard]] std::string LooksOfLog() const;
  Status NoteStore();
  Status MarkStore();
  // Where the last scan died, records may be ahead of the state.
  Status CheckEnd();
  // What the log says of files later than the state does: they are read again, whatever they look like.
  Status ForgetUnsaved();
  // Forgets folders that no other has: a scan of the whole does not come to them.
  Status DropOrphans();
  Result<bool> IsNamed(const Pass& pass, const std::string& path);
  // Where earlier state was lost: what the store believes to be there and is not. Told of a root once all of it was
  // looked at, whichever scan that is.
  Status FindLost();
  Status LoseState();
  Result<bool> HasLostState();
  bool KnowsARoot();
  // What the state knew of that folder when the scan began; `thread` is the walker's.
  Result<std::optional<StoredFolder>> FolderBefore(const Pass& pass, std::size_t thread, const std::string& path);
  struct KnownFiles;
  Result<bool> IsKnown(const std::string& path, bool as_folder, KnownFiles& last);
  void WalkFolderOf(Pass& pass, const Root& root, const std::string& path, const FolderChanges* changes);
  void LoseFolderAt(Pass& pass, const std::string& path);
  void LoseFileAt(Pass& pass, const std::string& path);
  static void LoseFolder(Pass& pass, const std::string& path, std::string reason);
  Status TakeMissingFiles();
  std::vector<std::string> ScanRecords(const ScanReport& report) const;
  Status RecordScan(const ScanReport& report);

  const Parts parts_;
  const std::string state_folder_;
  ScanOptions options_;
  std::vector<Root> roots_;
  std::vector<std::string> notes_;
  std::set<std::string> unknown_roots_;  // That are not there, and were not.
  bool has_lost_state_ = false;
  bool makes_store_ = false;
  std::uint64_t results_at_most_ = 0;  // That the state may hold.
  LazyStore store_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<StateDb> state_;
  std::vector<LazyStateDb> walker_states_;  // One for each walking thread.
  std::unique_ptr<MethodTable> methods_;
  std::unique_ptr<KnownResults> results_;
  std::unique_ptr<FileProducer> producer_;
  ScanCounts counts_;
  std::unique_ptr<Runner> runner_;
  RunnerStats last_workers_;
};

}  // namespace cairn
