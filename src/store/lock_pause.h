#pragma once

#include <chrono>
#include <cstdint>
#include <shared_mutex>

#include "base/writer_first_mutex.h"
#include "lineage/reader.h"

namespace cairn {

/// Gives a reader's lock on the views up for a moment when it was held for long, so that no commit waits.
class LockPause final : public Pause {
 public:
  /// `epoch` is that of the state under the lock, which is held.
  LockPause(std::shared_lock<WriterFirstMutex>& lock, const std::uint64_t& epoch)
      : lock_(lock), epoch_(epoch), began_in_(epoch) {}

  bool Tick() override {
    if (Clock::now() - since_ < kHeldMax) return true;
    lock_.unlock();
    lock_.lock();
    since_ = Clock::now();
    return epoch_ == began_in_;
  }
  void Release() override {
    if (lock_.owns_lock()) lock_.unlock();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::microseconds kHeldMax{300};

  std::shared_lock<WriterFirstMutex>& lock_;
  const std::uint64_t& epoch_;
  std::uint64_t began_in_;
  Clock::time_point since_ = Clock::now();
};

}  // namespace cairn
