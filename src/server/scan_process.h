#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// `cairn scan` as a process of its own, one at a time: a scan forks workers, which a process with threads must not,
/// and what a file does to it does nothing to those who ask. Any thread may call it.
class ScanProcess {
 public:
  /// `program` is run with the arguments of `Start`; empty: the program that runs now.
  explicit ScanProcess(std::string program = {});
  ScanProcess(const ScanProcess&) = delete;
  ScanProcess& operator=(const ScanProcess&) = delete;
  /// Ends what runs, as an interrupt does.
  ~ScanProcess();

  /// How the last one ended.
  struct Ended {
    int code = 0;
    std::string said;   ///< Its standard output: the report.
    std::string wrong;  ///< The end of its standard error.
  };
  /// Returns ALREADY_EXISTS while one runs, UNAVAILABLE where no process can be made.
  Status Start(const std::vector<std::string>& arguments);
  /// What is under way ends, the rest is left for the next scan. False where none runs.
  bool Interrupt();
  [[nodiscard]] bool is_running();
  [[nodiscard]] std::optional<Ended> ended();

 private:
  void Attend(pid_t pid, int out, int err);

  const std::string program_;
  std::mutex mutex_;
  // Guarded by mutex_.
  pid_t pid_ = 0;  // 0: none runs.
  std::optional<Ended> ended_;

  std::mutex thread_mutex_;
  std::thread thread_;  // Guarded by thread_mutex_.
};

}  // namespace cairn
