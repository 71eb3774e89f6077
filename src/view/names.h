#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/prefetch.h"
#include "cairn/node.h"

namespace cairn {

/// Strings are hashed once per record and compared once per hit: the tables below number what the log names, and
/// everything else holds numbers. Whoever owns a table guards it.

std::uint64_t HashText(std::string_view text);
std::uint64_t HashNode(const NodeView& node);

/// A set of numbers whose keys stand elsewhere, probed by (hash, equality). A number's place follows from the upper
/// bits of its hash, so that a table of twice the size has the same order and growing reads and writes straight
/// through.
class NumberSet {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  /// The number for which `equal` holds among those added with `hash`, or kNone.
  template <typename Equal>
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, Equal&& equal) const {
    if (slots_.empty()) return kNone;
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    for (std::size_t at = tag >> shift_;; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.number == kNone) return kNone;
      if (slot.tag == tag && equal(slot.number)) return slot.number;
    }
  }
  /// Has the place of a hash fetched into the processor's cache, in which a big set is not.
  void Prefetch(std::uint64_t hash) const {
    if (!slots_.empty()) PrefetchLineToWrite(&slots_[hash >> 32 >> shift_]);
  }
  /// Makes room for `count` numbers in a set that has none yet.
  void Reserve(std::size_t count) {
    const auto bits = std::max(kFirstBits, static_cast<std::uint32_t>(std::bit_width(count * 2 + 1)));
    slots_.assign(std::size_t{1} << bits, Slot{});
    shift_ = 32 - bits;
  }
  /// Adds the next number, which is `size()`.
  void Add(std::uint64_t hash) {
    if (slots_.size() < (std::size_t{size_} + 1) * 2) Grow();
    Place({static_cast<std::uint32_t>(hash >> 32), size_});
    ++size_;
  }
  [[nodiscard]] std::uint32_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kFirstBits = 6;

  struct Slot {
    std::uint32_t tag = 0;  ///< The upper half of the hash.
    std::uint32_t number = kNone;
  };

  void Place(Slot slot) {
    std::size_t at = slot.tag >> shift_;
    while (slots_[at].number != kNone) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
  void Grow() {
    shift_ = slots_.empty() ? 32 - kFirstBits : shift_ - 1;
    std::vector<Slot> old(std::size_t{1} << (32 - shift_));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number != kNone) Place(slot);
    }
  }

  std::vector<Slot> slots_;
  std::uint32_t shift_ = 0;
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

  /// The nodes of one tenant, type and namespace, numbered in the order of their coming.
  [[nodiscard]] std::uint32_t FamilyOf(std::uint32_t number) const;
  [[nodiscard]] std::uint32_t families() const { return family_set_.size(); }
  /// Tenant, type and namespace of a family.
  [[nodiscard]] NodeView FamilyAt(std::uint32_t family) const {
    return {families_[family].tenant, families_[family].type, families_[family].ns, {}};
  }

 private:
  // Name and part of a node, one behind the other; the rest, which few texts make up, is kept once.
  struct Packed {
    std::uint32_t family;
    std::uint32_t name_bytes;
    std::uint32_t part_bytes;
  };
  struct Family {
    std::string_view tenant;
    std::string_view type;
    std::string_view ns;
  };
  std::uint32_t InternFamily(const NodeView& node);

  Arena arena_;
  std::vector<Family> families_;
  NumberSet family_set_;
  std::vector<const char*> nodes_;
  NumberSet set_;
};

}  // namespace cairn
