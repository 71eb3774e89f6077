#include "cache/readers.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

namespace cairn {
namespace {

long Membarrier(int command) { return ::syscall(SYS_membarrier, command, 0, 0); }

}  // namespace

Readers::Readers() : has_barrier_(Membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0) {}

Readers::~Readers() {
  for (const Waiting& one : waiting_) one.gone.free(one.gone.at);
}

void Readers::Free(const std::vector<Gone>& gone, std::size_t bytes_max) {
  if (gone.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t epoch = epoch_.load(std::memory_order_relaxed);
    for (const Gone& one : gone) {
      waiting_.push_back({one, epoch});
      waiting_bytes_ += one.bytes;
    }
    if (waiting_.size() < still_read_ + kWaitingMax &&
        waiting_bytes_ <= std::min(still_read_bytes_ + bytes_max, kBoundsAwaited * bytes_max))
      return;
  }
  while (FreeSome() > kBoundsAwaited * bytes_max) ::sched_yield();
}

void Readers::FreeAll() {
  while (FreeSome() != 0) ::sched_yield();
}

std::size_t Readers::FreeSome() {
  std::vector<Waiting> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(waiting_);
    waiting_bytes_ = 0;
    epoch_.fetch_add(1, std::memory_order_acq_rel);
  }
  if (taken.empty()) return 0;
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  if (has_barrier_) {
    // From here on a reader's place tells that it reads, or it sees that what was taken out is gone.
    Membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
    for (const Place& place : places_) {
      const std::uint64_t began = place.began.load(std::memory_order_acquire);
      if (began != kNotReading) oldest = std::min(oldest, began);
    }
  }
  const auto still = std::partition(taken.begin(), taken.end(), [&](const Waiting& one) { return one.epoch < oldest; });
  for (auto at = taken.begin(); at != still; ++at) at->gone.free(at->gone.at);
  const std::lock_guard lock(mutex_);
  for (auto at = still; at != taken.end(); ++at) {
    waiting_.push_back(*at);
    waiting_bytes_ += at->gone.bytes;
  }
  still_read_ = waiting_.size();
  still_read_bytes_ = waiting_bytes_;
  return waiting_bytes_;
}

}  // namespace cairn
