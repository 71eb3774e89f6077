#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "cairn/status.h"
#include "produce/worker_limits.h"

namespace cairn {

/// A small process that forks workers. Forked itself as early as can be, so that it holds little memory and no
/// descriptors. It ends, and kills its workers, when its owner closes it or dies.
///
/// Any thread may call it.
class Zygote {
 public:
  static constexpr std::size_t kSlots = 256;

  /// `prepare` runs once in the zygote, before any worker: what opens files to initialise itself does so there.
  /// Returns UNAVAILABLE where no process can be made.
  static Result<std::unique_ptr<Zygote>> Start(WorkerJob job, const WorkerLimits& limits,
                                               std::function<void()> prepare = {});
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;
  ~Zygote();

  struct Spawned {
    pid_t pid = -1;
    int socket = -1;  ///< The caller's from here on.
  };
  /// A worker. It counts its progress in `slot` (below `kSlots`).
  Result<Spawned> Spawn(std::size_t slot);
  /// Kills the worker and waits for it. How it ended, as `waitpid` says: what killed it where it was dead already.
  Result<int> Retire(pid_t pid);

  [[nodiscard]] std::uint64_t Progress(std::size_t slot) const {
    return progress_[slot].load(std::memory_order_relaxed);
  }
  [[nodiscard]] const WorkerLimits& limits() const { return limits_; }

 private:
  Zygote(pid_t pid, int socket, std::atomic<std::uint64_t>* progress, const WorkerLimits& limits)
      : pid_(pid), socket_(socket), progress_(progress), limits_(limits) {}

  const pid_t pid_;
  const int socket_;
  std::atomic<std::uint64_t>* const progress_;  // Shared with the workers.
  const WorkerLimits limits_;
  std::mutex mutex_;  // One question to the zygote at a time.
};

}  // namespace cairn
