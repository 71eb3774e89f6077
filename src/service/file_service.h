#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cairn/client.h"
#include "cairn/repository.h"
#include "scan/scan_status.h"
#include "scan/scanner.h"
#include "scan/slow_files.h"
#include "service/flat_json.h"
#include "service/scan_problems.h"

namespace cairn {

/// One value that is known of a file, and who says so.
struct FileValue {
  std::string name;
  std::string json;
  std::string source;  ///< `file system`, `content`, `jpeg/3`, or the producer of a record of another kind.
};

struct FileView {
  NodeKey node;
  Fact fact;
  bool removed = false;
  std::vector<FileValue> values;
};

/// One of the versions of what is known of a file, the oldest being 1.
struct FileVersion {
  std::size_t number = 0;
  Fact fact;
  std::string payload;
  std::string why;
};

struct FileVersions {
  NodeKey node;
  std::vector<FileVersion> versions;
};

struct FileDifference {
  std::size_t before = 0;  ///< Versions.
  std::size_t after = 0;
  std::vector<FlatChange> changes;
};

/// Why a file was read, or why it would not be now.
struct FileReason {
  std::string path;
  bool is_known = false;
  bool would_read = false;
  std::string now;   ///< What a scan would do now, and why.
  std::string last;  ///< Why its newest record was made; empty where it has none.
  std::size_t version = 0;
  Timestamp at;
};

/// The use cases around files: scan, show, why, history, diff, rollback, watch. A file is given as a path (from
/// `current_folder` where it is relative), or by a part of its name that only it has. One thread at a time.
class FileService {
 public:
  struct Opening {
    std::string store_path;
    StoreOptions store;
    std::string tenant;
    std::string current_folder;
    RemoteOptions remote{};  ///< Where the store is a service.
  };

  /// The store is opened when it is needed; every answer may be what `OpenRepository` returns.
  static std::unique_ptr<FileService> Open(Opening opening);
  FileService(const FileService&) = delete;
  FileService& operator=(const FileService&) = delete;
  ~FileService();

  /// Roots may be relative. The scanner must not outlive this. The zygote is `Scanner::StartZygote`'s, made before any
  /// thread; null for a dry run.
  Result<std::unique_ptr<Scanner>> OpenScanner(Zygote* zygote, ScanOptions options);

  /// Tells other processes how that scan is, while the answer lives.
  Result<std::unique_ptr<ScanStatusWriter>> Announce(const Scanner& scanner);
  /// How the scan is that runs, or how the last one was. Returns NOT_FOUND where there was none.
  Result<ScanStatus> LastScan();
  /// All files and folders of which a scan could not read everything, newest first.
  Result<std::vector<ScanProblem>> Problems();
  /// As `SlowestFiles`.
  Result<std::vector<SlowFile>> Slowest(std::size_t limit);

  /// Returns NOT_FOUND for a file that no scan has seen, as do the others.
  Result<FileView> Show(const std::string& file);
  Result<FileReason> Why(const std::string& file, const ScanOptions& options);
  Result<FileVersions> History(const std::string& file);
  /// Of two versions; 0 and 0: the newest and the one before. Returns OUT_OF_RANGE for a version that is none.
  Result<FileDifference> Diff(const std::string& file, std::size_t before, std::size_t after);
  /// Puts a version back as the newest one. It stays until the content of the file changes. Returns OUT_OF_RANGE for a
  /// version that is none, FAILED_PRECONDITION where the file is gone, UNAVAILABLE while a scan runs.
  Result<Stored> Rollback(const std::string& file, std::size_t version);

  /// The store, for what is recorded of files beside scans.
  Result<Repository*> Store() { return store_.Get(); }
  [[nodiscard]] const std::string& tenant() const { return opening_.tenant; }

 private:
  explicit FileService(Opening opening) : opening_(std::move(opening)), store_([this] { return OpenStore(); }) {}
  Result<Repository*> OpenStore();
  Result<NodeKey> Node(const std::string& file);
  /// Where scans keep what they have seen. Returns FAILED_PRECONDITION where the store is a service.
  [[nodiscard]] Result<std::string> StateFolder() const;
  Status Pin(const std::string& path, const std::function<Result<Stored>(StateEntry&)>& change);

  const Opening opening_;
  std::unique_ptr<Repository> repository_;
  LazyStore store_;
  std::string temporary_;  // State of a dry run of what was never scanned.
};

}  // namespace cairn
