#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "cli/progress_line.h"
#include "cli/session.h"
#include "scan/scanner.h"

namespace cairn {

/// Tells how far a scan is while it runs, on standard error: a line that is written anew, on a terminal; or for
/// programs an object a line, one each second.
class ScanDisplay {
 public:
  enum class Form { kLine, kEvents };

  /// Session and scanner must outlive it; nobody else writes to standard error meanwhile.
  ScanDisplay(Session& session, const Scanner& scanner, Form form);
  ScanDisplay(const ScanDisplay&) = delete;
  ScanDisplay& operator=(const ScanDisplay&) = delete;
  ~ScanDisplay();

 private:
  void Show();

  Session& session_;
  const Scanner& scanner_;
  const Form form_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
  ProgressLine line_;
  std::mutex mutex_;
  std::condition_variable ended_;
  bool is_ended_ = false;  // Guarded by mutex_.
  std::thread thread_;
};

}  // namespace cairn
