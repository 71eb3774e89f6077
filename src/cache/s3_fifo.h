#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <unordered_map>

namespace cairn {

/// What the policy keeps of an entry: its owner derives from it or holds one.
struct S3FifoNode {
  S3FifoNode* newer = nullptr;
  S3FifoNode* older = nullptr;
  std::uint64_t weight = 0;
  std::uint64_t hash = 0;
  /// Since it came into its queue, at most 3. Uses at one time may count as one.
  std::atomic<std::uint8_t> uses = 0;
  bool is_main = false;
};

/// Hashes of what was evicted lately, the oldest forgotten first.
class GhostQueue {
 public:
  explicit GhostQueue(std::uint64_t weight_max) : weight_max_(weight_max) {}
  void Add(std::uint64_t hash, std::uint64_t weight);
  /// Whether it was there; it no longer is.
  bool Take(std::uint64_t hash);
  [[nodiscard]] std::size_t size() const { return numbers_.size(); }

 private:
  struct Ghost {
    std::uint64_t hash;
    std::uint64_t weight;
    std::uint64_t number;
  };
  const std::uint64_t weight_max_;
  std::uint64_t weight_ = 0;
  std::uint64_t number_ = 0;
  std::deque<Ghost> queue_;
  std::unordered_map<std::uint64_t, std::uint64_t> numbers_;  ///< Tells a ghost that was taken and came again apart.
};

/// Which entry goes when there is no room: S3-FIFO (Yang and others, "FIFO queues are all you need for cache eviction",
/// SOSP 2023), weighted. A small queue of a tenth holds newcomers; what was used more than once there, or comes back
/// soon after it was evicted, lives in the main queue, a clock with a 2-bit counter. A use moves nothing. Owns no
/// nodes; one thread at a time, but for `Touch`, which any thread may call.
///
/// To store: `while (!policy.HasRoom(weight)) Drop(policy.Evict());` then `Insert`.
class S3Fifo {
 public:
  /// `capacity` in units of weight: bytes, or entries where each weighs 1.
  explicit S3Fifo(std::uint64_t capacity)
      : capacity_(capacity), main_capacity_(capacity - capacity / 10), ghosts_(main_capacity_) {}

  static void Touch(S3FifoNode& node) {
    const std::uint8_t uses = node.uses.load(std::memory_order_relaxed);
    if (uses < kUsesMax) node.uses.store(uses + 1, std::memory_order_relaxed);
  }

  /// Requires `hash` and `weight` set.
  void Insert(S3FifoNode& node);
  void Erase(S3FifoNode& node);
  /// Detaches the entry that goes, and returns it; null where there is none.
  S3FifoNode* Evict();

  [[nodiscard]] bool HasRoom(std::uint64_t weight) const { return weight_ + weight <= capacity_ || size_ == 0; }
  [[nodiscard]] std::uint64_t weight() const { return weight_; }
  [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

 private:
  static constexpr std::uint8_t kUsesMax = 3;
  static constexpr std::uint8_t kUsesToStay = 2;

  struct Queue {
    S3FifoNode* newest = nullptr;
    S3FifoNode* oldest = nullptr;
    std::uint64_t weight = 0;

    void Push(S3FifoNode& node);
    void Remove(S3FifoNode& node);
  };

  const std::uint64_t capacity_;
  const std::uint64_t main_capacity_;
  std::uint64_t weight_ = 0;
  std::uint64_t size_ = 0;
  Queue small_;
  Queue main_;
  GhostQueue ghosts_;
};

}  // namespace cairn
