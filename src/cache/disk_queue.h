#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "cache/disk_write.h"

namespace cairn {

/// Entries that wait to be stored on disk, the last for each place. They can be read meanwhile. Any thread may call it.
class DiskQueue {
 public:
  explicit DiskQueue(std::uint64_t bytes_max) : bytes_max_(bytes_max) {}

  /// Says whether there was room.
  bool Add(std::shared_ptr<DiskWrite> write);
  /// What waits or is being stored at a place; null: nothing.
  std::shared_ptr<const DiskWrite> Find(std::uint64_t hash);
  /// Takes some to be stored; they can still be found until `Done` or `PutBack`.
  std::vector<std::shared_ptr<DiskWrite>> Take(std::size_t rows, std::uint64_t bytes);
  void Done();
  /// They wait again, unless something newer waits in their place. Whoever waits for their leases waits no longer.
  void PutBack();
  [[nodiscard]] bool empty();
  [[nodiscard]] std::uint64_t bytes();

 private:
  using Places = std::unordered_map<std::uint64_t, std::shared_ptr<DiskWrite>>;
  const std::uint64_t bytes_max_;
  std::mutex mutex_;
  // Guarded by mutex_.
  Places waiting_;
  Places taken_;
  std::uint64_t bytes_ = 0;  ///< Of those that wait.
};

}  // namespace cairn
