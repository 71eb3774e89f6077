#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

#include "base/prefetch.h"

namespace cairn {

/// Pointers to nodes, each found by its 64-bit hash, of which no two are the same. Open addressing, at most half full,
/// no tombstones. A slot also has where the node's `ahead()` points, which stays as it is, so that all that a hit reads
/// is fetched at once and not one after the other. Owns no nodes. One thread at a time, but for `Peek`.
template <typename Node>
class HashTable {
  struct Slot {
    std::atomic<std::uint64_t> hash = 0;
    std::atomic<Node*> node = nullptr;
    std::atomic<const char*> ahead = nullptr;
    std::uint64_t unused = 0;  ///< A slot never lies in two cache lines.
  };
  static constexpr std::size_t kAlignment = 64;

 public:
  /// A power of two of slots, on a cache line's bounds.
  class Slots {
   public:
    explicit Slots(std::size_t count) : count_(count), slots_(new (std::align_val_t{kAlignment}) Slot[count]) {}
    Slots(const Slots&) = delete;
    Slots& operator=(const Slots&) = delete;
    ~Slots() { ::operator delete[](slots_, std::align_val_t{kAlignment}); }
    [[nodiscard]] std::size_t count() const { return count_; }
    [[nodiscard]] std::size_t bytes() const { return count_ * sizeof(Slot); }

   private:
    friend class HashTable;
    const std::size_t count_;
    Slot* const slots_;
  };

  [[nodiscard]] Node* Find(std::uint64_t hash) const {
    for (std::size_t i = hash & mask();; i = Next(i)) {
      Node* node = NodeAt(i);
      if (node == nullptr || HashAt(i) == hash) return node;
    }
  }

  /// For a `Peek` that follows soon. Any thread.
  void PrefetchSlot(std::uint64_t hash) const {
    const std::uintptr_t at = published_.load(std::memory_order_acquire);
    PrefetchLine(SlotsOf(at) + (hash & MaskOf(at)));
  }

  /// As `Find` for any thread, while another changes the table: null or some node, not always the right one, since
  /// slots move. The caller compares, and asks `Find` where it does not fit. Nodes and the slots that `Insert` and
  /// `Clear` return must stand as long as somebody may be in here.
  [[nodiscard]] Node* Peek(std::uint64_t hash) const {
    const std::uintptr_t at = published_.load(std::memory_order_acquire);
    const Slot* slots = SlotsOf(at);
    const std::size_t mask = MaskOf(at);
    for (std::size_t i = hash & mask, tries = 0; tries < kPeeksMax; i = (i + 1) & mask, ++tries) {
      const Slot& slot = slots[i];
      Node* node = slot.node.load(std::memory_order_acquire);
      if (node == nullptr) return nullptr;
      if (slot.hash.load(std::memory_order_relaxed) != hash) continue;
      Node::Prefetch(node, slot.ahead.load(std::memory_order_relaxed));
      return node;
    }
    return nullptr;
  }

  /// Requires that none with this hash is there. What it returns has been replaced; mostly null.
  [[nodiscard]] std::unique_ptr<Slots> Insert(std::uint64_t hash, Node* node) {
    std::unique_ptr<Slots> old;
    if (++size_ * 2 > slots()) {
      old = std::make_unique<Slots>(slots() * 2);
      old.swap(owner_);
      for (std::size_t i = 0; i < old->count(); ++i) {
        const Slot& slot = old->slots_[i];
        if (Node* moved = slot.node.load(std::memory_order_relaxed); moved != nullptr) Place(slot.hash, moved);
      }
    }
    Place(hash, node);
    if (old != nullptr) Publish();
    return old;
  }

  void Erase(std::uint64_t hash) {
    std::size_t hole = hash & mask();
    for (;; hole = Next(hole)) {
      if (NodeAt(hole) == nullptr) return;
      if (HashAt(hole) == hash) break;
    }
    --size_;
    // What probed past the hole moves into it.
    for (std::size_t i = Next(hole); NodeAt(i) != nullptr; i = Next(i)) {
      const std::size_t distance = (i - HashAt(i)) & mask();
      if (distance >= ((i - hole) & mask())) {
        Fill(hole, HashAt(i), NodeAt(i));
        hole = i;
      }
    }
    owner_->slots_[hole].node.store(nullptr, std::memory_order_release);
  }

  /// What it returns has been replaced.
  [[nodiscard]] std::unique_ptr<Slots> Clear() {
    auto old = std::make_unique<Slots>(kSlotsMin);
    old.swap(owner_);
    size_ = 0;
    Publish();
    return old;
  }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// Slots, used or not: what `ForEachIn` counts by.
  [[nodiscard]] std::size_t slots() const { return owner_->count(); }
  template <typename Visit>
  void ForEachIn(std::size_t begin, std::size_t end, const Visit& visit) const {
    for (std::size_t i = begin; i < end && i < slots(); ++i) {
      if (Node* node = NodeAt(i); node != nullptr) visit(*node);
    }
  }

 private:
  static constexpr std::size_t kSlotsMin = 16;
  static constexpr std::size_t kPeeksMax = 64;

  [[nodiscard]] std::size_t mask() const { return slots() - 1; }
  [[nodiscard]] std::size_t Next(std::size_t i) const { return (i + 1) & mask(); }
  [[nodiscard]] Node* NodeAt(std::size_t i) const { return owner_->slots_[i].node.load(std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t HashAt(std::size_t i) const {
    return owner_->slots_[i].hash.load(std::memory_order_relaxed);
  }
  void Fill(std::size_t i, std::uint64_t hash, Node* node) {
    Slot& slot = owner_->slots_[i];
    slot.hash.store(hash, std::memory_order_relaxed);
    slot.ahead.store(node->ahead(), std::memory_order_relaxed);
    slot.node.store(node, std::memory_order_release);
  }
  void Place(std::uint64_t hash, Node* node) {
    std::size_t i = hash & mask();
    while (NodeAt(i) != nullptr) i = Next(i);
    Fill(i, hash, node);
  }
  [[nodiscard]] std::uintptr_t Published() const {
    return reinterpret_cast<std::uintptr_t>(owner_->slots_) | static_cast<std::uintptr_t>(std::countr_zero(slots()));
  }
  static const Slot* SlotsOf(std::uintptr_t published) {
    return reinterpret_cast<const Slot*>(published & ~(kAlignment - 1));
  }
  static std::size_t MaskOf(std::uintptr_t published) { return (std::size_t{1} << (published & (kAlignment - 1))) - 1; }
  void Publish() { published_.store(Published(), std::memory_order_release); }

  std::unique_ptr<Slots> owner_ = std::make_unique<Slots>(kSlotsMin);
  /// Where the slots are and, in the low bits, the logarithm of how many: both at once.
  std::atomic<std::uintptr_t> published_ = Published();
  std::size_t size_ = 0;
};

}  // namespace cairn
