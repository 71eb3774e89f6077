#pragma once

#include <chrono>
#include <cstdint>
#include <shared_mutex>

#include "base/writer_first_mutex.h"
#include "lineage/reader.h"
#include "store/embedded.h"

namespace cairn {

/// Gives a reader's lock on the views up for a moment when it was held for long, so that no commit waits.
class LockPause final : public Pause {
 public:
  /// `version` is of what is being read under the lock, which is held: what was read is of no use where it changes.
  LockPause(std::shared_lock<WriterFirstMutex>& lock, const std::uint64_t& version, const ReadHold& hold)
      : lock_(lock), version_(version), began_in_(version), hold_(hold) {}

  bool Tick() override { return Clock::now() - since_ < hold_.longest ? version_ == began_in_ : LetWritersIn(); }

  /// The same, however long it was.
  bool LetWritersIn() {
    lock_.unlock();
    if (hold_.on_pause) hold_.on_pause();
    lock_.lock();
    since_ = Clock::now();
    return version_ == began_in_;
  }
  void Release() override {
    if (lock_.owns_lock()) lock_.unlock();
  }
  bool Again() override {
    lock_.lock();
    since_ = Clock::now();
    return version_ == began_in_;
  }

 private:
  using Clock = std::chrono::steady_clock;

  std::shared_lock<WriterFirstMutex>& lock_;
  const std::uint64_t& version_;
  std::uint64_t began_in_;
  const ReadHold& hold_;
  Clock::time_point since_ = Clock::now();
};

}  // namespace cairn
