// What a scan does with the folders that it walks.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "scan/file_name.h"
#include "scan/root_look.h"
#include "scan/scanner_pass.h"

namespace cairn {
namespace {

// Between them it is looked whether the scan is to end.
constexpr std::size_t kSubmittedAtOnce = 256;

// What leaves it open whether the folder and its files are still there.
bool MayComeBack(int error) {
  return error != EACCES && error != EPERM && error != ENOENT && error != ENOTDIR && error != ELOOP;
}

}  // namespace

WalkOptions Scanner::Walking() const {
  WalkOptions walking;
  walking.threads = options_.walkers;
  walking.links = options_.links;
  walking.ignore_files = options_.ignore_files;
  walking.filter = PathFilter(options_.include, options_.exclude);
  return walking;
}

void Scanner::OnFolder(Pass& pass, const WalkedFolder& walked) {
  const auto is_over = [&pass] { return pass.stop || (pass.committer != nullptr && pass.committer->has_failed()); };
  if (is_over()) return;
  ++counts_.folders;
  counts_.ignored += walked.ignored;
  if (!walked.status.ok() && MayComeBack(walked.error)) {
    ++counts_.problems;
    pass.keeps_some = true;
    pass.Note(fmt::format("{}: {}; what is known of it is kept", walked.path, walked.status.message()));
    return;
  }
  auto stored = FolderBefore(pass, walked.thread, walked.path);
  if (!stored) return pass.Fail(stored.error());
  if (walked.error == ENOENT || walked.error == ENOTDIR) {
    if (*stored && pass.committer != nullptr) LoseFolder(pass, walked.path, "it is gone");
    return;
  }
  if (!walked.listing->unseen.empty()) {
    ++counts_.problems;
    pass.keeps_some = true;
    pass.Note(fmt::format("{}: {} of its entries cannot be looked at ({}): {}; what is known of them is kept",
                          walked.path, walked.listing->unseen.size(), walked.listing->unseen.front(),
                          std::strerror(walked.listing->unseen_error)));
  }
  ComparedFolder compared =
      CompareFolder(walked, *stored ? &**stored : nullptr, *methods_, {.force = options_.force, .only = pass.only});
  counts_.unchanged += compared.unchanged;
  counts_.to_read += compared.tasks.size();
  if (compared.work == nullptr) return;
  if (!compared.work->problem.empty()) {
    ++counts_.problems;
    pass.Note(fmt::format("{}: {}", walked.path, walked.status.message()));
  }
  if (pass.would_read != nullptr) {
    const std::lock_guard lock(pass.mutex);
    for (const auto& task : compared.tasks) {
      const std::string prefix = walked.path == "/" ? "/" : walked.path + "/";
      (*pass.would_read)(prefix + std::string(compared.work->entries[task->at].name), task->why);
    }
    counts_.removed += compared.work->removals.size();
    return;
  }
  // First the folder by itself, where that is all there is; its files end it otherwise.
  if (compared.tasks.empty() || !compared.work->problem.empty() || !compared.work->problem_before.empty()) {
    pass.committer->FolderDone(compared.work);
  }
  if (compared.tasks.empty()) return;
  pass.committer->Expect();
  for (std::size_t at = 0; at < compared.tasks.size();) {
    const std::size_t end = std::min(at + kSubmittedAtOnce, compared.tasks.size());
    std::vector<ProduceRequest> requests(is_over() ? 0 : end - at);
    for (std::size_t i = 0; i < requests.size(); ++i) requests[i].detail = compared.tasks[at + i];
    at += runner_->SubmitAll(std::move(requests));
    for (; at < end; ++at) pass.committer->FileDone(compared.tasks[at], std::nullopt);
  }
}

// A row of what is not there would have the folder taken for a known one when it comes again.
void Scanner::LoseFolder(Pass& pass, const std::string& path, std::string reason) {
  auto work = std::make_shared<FolderWork>();
  work->path = path;
  work->lost_folders.push_back(path);
  work->lost_reason = std::move(reason);
  pass.committer->FolderDone(std::move(work));
}

// An empty folder in the place of another that had files is taken for a mount that is missing.
bool Scanner::IsUnmounted(Pass& pass, const Root& root) {
  const auto look = LookAtRoot(root.folder);
  if (!look) return false;  // The walk says why.
  if (!pass.knows_folders) {
    pass.new_roots.emplace_back(root.folder, look->identity);
    return false;
  }
  auto state = walker_states_.front().Get();  // The other one is the committer's.
  if (!state) return false;
  auto before = (*state)->Meta(std::string(kMetaRoot) + root.folder);
  auto known = (*state)->LoadFolder(root.folder);
  if (!before || !known) return false;
  const bool had_files = *known && !(*known)->entries.empty();
  if (look->is_empty && had_files && !before->empty() && *before != look->identity && !options_.accept_empty_roots) {
    ++counts_.problems;
    pass.Note(
        fmt::format("{}: it is empty and another folder than before, as where a disk or share is not mounted; what "
                    "is known below it is kept. If it was emptied on purpose: --accept-empty",
                    root.folder));
    return true;
  }
  if (*before != look->identity) pass.new_roots.emplace_back(root.folder, look->identity);
  return false;
}

// Whether a scan of the path found something, though nothing is known of it any more.
bool Scanner::WasScanned(const std::string& path) {
  if (!parts_.log_folder.empty() && !parts_.files->Exists(parts_.log_folder)) return false;
  auto store = store_.Get();
  return store && (*store)->Latest(kKindScan, FileNode(options_.tenant, path));
}

// Files among what is known of their folder: nothing else there is gone.
void Scanner::WalkFiles(Pass& pass, const Root& root) {
  auto stored = FolderBefore(pass, 0, root.folder);
  if (!stored) return pass.Fail(stored.error());
  const auto problem = [&](const std::string& path, int error) {
    ++counts_.problems;
    pass.Note(fmt::format("{}: {}; what is known of it is kept", path, std::strerror(error)));
  };
  Listing listing;
  std::set<std::string_view> kept;  // That may be there still.
  struct stat device {};
  // Who may not list the folder may still look at what he knows is in it.
  const int fd = OpenPath(root.folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 && errno != ENOENT && errno != ENOTDIR) return problem(root.folder, errno);
  if (fd >= 0) (void)::fstat(fd, &device);
  const std::uint64_t number = (std::uint64_t{major(device.st_dev)} << 32) | minor(device.st_dev);
  for (const std::string& name : root.only) {
    if (fd < 0) break;
    Listed seen;
    if (LookAt(fd, name.c_str(), number, options_.links, seen)) {
      seen.name = name;
      listing.entries.push_back(seen);
      if (seen.kind != FileKind::kFolder) LoseFolderAt(pass, JoinPath(root.folder, name));
    } else if (errno != ENOENT) {
      problem(JoinPath(root.folder, name), errno);
      kept.insert(name);
    }
  }
  if (fd >= 0) ::close(fd);
  if (*stored) {
    for (EntryReader reader((*stored)->entries); reader.entry() != nullptr; reader.Next()) {
      const StateEntry& entry = *reader.entry();
      if (root.only.contains(entry.name) && !kept.contains(entry.name)) continue;
      listing.entries.push_back({entry.name, entry.kind, entry.stamp, 0});
    }
  }
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const Listed& a, const Listed& b) { return a.name < b.name; });
  WalkedFolder walked;
  walked.path = root.folder;
  walked.listing = &listing;
  pass.only = &root.only;
  OnFolder(pass, walked);
  pass.only = nullptr;
}

// Where a file stands now, a folder may have been a root.
void Scanner::LoseFolderAt(Pass& pass, const std::string& path) {
  auto was = FolderBefore(pass, 0, path);
  if (!was) return pass.Fail(was.error());
  if (*was && pass.committer != nullptr) LoseFolder(pass, path, "a file stands in its place");
}

// Where a folder stands now, a file may have been a root, which its folder knows.
void Scanner::LoseFileAt(Pass& pass, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash + 1 == path.size()) return;
  const std::string folder = slash == 0 ? "/" : path.substr(0, slash);
  const std::string name = path.substr(slash + 1);
  auto row = FolderBefore(pass, 0, folder);
  if (!row) return pass.Fail(row.error());
  EntryReader reader(*row ? std::string_view((*row)->entries) : std::string_view());
  while (reader.entry() != nullptr && reader.entry()->name != name) reader.Next();
  if (reader.entry() != nullptr && reader.entry()->kind != FileKind::kFolder) WalkFiles(pass, {folder, {name}});
}

void Scanner::WalkRoot(Pass& pass, const Root& root) {
  if (IsUnmounted(pass, root)) {
    pass.keeps_some = true;
    return;
  }
  if (!root.only.empty()) return WalkFiles(pass, root);
  LoseFileAt(pass, root.folder);
  WalkOptions walking = Walking();
  walking.begun_ns = pass.begun_ns;
  Walker walker(walking);
  const auto on_folder = [&](const WalkedFolder& walked) { OnFolder(pass, walked); };
  const Status walked = walker.Walk(root.folder, pass.stop, on_folder);
  if (walked.code() == StatusCode::kNotFound) {
    auto known = FolderBefore(pass, 0, root.folder);
    if (!known) return pass.Fail(known.error());
    if (!*known) {
      if (WasScanned(root.folder)) return pass.Note(walked.message() + ", which is recorded");
      ++counts_.problems;
      unknown_roots_.insert(root.folder);
      return pass.Note(walked.message() + "; nothing is known of it");
    }
    pass.Note(walked.message() + "; what was known below it is recorded as gone");
    if (pass.committer != nullptr) LoseFolder(pass, root.folder, "its root is gone");
  } else if (walked.code() == StatusCode::kUnavailable || walked.code() == StatusCode::kInvalidArgument) {
    ++counts_.problems;
    pass.keeps_some = true;
    pass.Note(walked.message());
  }
}

}  // namespace cairn
