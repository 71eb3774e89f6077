#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>

namespace cairn {

/// Work that runs elsewhere is done only while what it works on lives, and keeps it from ending meanwhile. Any thread
/// may call it.
class Liveness : public std::enable_shared_from_this<Liveness> {
 public:
  /// The work, to be run at any time: it is nothing once `End` was called.
  std::function<void()> Guard(std::function<void()> work) {
    return [self = shared_from_this(), work = std::move(work)] {
      {
        const std::lock_guard lock(self->mutex_);
        if (self->has_ended_) return;
        ++self->running_;
      }
      work();
      const std::lock_guard lock(self->mutex_);
      if (--self->running_ == 0) self->idle_.notify_all();
    };
  }
  /// Waits for what runs; nothing begins any more.
  void End() {
    std::unique_lock lock(mutex_);
    has_ended_ = true;
    idle_.wait(lock, [this] { return running_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable idle_;
  // Guarded by mutex_.
  int running_ = 0;
  bool has_ended_ = false;
};

}  // namespace cairn
