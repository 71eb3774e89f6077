#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/file_system.h"

namespace cairn {

/// An operation that changes the disk.
enum class DiskOp : std::uint8_t {
  kAny,
  kCreate,
  kAppend,  ///< And WriteAt.
  kSync,
  kTruncate,
  kMapShared,
  kMakeDirs,
  kRename,
  kRemove,
  kSyncDir
};

/// An operation that is to fail. A failed Append or WriteAt leaves the first of its bytes; after a failed Sync what was
/// not synced may be zeros after a crash, even if a later Sync succeeds (as on Linux); any other has no effect.
struct Fault {
  DiskOp op = DiskOp::kAny;
  std::uint64_t nth = 1;  ///< Of the operations that match, from now on; 1 is the next.
  std::string path_part;  ///< Only operations on paths that contain it; empty for all.
  Status status{StatusCode::kUnavailable, "injected fault"};
  bool keeps_failing = false;  ///< All that match after it fail as well.
};

struct FaultOptions {
  std::uint64_t seed = 1;
  /// AppendFile::Sync answers OK and does nothing: what a test of durability must notice.
  bool lie_about_sync = false;
};

/// The real disk under one folder, which forgets, fails and fills up. It remembers what was synced, so that `Crash` can
/// put the folder back to what a power cut may leave of it. Any thread may call it.
class FaultFileSystem final : public FileSystem {
 public:
  /// `root` is made where it is missing; what stands in it counts as durable. `root` + ".lost" is used beside it.
  explicit FaultFileSystem(std::string root, const FaultOptions& options = {});
  ~FaultFileSystem() override;

  /// How many operations were asked for so far.
  [[nodiscard]] std::uint64_t operations() const;
  /// The sum of the sizes of all files below the root.
  [[nodiscard]] std::uint64_t used_bytes() const;

  void Fail(Fault fault);
  void ClearFaults();
  /// The disk is full once `used_bytes()` reaches this. None: never.
  void SetDiskBytes(std::optional<std::uint64_t> bytes);

  /// The `nth` operation from now on (1 is the next) and all after it do not happen, except that an Append may leave a
  /// part; they answer UNAVAILABLE.
  void PowerOffAt(std::uint64_t nth);
  [[nodiscard]] bool power_is_off() const;
  /// The process died, the machine did not: everything that was written stands, synced or not, and operations happen
  /// again. Destroy what has files open first.
  void Restart();
  /// The machine died. Every file keeps what was synced; of the rest, by `seed`, nothing stays, or the first of it, or
  /// random pages with zeros between them, or all. Of the folder entries that were created, renamed or removed since
  /// the folder was synced, some of the oldest stay. A file that was mapped to be written holds zeros or a value of any
  /// earlier operation. Then operations happen again. Destroy what has files open first.
  void Crash(std::uint64_t seed);

  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path, bool create) override;
  Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t bytes) override;
  Result<std::unique_ptr<Mapping>> MapShared(const std::string& path, std::uint64_t bytes) override;
  Result<std::unique_ptr<FileLock>> OpenLock(const std::string& path) override;
  Result<std::string> Read(const std::string& path) override;
  Result<std::uint64_t> Size(const std::string& path) override;
  bool Exists(const std::string& path) override;
  Result<std::vector<std::string>> List(const std::string& dir) override;
  Status MakeDirs(const std::string& dir) override;
  Status Rename(const std::string& from, const std::string& to) override;
  Status Remove(const std::string& path) override;
  Status SyncDir(const std::string& dir) override;
  Result<std::string> NetworkKind(const std::string& path) override;

 private:
  class TrackedAppendFile;
  struct Range {
    std::uint64_t from;
    std::uint64_t to;
  };
  /// A file or folder, whatever its name is at the moment.
  struct Node {
    bool folder = false;
    std::string link;             ///< A second name of the file, outside the root, by which it is read at any time.
    std::string synced;           ///< What the disk holds for certain.
    std::uint64_t unchanged = 0;  ///< So many bytes of `synced` were neither cut off nor written over since.
    std::uint64_t uncut = 0;      ///< So many were not cut off since.
    std::vector<Range> doomed;    ///< A failed Sync was to write them.
    bool mapped = false;
    std::vector<std::string> earlier;  ///< Of a mapped file: what it held.
  };
  using NodePtr = std::shared_ptr<Node>;
  /// A change of folder entries that is not durable yet. Without `from` a creation, without `to` a removal.
  struct EntryChange {
    std::string from;
    std::string to;
    NodePtr node;
  };
  struct Fate {
    Status status;
    bool cut_short = false;  ///< An Append may leave a part.
  };
  struct PendingFault {
    Fault fault;
    std::uint64_t seen = 0;
  };

  // All of these want `mutex_` held.
  Fate Step(DiskOp op, const std::string& path);
  NodePtr Track(const std::string& path);
  void Created(const std::string& path, bool folder);
  void SampleMappings();
  void ScanRoot();
  std::string AfterCrash(const Node& node, std::mt19937_64& random) const;
  std::map<std::string, NodePtr> EntriesAfterCrash(std::mt19937_64& random) const;
  static void Apply(const EntryChange& change, std::map<std::string, NodePtr>& entries);

  FileSystem& real_;
  const std::string root_;
  const std::string lost_;
  const FaultOptions options_;

  mutable std::mutex mutex_;
  std::mt19937_64 random_;
  std::uint64_t operations_ = 0;
  std::uint64_t links_ = 0;
  std::uint64_t generation_ = 0;  ///< Files that were opened before a crash are dead.
  std::uint64_t crashes_ = 0;     ///< After each the machine has started anew, as its boot id says.
  std::uint64_t power_off_at_ = 0;
  bool power_is_off_ = false;
  std::uint64_t used_bytes_ = 0;
  std::optional<std::uint64_t> disk_bytes_;
  std::vector<PendingFault> faults_;
  std::map<std::string, NodePtr> live_;
  std::map<std::string, NodePtr> durable_;
  std::vector<EntryChange> pending_;
};

}  // namespace cairn
