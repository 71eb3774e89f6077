#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "scan/scanner.h"
#include "scan/watcher.h"

namespace cairn {

struct WatchOptions {
  std::chrono::milliseconds together{1};  ///< Changes that come so close are dealt with at once.
  std::chrono::seconds rescan{600};       ///< Everything is scanned again so often, whatever was heard.
  std::chrono::seconds verify{40};        ///< What changed is looked at again so long after.
  std::chrono::milliseconds look_for_stop{200};
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

  Scanner& scanner_;
  const WatchOptions options_;
  std::unique_ptr<Watcher> watcher_;
  std::map<std::string, SteadyTime> to_verify_;
  SteadyTime scanned_;
};

}  // namespace cairn
