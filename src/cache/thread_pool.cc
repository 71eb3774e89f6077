#include "cache/thread_pool.h"

namespace cairn {

ThreadPool::~ThreadPool() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    dropped.swap(queue_);
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
}

bool ThreadPool::Submit(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (is_stopping_ || queue_.size() >= queue_max_) return false;
  queue_.push_back(std::move(work));
  if (waiting_ < queue_.size() && threads_.size() < threads_max_) {
    threads_.emplace_back([this] { Loop(); });
  }
  changed_.notify_one();
  return true;
}

void ThreadPool::AwaitIdle() {
  std::unique_lock lock(mutex_);
  idle_.wait(lock, [this] { return queue_.empty() && waiting_ == threads_.size(); });
}

void ThreadPool::Loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++waiting_;
    if (queue_.empty()) idle_.notify_all();
    changed_.wait(lock, [this] { return is_stopping_ || !queue_.empty(); });
    --waiting_;
    if (is_stopping_) return;
    std::function<void()> work = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work();
    work = nullptr;
    lock.lock();
  }
}

}  // namespace cairn
