#include "scan/watch.h"

#include <sys/stat.h>

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

}  // namespace

Result<std::unique_ptr<Watch>> Watch::Open(Scanner& scanner, const WatchOptions& options) {
  auto watcher = Watcher::Open();
  if (!watcher) return watcher.error();
  return std::unique_ptr<Watch>(new Watch(scanner, options, std::move(*watcher)));
}

Result<ScanReport> Watch::ScanAll(const std::atomic<bool>& stop) {
  std::vector<std::string> notes;
  for (const std::string& root : scanner_.options().roots) {
    const Status added = watcher_->AddTree(root, scanner_.Walking());
    if (added.code() == StatusCode::kResourceExhausted) notes.push_back(added.message());
  }
  to_verify_.clear();
  auto report = scanner_.Scan(stop);
  scanned_ = SteadyClock::now();
  if (report) report->notes.insert(report->notes.end(), notes.begin(), notes.end());
  return report;
}

Result<ScanReport> Watch::Begin(const std::atomic<bool>& stop) { return ScanAll(stop); }

Result<ScanReport> Watch::Step(const std::atomic<bool>& stop) {
  TreeChanges changes = watcher_->Wait(options_.look_for_stop, options_.together);
  const SteadyTime now = SteadyClock::now();
  if (changes.has_overflow || now - scanned_ >= options_.rescan) return ScanAll(stop);
  ScanReport sum;
  for (const auto& [folder, changed] : changes.folders) {
    if (stop) break;
    for (const std::string& name : changed.names) {
      // Nothing happens where it is no folder. Before it is scanned, so that what comes later is heard.
      struct stat seen {};
      const std::string path = folder + "/" + name;
      if (::lstat(path.c_str(), &seen) == 0 && S_ISDIR(seen.st_mode)) {
        (void)watcher_->AddTree(path, scanner_.Walking());
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
