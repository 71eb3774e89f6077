#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace cairn {

/// Hits by operation and what they saved, counted by many threads: each writes where few others do, so that the line
/// does not wander between processors. Any thread may call it.
class HitCounts {
 public:
  /// Operations beyond these are not counted here.
  static constexpr std::size_t kOperationsMax = 512;

  void Add(std::size_t operation, std::int64_t saved_ns) {
    Count& count = stripes_[StripeOfThread()].counts[operation];
    count.hits.fetch_add(1, std::memory_order_relaxed);
    count.saved_ns.fetch_add(static_cast<std::uint64_t>(saved_ns), std::memory_order_relaxed);
  }

  struct Sum {
    std::uint64_t hits = 0;
    std::uint64_t saved_ns = 0;
  };
  [[nodiscard]] Sum Of(std::size_t operation) const {
    Sum sum;
    if (operation >= kOperationsMax) return sum;
    for (std::size_t i = 0; i < kStripes; ++i) {
      const Count& count = stripes_[i].counts[operation];
      sum.hits += count.hits.load(std::memory_order_relaxed);
      sum.saved_ns += count.saved_ns.load(std::memory_order_relaxed);
    }
    return sum;
  }

 private:
  static constexpr std::size_t kStripes = 16;
  struct Count {
    std::atomic<std::uint64_t> hits = 0;
    std::atomic<std::uint64_t> saved_ns = 0;
  };
  struct alignas(64) Stripe {
    std::array<Count, kOperationsMax> counts;
  };
  static std::size_t StripeOfThread() {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t stripe = threads.fetch_add(1, std::memory_order_relaxed) % kStripes;
    return stripe;
  }

  const std::unique_ptr<Stripe[]> stripes_ = std::make_unique<Stripe[]>(kStripes);
};

}  // namespace cairn
