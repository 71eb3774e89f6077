#include "service/store_queue.h"

#include <algorithm>

namespace cairn {

StoreQueue::StoreQueue(Repository& repository, const Options& options) : repository_(repository), options_(options) {
  for (std::size_t i = 0; i < std::max<std::size_t>(1, options.threads); ++i) threads_.emplace_back([this] { Run(); });
}

StoreQueue::~StoreQueue() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool StoreQueue::Add(std::span<const std::string_view> jsons, Done done) {
  Order order{jsons, 0, std::move(done)};
  for (const std::string_view json : jsons) order.bytes += json.size();
  {
    const std::lock_guard lock(mutex_);
    // What is larger than the bound is taken where nothing else waits.
    if (waiting_bytes_ != 0 && waiting_bytes_ + order.bytes > options_.bytes_max) return false;
    waiting_bytes_ += order.bytes;
    waiting_.push_back(std::move(order));
  }
  return true;
}

void StoreQueue::Run() {
  std::vector<Order> orders;  // Its room is kept: each thread hands back what it took over.
  for (;;) {
    orders.clear();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return !waiting_.empty() || is_stopping_; });
      if (waiting_.empty()) return;
      orders.swap(waiting_);
      waiting_bytes_ = 0;
    }
    StoreAll(orders);
  }
}

void StoreQueue::StoreAll(const std::vector<Order>& orders) {
  std::vector<std::string_view> jsons;
  std::size_t count = 0;
  for (const Order& order : orders) count += order.jsons.size();
  jsons.reserve(count);
  for (const Order& order : orders) jsons.insert(jsons.end(), order.jsons.begin(), order.jsons.end());
  std::vector<Result<Stored>> results = repository_.BulkStore(jsons);
  const auto tell_all = [&] {
    Results rest = results;
    for (const Order& order : orders) {
      const std::size_t own = order.jsons.size();
      order.done(rest.first(own));
      rest = rest.subspan(own);
    }
  };
  if (options_.around_done) {
    options_.around_done(std::cref(tell_all));
  } else {
    tell_all();
  }
}

}  // namespace cairn
