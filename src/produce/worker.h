#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cairn/status.h"
#include "produce/zygote.h"

namespace cairn {

/// One worker process at a time, made when first needed and again when it died, was killed, or has done enough. One
/// thread at a time. The zygote must outlive it.
class Worker {
 public:
  /// No two workers of one zygote have the same slot.
  Worker(Zygote& zygote, std::size_t slot) : zygote_(zygote), slot_(slot) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();

  struct Task {
    int fd = -1;  ///< The file; the caller keeps it open.
    std::string request;
  };
  struct Answer {
    Result<std::string> result;
    bool killed = false;                ///< The worker died of it, or had to be killed: the status says why.
    int kills = 0;                      ///< Of how many workers it was the end.
    std::chrono::microseconds took{0};  ///< As the worker says; until it was dead, where it was killed.
  };
  /// Hands a file to the worker. One that kills it is DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED or INTERNAL. Returns
  /// CANCELLED where `keep_going` said so, UNAVAILABLE where there is no worker; else what the job returned.
  Answer Run(const Task& task, const std::function<Status()>& keep_going = {});
  /// Several at once, answers in their order: waking each other costs broker and worker more than a short file does.
  /// Where the worker dies of one, those whose answers had not come go one by one.
  std::vector<Answer> RunAll(std::span<const Task> tasks, const std::function<Status()>& keep_going = {});

  /// Processes used up so far.
  [[nodiscard]] std::uint64_t restarts() const { return restarts_; }

 private:
  Status Begin();
  int End();
  void BeginTasks(std::size_t tasks);
  bool Send(const Task& task, bool before_others);
  Answer Receive(const std::function<Status()>& keep_going);
  // Reads all of it, or says why not.
  Status Read(char* out, std::size_t bytes, const std::function<Status()>& keep_going);
  // Waits for more bytes than those that were read.
  Status Fill(const std::function<Status()>& keep_going);
  Answer Died(const Status& why);

  using SteadyTime = std::chrono::steady_clock::time_point;

  Zygote& zygote_;
  const std::size_t slot_;
  pid_t pid_ = -1;
  int socket_ = -1;
  std::uint64_t tasks_ = 0;
  std::uint64_t restarts_ = 0;
  std::unique_ptr<char[]> received_;  // kReceiveBytes, of which these are to be read.
  std::size_t received_begin_ = 0;
  std::size_t received_end_ = 0;
  // Of the task under way.
  SteadyTime begun_;
  SteadyTime progressed_;
  std::chrono::nanoseconds total_{0};     // What all that was handed over may take.
  std::uint64_t tasks_begun_before_ = 0;  // When the last were handed over.
  std::uint64_t progress_ = 0;
};

}  // namespace cairn
