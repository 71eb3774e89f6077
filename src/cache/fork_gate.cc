#include "cache/fork_gate.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <mutex>
#include <vector>

namespace cairn {

/// All gates of the process. Forks are the process's affair, so this is a thing of the process: it is never destroyed.
struct ForkGates {
  std::mutex mutex;
  std::vector<ForkGate*> gates;

  static ForkGates& Get() {
    static ForkGates* const all = [] {
      auto* made = new ForkGates;
      pthread_atfork([] { Get().Before(); }, [] { Get().After(); },
                     [] {
                       ForkGate::forks_seen_.fetch_add(1, std::memory_order_relaxed);
                       Get().After();
                     });
      return made;
    }();
    return *all;
  }
  void Before() {
    mutex.lock();
    for (ForkGate* gate : gates) gate->Close();
  }
  void After() {
    for (ForkGate* gate : gates) gate->Open();
    mutex.unlock();
  }
};

std::atomic<std::uint64_t> ForkGate::forks_seen_ = 0;

namespace {

// From the start: whoever asks for the forks seen need not have a gate.
[[maybe_unused]] const ForkGates& kCountsForks = ForkGates::Get();

}  // namespace

ForkGate::ForkGate() : forks_(forks_seen()) {
  ForkGates& all = ForkGates::Get();
  const std::lock_guard lock(all.mutex);
  all.gates.push_back(this);
}

ForkGate::~ForkGate() {
  ForkGates& all = ForkGates::Get();
  const std::lock_guard lock(all.mutex);
  std::erase(all.gates, this);
}

void ForkGate::Enter() {
  for (;;) {
    inside_.fetch_add(1, std::memory_order_seq_cst);
    if (!is_closed_.load(std::memory_order_seq_cst)) return;
    inside_.fetch_sub(1, std::memory_order_release);
    while (is_closed_.load(std::memory_order_acquire)) ::sched_yield();
  }
}

void ForkGate::Close() {
  is_closed_.store(true, std::memory_order_seq_cst);
  while (inside_.load(std::memory_order_seq_cst) != 0) ::sched_yield();
}

}  // namespace cairn
