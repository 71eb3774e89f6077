#include "service/store_queue.h"

#include <sched.h>

#include <algorithm>

namespace cairn {
namespace {

// From here on what waits is worth reading while a commit is under way.
constexpr std::size_t kReadAheadBytes = std::size_t{64} << 10;
// How often a commit gives way to whoever brings more of what is expected.
constexpr int kGiveWay = 8;

}  // namespace

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

void StoreQueue::Wake() {
  {
    const std::lock_guard lock(mutex_);
    if (!IsDue()) return;  // Whoever ends a commit looks again.
  }
  changed_.notify_one();
}

void StoreQueue::Run() {
  std::vector<Order> orders;  // Its room is kept: each thread hands back what it took over.
  for (;;) {
    orders.clear();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return IsDue() || (is_stopping_ && waiting_.empty()); });
      if (waiting_.empty()) return;
      ++under_way_;
      Gather(lock);
      orders.swap(waiting_);
      waiting_bytes_ = 0;
    }
    if (!orders.empty()) StoreAll(orders);
    const std::lock_guard lock(mutex_);
    --under_way_;
    if (is_stopping_) changed_.notify_all();
  }
}

// A sync costs the processor as much as some ten short records: those that come while one is under way make the next
// commit, all together.
bool StoreQueue::IsDue() const { return !waiting_.empty() && (under_way_ == 0 || waiting_bytes_ >= kReadAheadBytes); }

// Whoever was answered just now asks again soon: where about half of them is not here yet and the processor has others
// to run, which may bring them, those come first.
void StoreQueue::Gather(std::unique_lock<std::mutex>& lock) {
  for (int i = 0; i < kGiveWay && 2 * waiting_.size() < expected_; ++i) {
    lock.unlock();
    ::sched_yield();
    lock.lock();
  }
  // Falls slowly, so that one short commit among long ones is not the new measure.
  constexpr std::size_t kMemory = 32;
  expected_ = std::max(waiting_.size(), expected_ - (expected_ + kMemory - 1) / kMemory);
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
