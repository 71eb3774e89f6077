#include "server/resume_queue.h"

#include <algorithm>
#include <boost/asio/post.hpp>

namespace cairn {

thread_local ResumeTogether* ResumeTogether::current = nullptr;

void ResumeQueue::Add(std::unique_ptr<Parked> parked) {
  const auto self = shared_from_this();  // What goes on may be the last that the thread had to do.
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    waiting_.push_back(std::move(parked));
  }
  if (ResumeTogether::current == nullptr) return Wake();
  auto& queues = ResumeTogether::current->queues_;
  const auto is_this = [this](const auto& queue) { return queue.get() == this; };
  if (std::none_of(queues.begin(), queues.end(), is_this)) queues.push_back(self);
}

void ResumeQueue::Wake() {
  const std::lock_guard lock(mutex_);
  if (is_awake_ || is_closed_ || waiting_.empty()) return;
  is_awake_ = true;
  boost::asio::post(context_, [self = shared_from_this()] { self->GoOn(); });
}

void ResumeQueue::GoOn() {
  {
    const std::lock_guard lock(mutex_);
    is_awake_ = false;
    going_.swap(waiting_);
  }
  for (const auto& parked : going_) parked->GoOn();
  going_.clear();
}

void ResumeQueue::Close() {
  std::vector<std::unique_ptr<Parked>> dropped;
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  dropped.swap(waiting_);
}

ResumeTogether::ResumeTogether() { current = this; }

ResumeTogether::~ResumeTogether() {
  current = nullptr;
  for (const auto& queue : queues_) queue->Wake();
}

}  // namespace cairn
