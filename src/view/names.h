#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "cairn/node.h"

namespace cairn {

/// Strings are hashed once per record and compared once per hit: the tables below number what the log names, and
/// everything else holds numbers. Whoever owns a table guards it.

std::uint64_t HashText(std::string_view text);
std::uint64_t HashNode(const NodeView& node);

/// A set of numbers whose keys stand elsewhere, probed by (hash, equality).
class NumberSet {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The number for which `equal` holds among those added with `hash`, or kNone.
  template <typename Equal>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, Equal&& equal) const {
    if (slots_.empty()) return kNone;
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return kNone;
      if (slot.tag == static_cast<std::uint32_t>(hash >> 32) && equal(slot.number)) return slot.number;
    }
  }
  /// Makes room for `count` numbers in a set that has none yet.
  void Reserve(std::size_t count) {
    std::size_t slots = 64;
    while (slots < (count + 1) * 2) slots *= 2;
    slots_.assign(slots, Slot{});
    mask_ = slots - 1;
  }
  /// Adds the next number, which is `size()`; `hash_of` gives the hash of a number already in.
  template <typename HashOf>
  void Add(std::uint64_t hash, HashOf&& hash_of) {
    if (slots_.size() < (std::size_t{size_} + 1) * 2) Grow(hash_of);
    Place(hash, size_);
    ++size_;
  }
  [[nodiscard]] std::uint32_t size() const { return size_; }

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = kNone;
  };

  void Place(std::uint64_t hash, std::uint32_t number) {
    std::size_t at = hash & mask_;
    while (slots_[at].number != kNone) at = (at + 1) & mask_;
    slots_[at] = {static_cast<std::uint32_t>(hash >> 32), number};
  }
  template <typename HashOf>
  void Grow(HashOf&& hash_of) {
    slots_.assign(slots_.empty() ? 64 : slots_.size() * 2, Slot{});
    mask_ = slots_.size() - 1;
    for (std::uint32_t number = 0; number < size_; ++number) Place(hash_of(number), number);
  }

  std::vector<Slot> slots_;
  std::size_t mask_ = 0;
  std::uint32_t size_ = 0;
};

/// Kinds and other short texts, numbered in the order of their coming.
class TextTable {
 public:
  std::uint32_t Intern(std::string_view text);
  [[nodiscard]] std::uint32_t Find(std::string_view text) const;  ///< NumberSet::kNone where it is not in.
  [[nodiscard]] std::string_view at(std::uint32_t number) const { return texts_[number]; }
  [[nodiscard]] std::uint32_t size() const { return set_.size(); }

 private:
  Arena arena_;
  std::vector<std::string_view> texts_;
  NumberSet set_;
};

/// Nodes, numbered in the order of their coming.
class NodeTable {
 public:
  std::uint32_t Intern(const NodeView& node) { return Intern(node, HashNode(node)); }
  std::uint32_t Intern(const NodeView& node, std::uint64_t hash);
  [[nodiscard]] std::uint32_t Find(const NodeView& node) const;
  [[nodiscard]] NodeView at(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t size() const { return set_.size(); }

 private:
  // The parts of a node, one behind the other, with their lengths in front: 28 bytes and the text.
  struct Packed {
    std::uint32_t bytes[5];
  };
  Arena arena_;
  std::vector<const char*> nodes_;
  NumberSet set_;
};

}  // namespace cairn
