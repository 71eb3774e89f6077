#include "cache/s3_fifo.h"

namespace cairn {

void GhostQueue::Add(std::uint64_t hash, std::uint64_t weight) {
  queue_.push_back({hash, weight, ++number_});
  weight_ += weight;
  numbers_[hash] = number_;
  while (weight_ > weight_max_) {
    const Ghost& oldest = queue_.front();
    const auto at = numbers_.find(oldest.hash);
    if (at != numbers_.end() && at->second == oldest.number) numbers_.erase(at);
    weight_ -= oldest.weight;
    queue_.pop_front();
  }
}

bool GhostQueue::Take(std::uint64_t hash) { return numbers_.erase(hash) != 0; }

void S3Fifo::Queue::Push(S3FifoNode& node) {
  node.older = newest;
  node.newer = nullptr;
  (newest != nullptr ? newest->newer : oldest) = &node;
  newest = &node;
  weight += node.weight;
}

void S3Fifo::Queue::Remove(S3FifoNode& node) {
  (node.newer != nullptr ? node.newer->older : newest) = node.older;
  (node.older != nullptr ? node.older->newer : oldest) = node.newer;
  weight -= node.weight;
}

void S3Fifo::Insert(S3FifoNode& node) {
  node.uses.store(0, std::memory_order_relaxed);
  node.is_main = ghosts_.Take(node.hash);
  (node.is_main ? main_ : small_).Push(node);
  weight_ += node.weight;
  ++size_;
}

void S3Fifo::Erase(S3FifoNode& node) {
  (node.is_main ? main_ : small_).Remove(node);
  weight_ -= node.weight;
  --size_;
}

S3FifoNode* S3Fifo::Evict() {
  while (size_ != 0) {
    if (main_.weight > main_capacity_ || small_.oldest == nullptr) {
      S3FifoNode& node = *main_.oldest;
      const std::uint8_t uses = node.uses.load(std::memory_order_relaxed);
      if (uses == 0) {
        Erase(node);
        return &node;
      }
      main_.Remove(node);
      node.uses.store(uses - 1, std::memory_order_relaxed);
      main_.Push(node);
      continue;
    }
    S3FifoNode& node = *small_.oldest;
    if (node.uses.load(std::memory_order_relaxed) < kUsesToStay) {
      Erase(node);
      ghosts_.Add(node.hash, node.weight);
      return &node;
    }
    small_.Remove(node);
    node.uses.store(0, std::memory_order_relaxed);
    node.is_main = true;
    main_.Push(node);
  }
  return nullptr;
}

}  // namespace cairn
