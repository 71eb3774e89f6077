#include "cache/thread_number.h"

#include <pthread.h>

#include <atomic>
#include <bit>
#include <cstdint>

namespace cairn {
namespace {

static_assert(ThreadNumber::kThreadsMax == 64, "a bit for each");
constinit std::atomic<std::uint64_t> taken = 0;

/// What the thread before did with the number is seen by the thread that has it next.
int TakeFree() {
  std::uint64_t now = taken.load(std::memory_order_relaxed);
  while (~now != 0) {
    const int number = std::countr_one(now);
    if (taken.compare_exchange_weak(now, now | (1ULL << number), std::memory_order_acq_rel)) return number;
  }
  return ThreadNumber::kNone;
}

struct Giver {
  int number = ThreadNumber::kNone;
  Giver() = default;
  Giver(const Giver&) = delete;
  Giver& operator=(const Giver&) = delete;
  ~Giver() {
    if (number != ThreadNumber::kNone) taken.fetch_and(~(1ULL << number), std::memory_order_release);
  }
};

thread_local Giver giver;

void KeepOwnAlone() {
  taken.store(giver.number == ThreadNumber::kNone ? 0 : 1ULL << giver.number, std::memory_order_relaxed);
}

}  // namespace

int ThreadNumber::Taken() { return std::popcount(taken.load(std::memory_order_relaxed)); }

int ThreadNumber::Take() {
  static const int at_fork = pthread_atfork(nullptr, nullptr, KeepOwnAlone);
  (void)at_fork;
  giver.number = TakeFree();
  return mine_ = giver.number;
}

}  // namespace cairn
