#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

#include "cairn/cache_stats.h"

namespace cairn {

/// What each operation met beyond the memory level, which counts for itself. Any thread may call it.
class Counters {
 public:
  /// Changes the counts of an operation.
  void Add(std::size_t operation, const std::function<void(CacheOperationStats&)>& change) {
    Slot& slot = SlotOf(operation);
    const std::lock_guard lock(slot.mutex);
    change(slot.stats);
  }
  CacheOperationStats Of(std::size_t operation) {
    Slot& slot = SlotOf(operation);
    const std::lock_guard lock(slot.mutex);
    return slot.stats;
  }

 private:
  struct Slot {
    std::mutex mutex;
    CacheOperationStats stats;  ///< Guarded by mutex.
  };
  Slot& SlotOf(std::size_t operation) {
    {
      const std::shared_lock lock(mutex_);
      if (operation < slots_.size()) return slots_[operation];
    }
    const std::unique_lock lock(mutex_);
    while (slots_.size() <= operation) slots_.emplace_back();
    return slots_[operation];
  }

  std::shared_mutex mutex_;
  std::deque<Slot> slots_;  ///< Guarded by mutex_; a slot stays where it is.
};

}  // namespace cairn
