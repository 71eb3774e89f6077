#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace cairn {

/// Pointers to nodes, each found by its 64-bit hash, of which no two are the same. Open addressing, at most half full,
/// no tombstones. A slot also has where the node points, so that all that a hit reads is fetched at once and not one
/// after the other: `Node::Ahead` says what, and stays as it is. Owns no nodes; one thread at a time.
template <typename Node>
class HashTable {
 public:
  HashTable() : slots_(kSlotsMin) {}

  [[nodiscard]] Node* Find(std::uint64_t hash) const {
    for (std::size_t i = Home(hash);; i = Next(i)) {
      const Slot& slot = slots_[i];
      if (slot.node == nullptr) return nullptr;
      if (slot.hash != hash) continue;
      Node::Prefetch(slot.node, slot.ahead);
      return slot.node;
    }
  }

  /// Requires that none with this hash is there.
  void Insert(std::uint64_t hash, Node* node) {
    if (++size_ * 2 > slots_.size()) Grow();
    Place(hash, node);
  }

  void Erase(std::uint64_t hash) {
    std::size_t hole = Home(hash);
    while (slots_[hole].hash != hash) {
      if (slots_[hole].node == nullptr) return;
      hole = Next(hole);
    }
    if (slots_[hole].node == nullptr) return;
    --size_;
    // What probed past the hole moves into it.
    for (std::size_t i = Next(hole); slots_[i].node != nullptr; i = Next(i)) {
      const std::size_t distance = (i - Home(slots_[i].hash)) & (slots_.size() - 1);
      if (distance >= ((i - hole) & (slots_.size() - 1))) {
        slots_[hole] = slots_[i];
        hole = i;
      }
    }
    slots_[hole] = {};
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Slots, used or not: what `ForEachIn` counts by.
  [[nodiscard]] std::size_t slots() const { return slots_.size(); }
  template <typename Visit>
  void ForEachIn(std::size_t begin, std::size_t end, const Visit& visit) const {
    for (std::size_t i = begin; i < end && i < slots_.size(); ++i) {
      if (slots_[i].node != nullptr) visit(*slots_[i].node);
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    Node* node = nullptr;
    typename Node::Ahead ahead;
  };
  static constexpr std::size_t kSlotsMin = 16;

  [[nodiscard]] std::size_t Home(std::uint64_t hash) const { return hash & (slots_.size() - 1); }
  [[nodiscard]] std::size_t Next(std::size_t i) const { return (i + 1) & (slots_.size() - 1); }
  void Place(std::uint64_t hash, Node* node) {
    std::size_t i = Home(hash);
    while (slots_[i].node != nullptr) i = Next(i);
    slots_[i] = {hash, node, node->ahead()};
  }
  void Grow() {
    std::vector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.node != nullptr) Place(slot.hash, slot.node);
    }
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace cairn
