#pragma once

#include <sys/mman.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <new>
#include <span>

#include "lineage/adjacency.h"

namespace cairn {

/// When anything was last said about nodes, so that an answer about some of them may be given again while it holds.
/// Nodes share a fixed number of places: it takes no more room as they grow, and two that share one count as touched
/// both. One writes, others may read; a lock around both says in which order.
class TouchMarks {
 public:
  static constexpr std::uint32_t kPlaces = 1U << 16;
  static std::uint16_t PlaceOf(NodeNumber node) { return static_cast<std::uint16_t>(node % kPlaces); }

  /// A number that grows with each batch of changes.
  [[nodiscard]] std::uint64_t now() const { return now_.load(std::memory_order_relaxed); }
  /// What is touched from here on is later than whatever `now` said.
  void Advance() { now_.store(now() + 1, std::memory_order_relaxed); }
  void Touch(NodeNumber node) { at_[PlaceOf(node)].store(now(), std::memory_order_relaxed); }
  /// Every node counts as touched, and numbers may mean other nodes.
  void TouchAll() {
    Advance();
    all_.store(now(), std::memory_order_relaxed);
  }
  /// Whether one of them was touched after `now` said `mark`.
  [[nodiscard]] bool TouchedSince(std::uint64_t mark, std::span<const std::uint16_t> places) const {
    if (all_.load(std::memory_order_relaxed) > mark) return true;
    for (const std::uint16_t place : places) {
      if (at_[place].load(std::memory_order_relaxed) > mark) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kBytes = kPlaces * sizeof(std::atomic<std::uint64_t>);
  struct Unmap {
    void operator()(void* memory) const { ::munmap(memory, kBytes); }
  };

  std::atomic<std::uint64_t> now_{0};
  std::atomic<std::uint64_t> all_{0};
  // Zeros that the system gives: what is never touched takes no memory, and opening a store does not pay for it.
  const std::unique_ptr<std::atomic<std::uint64_t>[], Unmap> at_ = [] {
    void* zeros = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (zeros == MAP_FAILED) throw std::bad_alloc();
    return std::unique_ptr<std::atomic<std::uint64_t>[], Unmap>(static_cast<std::atomic<std::uint64_t>*>(zeros));
  }();
};

}  // namespace cairn
