#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "scan/folder_reader.h"
#include "scan/ignore_rules.h"

namespace cairn {

struct WalkOptions {
  std::size_t threads = 1;
  LinkPolicy links = LinkPolicy::kRecord;
  std::vector<std::string> ignore_files{".cairnignore"};  ///< Names of ignore files; they hold for where they stand.
  PathFilter filter;
  std::size_t depth_max = 4096;  ///< Folders deeper than this are told and passed over.
  /// Folders made after this are left for the next walk, so that a tree that grows while it is walked has an end.
  std::int64_t begun_ns = INT64_MAX;
};

/// A folder that was walked.
struct WalkedFolder {
  std::string path;   ///< Absolute.
  std::string below;  ///< From the root; empty for the root itself.
  Status status;      ///< Why it could not be read; then there are no entries.
  int error = 0;      ///< errno of that.
  std::size_t thread = 0;
  std::uint64_t device = 0;          ///< Of the root.
  const Listing* listing = nullptr;  ///< What is taken, by name; folders that will be walked among it.
  std::uint64_t ignored = 0;
};

/// Walks a tree with several threads. Each folder is given once, by any of the threads; the order is not defined.
class Walker {
 public:
  using OnFolder = std::function<void(const WalkedFolder&)>;

  explicit Walker(const WalkOptions& options) : options_(options) {}

  /// Walks what is below the folder `root`, an absolute path. Returns NOT_FOUND where it is not there, UNAVAILABLE
  /// where it cannot be read, INVALID_ARGUMENT where it is no folder, CANCELLED after `stop`.
  Status Walk(const std::string& root, const std::atomic<bool>& stop, const OnFolder& on_folder);
  /// Lists one folder as `Walk` would have, without what is below it. `below` is its path from the root.
  Status List(const std::string& root, const std::string& below, const OnFolder& on_folder);

 private:
  struct Ancestor {
    std::uint64_t device;
    std::uint64_t inode;
    std::shared_ptr<const Ancestor> above;
  };
  struct Folder {
    std::string below;
    std::shared_ptr<const IgnoreRules> rules;
    std::shared_ptr<const Ancestor> above;  // Kept only where links are followed.
    std::size_t depth = 0;
  };
  struct Room {
    Listing read;
    Listing taken;
  };

  // `on_more` is called whenever there are more folders than this thread has in hand.
  void Work(std::size_t thread, const std::atomic<bool>& stop, const OnFolder& on_folder,
            const std::function<void()>& on_more);
  void WalkFolder(Folder folder, WalkedFolder& walked, Room& room, std::vector<Folder>& found);
  // The open folder with those above it; null where no links are followed.
  std::shared_ptr<const Ancestor> AncestorOf(int fd, std::shared_ptr<const Ancestor> above) const;
  std::shared_ptr<const IgnoreRules> RulesOf(int fd, const Folder& folder, const Listing& listing) const;
  [[nodiscard]] std::string PathOf(const std::string& below) const;
  Status OpenRoot(const std::string& root);

  const WalkOptions options_;
  std::string root_;
  std::uint64_t device_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Folder> waiting_;  // Guarded by mutex_, as is the next.
  std::size_t active_ = 0;
};

}  // namespace cairn
