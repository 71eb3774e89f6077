#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

#include "cache/thread_number.h"

namespace cairn {

/// Lets threads read what others take out and free, without a lock and without a locked instruction: epochs (Fraser,
/// "Practical lock-freedom", 2004). A reader says in a place of its own when it begins and ends. Who frees lets the
/// kernel put a memory barrier into each running thread (membarrier(2)) and then looks who reads still; so the barrier
/// costs those who free, who are few, and not those who read. Any thread may call it.
class Readers {
 public:
  Readers();
  Readers(const Readers&) = delete;
  Readers& operator=(const Readers&) = delete;
  /// Requires that nobody reads.
  ~Readers();

  /// A piece of reading: short, not nested, waits for nothing.
  class Reading {
   public:
    /// Requires that `thread` is what `Thread` gave to this thread, and not `kNone`.
    Reading(Readers& readers, int thread) : place_(readers.places_[static_cast<std::size_t>(thread)].began) {
      place_.store(readers.epoch_.load(std::memory_order_acquire), std::memory_order_release);
      // The other half of the barrier is the kernel's.
      std::atomic_signal_fence(std::memory_order_seq_cst);
    }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    ~Reading() { place_.store(kNotReading, std::memory_order_release); }

   private:
    std::atomic<std::uint64_t>& place_;
  };
  /// The calling thread's number for `Reading`; `ThreadNumber::kNone`: it has to use a lock.
  [[nodiscard]] int Thread() const { return has_barrier_ ? ThreadNumber::Mine() : ThreadNumber::kNone; }

  /// What no reader that begins now can reach, but one that began before may still read.
  struct Gone {
    void* at = nullptr;
    void (*free)(void*) = nullptr;
    std::size_t bytes = 0;
  };
  /// Frees it once nobody can be reading it, in this call or a later one: many together, or once more than `bytes_max`
  /// wait. Where readers keep more than four times as many, it awaits them. Call it under no lock.
  void Free(const std::vector<Gone>& gone, std::size_t bytes_max);
  /// Awaits readers and frees all that waits.
  void FreeAll();

 private:
  static constexpr std::uint64_t kNotReading = 0;
  static constexpr std::size_t kWaitingMax = 64;
  static constexpr std::size_t kBoundsAwaited = 4;

  struct alignas(64) Place {
    std::atomic<std::uint64_t> began = kNotReading;
  };
  struct Waiting {
    Gone gone;
    std::uint64_t epoch = 0;  ///< Readers that began later never saw it.
  };
  /// Frees what nobody can be reading of what waits; says how many bytes wait still.
  std::size_t FreeSome();

  const bool has_barrier_;
  std::atomic<std::uint64_t> epoch_ = kNotReading + 1;
  std::array<Place, ThreadNumber::kThreadsMax> places_;

  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  /// What could not be freed the last time, so that it is not tried anew at each call.
  std::size_t still_read_ = 0;
  std::size_t still_read_bytes_ = 0;
};

}  // namespace cairn
