#pragma once

#include <atomic>
#include <ctime>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scan/committer.h"
#include "scan/scanner.h"

namespace cairn {

/// In the state, before the path of a root: which folder it was (RootLook).
inline constexpr std::string_view kMetaRoot = "root ";

/// The kernel's own clock, by which it stamps new files: no injected one.
inline std::int64_t FilesNow() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

/// One run over roots or a folder.
struct Scanner::Pass {
  static constexpr std::size_t kNotesMax = 20;

  const std::atomic<bool>& stop;
  std::int64_t begun_ns = FilesNow();
  bool knows_folders = true;             // The state has some.
  std::atomic<bool> keeps_some = false;  // Something could not be looked at: what is known of it is kept.
  Committer* committer = nullptr;        // Null in a dry run.
  bool* is_recorded = nullptr;           // Of a scan of the whole, which is recorded too: whether it is already.
  const WouldRead* would_read = nullptr;
  const std::set<std::string, std::less<>>* only = nullptr;  // As in CompareOptions.
  std::mutex mutex{};
  std::vector<std::pair<std::string, std::string>> new_roots{};  // With their identity.
  std::vector<std::string> notes{};                              // Guarded by mutex.
  Status status{};                                               // Guarded by mutex.

  void Note(std::string text) {
    const std::lock_guard lock(mutex);
    if (notes.size() < kNotesMax) notes.push_back(std::move(text));
  }
  void Fail(const Status& failed) {
    const std::lock_guard lock(mutex);
    if (status.ok()) status = failed;
  }
};

}  // namespace cairn
