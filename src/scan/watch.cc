#include "scan/watch.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

#include "scan/file_name.h"

namespace cairn {
namespace {

using SteadyClock = std::chrono::steady_clock;

void Add(ScanReport& sum, const ScanReport& more) {
  sum.folders += more.folders;
  sum.unchanged += more.unchanged;
  sum.to_read += more.to_read;
  sum.read += more.read;
  sum.added += more.added;
  sum.changed += more.changed;
  sum.same += more.same;
  sum.removed += more.removed;
  sum.renamed += more.renamed;
  sum.extracted += more.extracted;
  sum.reused += more.reused;
  sum.problems += more.problems;
  sum.ignored += more.ignored;
  sum.bytes_hashed += more.bytes_hashed;
  sum.records += more.records;
  sum.seconds += more.seconds;
  sum.stopped = more.stopped;
  sum.notes.insert(sum.notes.end(), more.notes.begin(), more.notes.end());
}

// Which folder it is; of a file also whether it was written. All 0 where there is none.
std::array<std::int64_t, 4> LookOf(const std::string& root, bool* is_file) {
  struct statx seen {};
  *is_file = false;
  constexpr unsigned kWanted = STATX_TYPE | STATX_INO | STATX_SIZE | STATX_MTIME | STATX_BTIME;
  if (::statx(AT_FDCWD, root.c_str(), 0, kWanted, &seen) != 0) return {};
  *is_file = !S_ISDIR(seen.stx_mode);
  const auto inode = static_cast<std::int64_t>(seen.stx_ino);
  const auto ns = [](const statx_timestamp& time) { return time.tv_sec * 1'000'000'000 + time.tv_nsec; };
  // An inode may be given again at once; when it was born tells it apart.
  const auto born = ns(seen.stx_btime);
  const auto device = (std::int64_t{seen.stx_dev_major} << 32) | seen.stx_dev_minor;
  if (!*is_file) return {device, inode, born, 0};
  return {device, inode, ns(seen.stx_mtime), static_cast<std::int64_t>(seen.stx_size)};
}

}  // namespace

Result<std::unique_ptr<Watch>> Watch::Open(Scanner& scanner, const WatchOptions& options) {
  auto watcher = Watcher::Open();
  if (!watcher) return watcher.error();
  return std::unique_ptr<Watch>(new Watch(scanner, options, std::move(*watcher)));
}

Result<ScanReport> Watch::ScanAll(const std::atomic<bool>& stop) {
  std::vector<std::string> notes;
  for (const std::string& root : scanner_.options().roots) {
    bool is_file = false;
    roots_[root] = {LookOf(root, &is_file), std::nullopt};
    const Status added = watcher_->AddTree(root, scanner_.Walking());
    if (added.code() == StatusCode::kResourceExhausted) notes.push_back(added.message());
  }
  auto report = scanner_.Scan(stop);
  scanned_ = SteadyClock::now();
  has_told_limit_ = !notes.empty();
  if (report) report->notes.insert(report->notes.end(), notes.begin(), notes.end());
  return report;
}

Status Watch::Hear(const std::string& folder, const std::string& name) {
  for (const std::string& root : scanner_.options().roots) {
    if (!IsInside(folder, root)) continue;
    if (Status added = watcher_->AddBelow(root, folder, name, scanner_.Walking()); !added.ok()) return added;
  }
  return Status::Ok();
}

bool Watch::HasOtherRoot(SteadyTime now) {
  for (auto& [root, state] : roots_) {
    bool is_file = false;
    if (LookOf(root, &is_file) == state.look) {
      state.other_since.reset();
      continue;
    }
    if (is_file) return true;
    // It may only be away while something else comes to its place.
    if (!state.other_since) state.other_since = now;
    if (now - *state.other_since >= options_.settle) return true;
  }
  return false;
}

// What it says holds for all that is below its folder.
bool Watch::HasIgnoreFile(const TreeChanges& changes) const {
  const std::vector<std::string>& files = scanner_.options().ignore_files;
  return std::any_of(changes.folders.begin(), changes.folders.end(), [&](const auto& folder) {
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string& name) { return folder.second.names.contains(name); });
  });
}

Result<ScanReport> Watch::Begin(const std::atomic<bool>& stop) { return ScanAll(stop); }

Result<ScanReport> Watch::Step(const std::atomic<bool>& stop) {
  TreeChanges changes = watcher_->Wait(options_.look_for_stop, options_.together);
  const SteadyTime now = SteadyClock::now();
  const bool is_due = changes.has_overflow || now - scanned_ >= options_.rescan;
  if (is_due || HasOtherRoot(now) || HasIgnoreFile(changes)) return ScanAll(stop);
  ScanReport sum;
  for (const auto& [folder, changed] : changes.folders) {
    if (stop) break;
    for (const std::string& name : changed.names) {
      // Nothing happens where it is no folder. Before it is scanned, so that what comes later is heard.
      struct stat seen {};
      const std::string path = folder + "/" + name;
      if (::lstat(path.c_str(), &seen) == 0 && S_ISDIR(seen.st_mode)) {
        const Status added = Hear(folder, name);
        if (added.code() == StatusCode::kResourceExhausted && !std::exchange(has_told_limit_, true)) {
          sum.notes.push_back(added.message());
        }
      }
    }
    auto report = scanner_.ScanFolder(folder, &changed, stop);
    if (!report) return report;
    Add(sum, *report);
    to_verify_[folder] = now + options_.verify;
  }
  for (auto at = to_verify_.begin(); at != to_verify_.end() && !stop;) {
    if (at->second > now) {
      ++at;
      continue;
    }
    auto report = scanner_.ScanFolder(at->first, nullptr, stop);
    if (!report) return report;
    Add(sum, *report);
    at = to_verify_.erase(at);
  }
  return sum;
}

}  // namespace cairn
