#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file_system.h"
#include "scan/scanner.h"

namespace cairn {

/// How the scan of a store is, or how the last one was.
struct ScanStatus {
  bool is_running = false;
  std::int64_t pid = 0;
  std::vector<std::string> roots;
  Timestamp began;
  ScanReport report;  ///< As far as it is; `seconds` since it began.
  std::string ended;  ///< `done`, `stopped`, or why not. Empty while it runs, and where its process was killed.

  /// `running`, or how it ended.
  [[nodiscard]] std::string state() const;
};

/// `{"state","running","pid","roots","began_at","seconds","files",...}`
std::string ScanStatusJson(const ScanStatus& status);

/// What the last scan into a store says of itself. Nothing where none said anything. Returns DATA_LOSS for a file that
/// says something else.
Result<std::optional<ScanStatus>> ReadScanStatus(FileSystem& files, const std::string& state_folder);

/// Says how a scan is in `status.json` beside its state, each second and at its end, so that other processes see it.
/// What cannot be written is not told: the scan goes on.
class ScanStatusWriter {
 public:
  /// `scanner` outlives this.
  ScanStatusWriter(const Scanner& scanner, std::string state_folder);
  ScanStatusWriter(const ScanStatusWriter&) = delete;
  ScanStatusWriter& operator=(const ScanStatusWriter&) = delete;
  /// As `End`, where it was not called: `stopped`.
  ~ScanStatusWriter();
  /// Writes the last word. Call once.
  void End(const Result<ScanReport>& report);

 private:
  void Write(const ScanReport& report, const std::string& ended);
  void Stop();

  const Scanner& scanner_;
  const std::string state_folder_;
  const Timestamp began_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;  // Guarded by mutex_.
  std::unique_ptr<FileLock> lock_;
  std::thread thread_;
};

}  // namespace cairn
