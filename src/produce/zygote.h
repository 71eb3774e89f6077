#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "cairn/status.h"
#include "produce/worker_limits.h"
#include "produce/worker_signs.h"

namespace cairn {

/// A small process that forks workers. Forked itself as early as can be, so that it holds little memory and no
/// descriptors. It ends, and kills its workers, when its owner closes it or dies.
///
/// Any thread may call it.
class Zygote {
 public:
  static constexpr std::size_t kSlots = 256;

  /// `prepare` runs once in the zygote, before any worker: what opens files to initialise itself does so there.
  /// `ahead`: workers, of slots from 0 on, that are made at once, while the owner does something else.
  /// Returns UNAVAILABLE where no process can be made.
  static Result<std::unique_ptr<Zygote>> Start(WorkerJob job, const WorkerLimits& limits,
                                               std::function<void()> prepare = {}, std::size_t ahead = 0);
  Zygote(const Zygote&) = delete;
  Zygote& operator=(const Zygote&) = delete;
  ~Zygote();

  struct Spawned {
    pid_t pid = -1;
    int socket = -1;  ///< The caller's from here on.
  };
  /// A worker. Its signs are those of `slot` (below `kSlots`).
  Result<Spawned> Spawn(std::size_t slot);
  /// Kills the worker and waits for it. How it ended, as `waitpid` says: what killed it where it was dead already.
  Result<int> Retire(pid_t pid);
  /// Tells it to end, with all its workers, and does not wait: the destructor does. No worker is made any more.
  void Close();

  [[nodiscard]] std::uint64_t Progress(std::size_t slot) const {
    return signs_[slot].progress.load(std::memory_order_relaxed);
  }
  /// Tasks that workers of this slot have begun.
  [[nodiscard]] std::uint64_t Begun(std::size_t slot) const {
    return signs_[slot].begun.load(std::memory_order_relaxed);
  }
  [[nodiscard]] const WorkerLimits& limits() const { return limits_; }

 private:
  Zygote(pid_t pid, int socket, WorkerSigns* signs, const WorkerLimits& limits)
      : pid_(pid), signs_(signs), limits_(limits), socket_(socket) {}
  Result<Spawned> TakeSpawned();
  // Whatever it does, it does not answer: it is killed, and no worker is made any more.
  Status Lose();
  // Reads what it answers for the workers made ahead, up to that slot.
  void TakeAhead(std::size_t slot);

  const pid_t pid_;
  WorkerSigns* const signs_;  // Shared with the workers.
  const WorkerLimits limits_;
  std::mutex mutex_;  // One question to the zygote at a time.
  // Guarded by mutex_.
  int socket_;
  std::size_t ahead_ = 0;        // Slots below it were asked for at the start,
  std::size_t ahead_taken_ = 0;  // below that the answer was read.
  std::map<std::size_t, Result<Spawned>> made_ahead_;
};

}  // namespace cairn
