#include "cache/redis_loop.h"

#include <utility>

namespace cairn {

RedisLoop::RedisLoop(std::function<std::chrono::milliseconds()> step)
    : step_(std::move(step)), thread_([this] { Run(); }) {}

RedisLoop::~RedisLoop() {
  {
    const std::lock_guard lock(mutex_);
    is_ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void RedisLoop::Wake() {
  const std::lock_guard lock(mutex_);
  is_woken_ = true;
  changed_.notify_all();
}

void RedisLoop::Run() {
  std::unique_lock lock(mutex_);
  while (!is_ending_) {
    is_woken_ = false;
    lock.unlock();
    const std::chrono::milliseconds pause = step_();
    lock.lock();
    const auto woken = [this] { return is_woken_ || is_ending_; };
    if (pause == kUntilWoken) {
      changed_.wait(lock, woken);
    } else {
      changed_.wait_for(lock, pause, woken);
    }
  }
}

}  // namespace cairn
