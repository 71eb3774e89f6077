#include "scan/watcher.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cairn {
namespace {

constexpr std::uint32_t kHeard = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB |
                                 IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK;
constexpr std::size_t kEventBytes = std::size_t{64} << 10;

}  // namespace

Result<std::unique_ptr<Watcher>> Watcher::Open() {
  const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd < 0) {
    return Status(StatusCode::kUnavailable,
                  fmt::format("cannot watch: {} (see fs.inotify.max_user_instances)", std::strerror(errno)));
  }
  return std::unique_ptr<Watcher>(new Watcher(fd));
}

Watcher::~Watcher() { ::close(fd_); }

Status Watcher::Add(const std::string& path, bool is_root) {
  // A root that is a link is what it leads to.
  const std::uint32_t heard = is_root ? kHeard & ~std::uint32_t{IN_DONT_FOLLOW} : kHeard;
  const int number = ::inotify_add_watch(fd_, path.c_str(), heard);
  if (number >= 0) {
    paths_[number] = path;
    return Status::Ok();
  }
  if (errno != ENOSPC && errno != ENOMEM) return Status::Ok();  // Gone, or not to be read: the scan says so.
  return {
      StatusCode::kResourceExhausted,
      fmt::format("cannot watch more than {} folders: raise fs.inotify.max_user_watches; until then changes are found "
                  "by scanning again now and then",
                  paths_.size())};
}

Status Watcher::AddTree(const std::string& root, const WalkOptions& walking) {
  WalkOptions options = walking;
  options.threads = 1;
  std::atomic<bool> stop = false;
  Status added;
  const Status walked = Walker(options).Walk(root, stop, [&](const WalkedFolder& folder) {
    if (!folder.status.ok()) return;
    if (added = Add(folder.path, folder.below.empty()); !added.ok()) stop = true;
  });
  return added.ok() ? walked : added;
}

Status Watcher::AddBelow(const std::string& root, const std::string& folder, const std::string& name,
                         const WalkOptions& walking) {
  Walker walker(walking);
  const auto each_folder = [&](const std::string& below, auto visit) {
    return walker.List(root, below, [&](const WalkedFolder& walked) {
      if (!walked.status.ok()) return;
      for (const Listed& entry : walked.listing->entries) {
        if (entry.kind == FileKind::kFolder) visit(walked, std::string(entry.name));
      }
    });
  };
  const std::size_t prefix = root == "/" ? 1 : root.size() + 1;
  const std::string below = folder == root ? "" : folder.substr(prefix);
  std::vector<std::string> folders;
  Status done = each_folder(below, [&](const WalkedFolder&, const std::string& found) {
    if (found == name) folders.push_back(below.empty() ? name : below + "/" + name);
  });
  while (done.ok() && !folders.empty()) {
    const std::string at = std::move(folders.back());
    folders.pop_back();
    if (done = Add(JoinPath(root, at), false); !done.ok()) break;
    done = each_folder(at, [&](const WalkedFolder&, const std::string& found) { folders.push_back(at + "/" + found); });
  }
  return done;
}

void Watcher::Read(TreeChanges& changes) {
  alignas(inotify_event) char bytes[kEventBytes];
  for (;;) {
    const ssize_t got = ::read(fd_, bytes, sizeof(bytes));
    if (got <= 0) return;
    for (ssize_t at = 0; at < got;) {
      const auto* event = reinterpret_cast<const inotify_event*>(bytes + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) {
        changes.has_overflow = true;
        continue;
      }
      const auto path = paths_.find(event->wd);
      if (path == paths_.end()) continue;
      if ((event->mask & IN_IGNORED) != 0) {
        paths_.erase(path);
        continue;
      }
      // A file is told when it is closed: while it is written it would only be read in vain.
      const bool is_folder = (event->mask & IN_ISDIR) != 0;
      if ((event->mask & IN_CREATE) != 0 && !is_folder) {
        // But a link is never closed, nor a second name of a file.
        struct stat seen {};
        const std::string name = path->second + "/" + event->name;
        if (::lstat(name.c_str(), &seen) == 0 && S_ISREG(seen.st_mode) && seen.st_nlink == 1) continue;
      }
      FolderChanges& folder = changes.folders[path->second];
      if (event->len == 0) continue;
      folder.names.insert(event->name);
      if (is_folder && (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) folder.came.insert(event->name);
    }
  }
}

TreeChanges Watcher::Wait(std::chrono::milliseconds timeout, std::chrono::milliseconds together) {
  TreeChanges changes;
  pollfd ready{fd_, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(timeout.count())) <= 0) return changes;
  Read(changes);
  const auto until = std::chrono::steady_clock::now() + together;
  while (!changes.has_overflow) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) <= 0) break;
    Read(changes);
  }
  return changes;
}

}  // namespace cairn
