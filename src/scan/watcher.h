#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "cairn/status.h"
#include "scan/scanner.h"
#include "scan/walker.h"

namespace cairn {

/// Folders in which something happened.
struct TreeChanges {
  std::map<std::string, FolderChanges> folders;
  bool has_overflow = false;  ///< Events were lost: only a scan tells what changed.
};

/// Hears of changes below folders, by inotify(7). What it says is a hint where to look, never a fact. One thread at a
/// time.
class Watcher {
 public:
  /// Returns UNAVAILABLE where the kernel has no room for another.
  static Result<std::unique_ptr<Watcher>> Open();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;
  ~Watcher();

  /// Watches the folder `root` and all below it that a scan would walk; those watched already too.
  /// Returns RESOURCE_EXHAUSTED where the kernel allows no more (fs.inotify.max_user_watches), else what `Walk` does.
  Status AddTree(const std::string& root, const WalkOptions& walking);
  /// The same of the folder called `name` in `folder`, which is `root` or below it; nothing where there is none, or a
  /// scan of the root would not walk it.
  Status AddBelow(const std::string& root, const std::string& folder, const std::string& name,
                  const WalkOptions& walking);
  /// Waits for changes, at most `timeout`; those that come within `together` of the first are told at once. Folders
  /// that appear are watched.
  TreeChanges Wait(std::chrono::milliseconds timeout, std::chrono::milliseconds together);

  [[nodiscard]] std::size_t folders() const { return paths_.size(); }

 private:
  explicit Watcher(int fd) : fd_(fd) {}
  Status Add(const std::string& path, bool is_root);
  void Read(TreeChanges& changes);

  const int fd_;
  std::unordered_map<int, std::string> paths_;
};

}  // namespace cairn
