#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "cache/thread_number.h"

namespace cairn {

/// Hits by operation and what they saved, counted by many threads: each in a place of its own, without a locked
/// instruction. Any thread may call it.
class HitCounts {
 public:
  /// Operations beyond these are not counted here.
  static constexpr std::size_t kOperationsMax = 512;

  HitCounts() = default;
  HitCounts(const HitCounts&) = delete;
  HitCounts& operator=(const HitCounts&) = delete;
  ~HitCounts() {
    for (const std::atomic<Place*>& place : places_) delete place.load();
  }

  /// Requires `operation` less than `kOperationsMax`, and the calling thread's own number.
  void Add(int thread, std::size_t operation, std::int64_t saved_ns) {
    Place* place = places_[static_cast<std::size_t>(thread)].load(std::memory_order_relaxed);
    if (place == nullptr) [[unlikely]] {
      place = new Place;
      places_[static_cast<std::size_t>(thread)].store(place, std::memory_order_release);
    }
    Count& count = (*place)[operation];
    // Nobody else writes here.
    count.hits.store(count.hits.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    count.saved_ns.store(count.saved_ns.load(std::memory_order_relaxed) + static_cast<std::uint64_t>(saved_ns),
                         std::memory_order_relaxed);
  }

  struct Sum {
    std::uint64_t hits = 0;
    std::uint64_t saved_ns = 0;
  };
  [[nodiscard]] Sum Of(std::size_t operation) const {
    Sum sum;
    if (operation >= kOperationsMax) return sum;
    for (const std::atomic<Place*>& at : places_) {
      const Place* place = at.load(std::memory_order_acquire);
      if (place == nullptr) continue;
      sum.hits += (*place)[operation].hits.load(std::memory_order_relaxed);
      sum.saved_ns += (*place)[operation].saved_ns.load(std::memory_order_relaxed);
    }
    return sum;
  }

 private:
  struct Count {
    std::atomic<std::uint64_t> hits = 0;
    std::atomic<std::uint64_t> saved_ns = 0;
  };
  using Place = std::array<Count, kOperationsMax>;

  std::array<std::atomic<Place*>, ThreadNumber::kThreadsMax> places_{};
};

}  // namespace cairn
