#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "scan/scanner.h"
#include "scan/watcher.h"

namespace cairn {

struct WatchOptions {
  std::chrono::milliseconds together{1};  ///< Changes that come so close are dealt with at once.
  std::chrono::seconds rescan{600};       ///< Everything is scanned again so often, whatever was heard.
  std::chrono::seconds verify{40};        ///< What changed is looked at again so long after.
  std::chrono::milliseconds look_for_stop{200};
  std::chrono::milliseconds settle{1000};  ///< A root that is another folder, or gone, for so long is scanned as it is.
};

/// Keeps a store as its trees are: scans, then follows changes, and scans again when events were lost. One thread.
class Watch {
 public:
  using OnReport = std::function<void(const ScanReport&)>;

  /// The scanner must outlive it.
  static Result<std::unique_ptr<Watch>> Open(Scanner& scanner, const WatchOptions& options);

  /// The first scan. Watches before it looks, so that nothing is missed in between.
  Result<ScanReport> Begin(const std::atomic<bool>& stop);
  /// Waits for changes and deals with them. Nothing came of it where the report has no folders.
  Result<ScanReport> Step(const std::atomic<bool>& stop);

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  Watch(Scanner& scanner, const WatchOptions& options, std::unique_ptr<Watcher> watcher)
      : scanner_(scanner), options_(options), watcher_(std::move(watcher)) {}
  Result<ScanReport> ScanAll(const std::atomic<bool>& stop);
  // Roots themselves are heard of by nobody: whether one is another than when all was scanned.
  bool HasOtherRoot(SteadyTime now);
  bool HasIgnoreFile(const TreeChanges& changes) const;
  // Watches a folder that has come, with all below it.
  Status Hear(const std::string& folder, const std::string& name);

  Scanner& scanner_;
  const WatchOptions options_;
  std::unique_ptr<Watcher> watcher_;
  std::map<std::string, SteadyTime> to_verify_;
  SteadyTime scanned_;
  struct RootState {
    std::array<std::int64_t, 4> look{};  // As `LookOf` tells.
    std::optional<SteadyTime> other_since;
  };
  std::map<std::string, RootState> roots_;
  bool has_told_limit_ = false;  // That no more can be watched, since then.
};

}  // namespace cairn
