#include "scan/walker.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace cairn {
namespace {

constexpr std::size_t kIgnoreFileBytesMax = std::size_t{1} << 20;

std::string ReadSmallFile(int folder_fd, const std::string& name) {
  std::string text;
  const int fd = ::openat(folder_fd, name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return text;
  std::vector<char> part(std::size_t{64} << 10);
  for (;;) {
    const ssize_t got = ::read(fd, part.data(), part.size());
    if (got <= 0 || text.size() > kIgnoreFileBytesMax) break;
    text.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(fd);
  return text;
}

std::string Below(const std::string& folder, std::string_view name) {
  return folder.empty() ? std::string(name) : folder + "/" + std::string(name);
}

}  // namespace

std::string Walker::PathOf(const std::string& below) const {
  if (below.empty()) return root_;
  return root_ == "/" ? root_ + below : root_ + "/" + below;
}

Status Walker::OpenRoot(const std::string& root) {
  root_ = root;
  struct statx seen {};
  if (::statx(AT_FDCWD, root.c_str(), 0, STATX_TYPE | STATX_INO, &seen) != 0) {
    const StatusCode code = errno == ENOENT || errno == ENOTDIR ? StatusCode::kNotFound : StatusCode::kUnavailable;
    return {code, root + ": " + std::strerror(errno)};
  }
  if (!S_ISDIR(seen.stx_mode)) return {StatusCode::kInvalidArgument, root + " is no folder"};
  device_ = DeviceOf(seen);
  return Status::Ok();
}

Status Walker::Walk(const std::string& root, const std::atomic<bool>& stop, const OnFolder& on_folder) {
  if (Status opened = OpenRoot(root); !opened.ok()) return opened;
  waiting_.clear();
  waiting_.emplace_back();
  active_ = 0;
  std::vector<std::thread> threads;
  // A tree of one folder is walked sooner than they are made.
  const auto on_more = [&] {
    for (std::size_t i = threads.size() + 1; i < options_.threads; ++i) {
      threads.emplace_back([this, i, &stop, &on_folder] { Work(i, stop, on_folder, {}); });
    }
  };
  Work(0, stop, on_folder, on_more);
  for (std::thread& thread : threads) thread.join();
  return stop ? Status(StatusCode::kCancelled, "stopped") : Status::Ok();
}

Status Walker::List(const std::string& root, const std::string& below, const OnFolder& on_folder) {
  if (Status opened = OpenRoot(root); !opened.ok()) return opened;
  Folder folder;
  Room room;
  // The ignore files above it hold here too.
  for (std::size_t end = 0; end != std::string::npos && !below.empty(); end = below.find('/', end + 1)) {
    Folder above;
    above.below = below.substr(0, end);
    above.rules = folder.rules;
    const int fd = OpenPath(PathOf(above.below), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) break;
    folder.above = AncestorOf(fd, std::move(folder.above));
    for (const std::string& name : options_.ignore_files) {
      Listed seen;
      if (LookAt(fd, name.c_str(), device_, options_.links, seen) && seen.kind == FileKind::kFile) {
        folder.rules = IgnoreRules::Make(folder.rules, ReadSmallFile(fd, name), above.below);
      }
    }
    ::close(fd);
  }
  folder.below = below;
  folder.depth = static_cast<std::size_t>(std::count(below.begin(), below.end(), '/')) + 1;
  WalkedFolder walked;
  std::vector<Folder> found;
  WalkFolder(std::move(folder), walked, room, found);
  on_folder(walked);
  return Status::Ok();
}

void Walker::Work(std::size_t thread, const std::atomic<bool>& stop, const OnFolder& on_folder,
                  const std::function<void()>& on_more) {
  Room room;
  std::vector<Folder> found;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return !waiting_.empty() || active_ == 0; });
    if (waiting_.empty() || stop) break;
    Folder folder = std::move(waiting_.back());
    waiting_.pop_back();
    ++active_;
    lock.unlock();
    WalkedFolder walked;
    walked.thread = thread;
    found.clear();
    WalkFolder(std::move(folder), walked, room, found);
    // The others go on with what was found while this one is dealt with.
    lock.lock();
    const bool shared = !found.empty();
    for (auto at = found.rbegin(); at != found.rend(); ++at) waiting_.push_back(std::move(*at));
    if (shared) changed_.notify_all();
    lock.unlock();
    if (shared && on_more) on_more();
    on_folder(walked);
    lock.lock();
    --active_;
    if (active_ == 0) changed_.notify_all();
  }
  waiting_.clear();
  changed_.notify_all();
}

std::shared_ptr<const Walker::Ancestor> Walker::AncestorOf(int fd, std::shared_ptr<const Ancestor> above) const {
  if (options_.links != LinkPolicy::kFollow) return nullptr;
  struct statx seen {};
  (void)::statx(fd, "", AT_EMPTY_PATH, STATX_INO, &seen);
  return std::make_shared<const Ancestor>(Ancestor{DeviceOf(seen), seen.stx_ino, std::move(above)});
}

std::shared_ptr<const IgnoreRules> Walker::RulesOf(int fd, const Folder& folder, const Listing& listing) const {
  std::shared_ptr<const IgnoreRules> rules = folder.rules;
  for (const std::string& name : options_.ignore_files) {
    const auto at =
        std::lower_bound(listing.entries.begin(), listing.entries.end(), name,
                         [](const Listed& entry, const std::string& wanted) { return entry.name < wanted; });
    if (at != listing.entries.end() && at->name == name && at->kind == FileKind::kFile) {
      rules = IgnoreRules::Make(rules, ReadSmallFile(fd, name), folder.below);
    }
  }
  return rules;
}

void Walker::WalkFolder(Folder folder, WalkedFolder& walked, Room& room, std::vector<Folder>& found) {
  walked.below = folder.below;
  walked.path = PathOf(folder.below);
  walked.device = device_;
  room.taken.entries.clear();
  room.taken.unseen.clear();
  walked.listing = &room.taken;
  const auto fail = [&walked](int error) {
    walked.error = error;
    walked.status = Status(error == ENOENT || error == ENOTDIR ? StatusCode::kNotFound : StatusCode::kUnavailable,
                           std::strerror(error));
  };
  if (folder.depth > options_.depth_max) return fail(ELOOP);
  const int nofollow = options_.links == LinkPolicy::kFollow || folder.below.empty() ? 0 : O_NOFOLLOW;
  const int fd = OpenPath(walked.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | nofollow);
  if (fd < 0) return fail(errno);
  const std::shared_ptr<const Ancestor> self = AncestorOf(fd, folder.above);
  for (const Ancestor* above = folder.above.get(); above != nullptr; above = above->above.get()) {
    if (above->inode == self->inode && above->device == self->device) {
      ::close(fd);
      return fail(ELOOP);
    }
  }
  const Status read = ReadFolder(fd, device_, options_.links, room.read);
  if (!read.ok()) {
    const int error = errno;
    ::close(fd);
    return fail(error);
  }
  const std::shared_ptr<const IgnoreRules> rules = RulesOf(fd, folder, room.read);
  ::close(fd);
  room.taken.unseen = room.read.unseen;
  room.taken.unseen_error = room.read.unseen_error;
  const std::string prefix = folder.below.empty() ? "" : folder.below + "/";
  std::string below = prefix;
  for (const Listed& entry : room.read.entries) {
    const bool is_folder = entry.kind == FileKind::kFolder;
    if (entry.kind == FileKind::kOther) continue;
    if (entry.kind == FileKind::kLink && options_.links == LinkPolicy::kSkip) continue;
    below.resize(prefix.size());
    below += entry.name;
    if (IgnoreRules::Ignores(rules.get(), below, is_folder) || !options_.filter.Takes(below, is_folder)) {
      ++walked.ignored;
      continue;
    }
    if (is_folder && entry.born_ns > options_.begun_ns) continue;
    room.taken.entries.push_back(entry);
    if (is_folder) found.push_back({Below(folder.below, entry.name), rules, self, folder.depth + 1});
  }
}

}  // namespace cairn
