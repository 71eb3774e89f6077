#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "query/accumulator.h"

namespace cairn {

/// The groups that are in memory, each with the bytes of its key and its accumulators. One thread at a time.
///
/// A hash table with linear probing, of numbers into the list of groups. A group that was not seen for a while costs
/// cache misses, so the table is small, groups that came one after the other stand side by side, and a caller that
/// has other work says which group is next. A slot's place follows from the upper bits of the hash, so that a table of
/// twice the size has the same order and growing reads and writes straight through.
class GroupTable {
 public:
  GroupTable(const AccumulatorPlan& plan, std::uint64_t seed) : plan_(plan), sketches_(seed) {}
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  /// The hash of a key, which `FindOrAdd` is then asked for: the later, the less that waits for memory.
  [[nodiscard]] std::uint32_t Prefetch(std::string_view key) const;
  /// The accumulators of the group, new and empty where there were none.
  Accumulator* FindOrAdd(std::string_view key, std::uint32_t hash);

  [[nodiscard]] std::size_t size() const { return groups_.size(); }
  /// Bytes held, what sketches hold included: those are reported by `Grew`.
  [[nodiscard]] std::size_t MemoryBytes() const { return memory_bytes_; }
  void Grew(std::ptrdiff_t bytes) { memory_bytes_ += static_cast<std::size_t>(bytes); }
  [[nodiscard]] SketchPool& sketches() { return sketches_; }

  /// A group as it lies in memory.
  struct Group {
    Accumulator* accumulators = nullptr;
    std::string_view key;
  };
  /// In the order of their coming, which is that of their memory, unless they were sorted.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// Sorts the groups by the bytes of their keys. After that none can be found until all are forgotten.
  void SortGroups();

  /// Forgets every group.
  void Clear();

 private:
  static constexpr std::uint32_t kShiftMax = 26;
  static constexpr std::size_t kSlotsMin = std::size_t{1} << (32 - kShiftMax);
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t group = kNone;
  };

  Accumulator* Add(std::uint32_t hash, std::string_view key);
  void GrowSlots();
  void Place(const Slot& slot);
  [[nodiscard]] std::size_t After(std::size_t at) const { return (at + 1) & (slots_.size() - 1); }

  const AccumulatorPlan& plan_;
  Arena arena_;
  SketchPool sketches_;
  std::uint32_t shift_ = kShiftMax;
  std::vector<Slot> slots_ = std::vector<Slot>(kSlotsMin);
  std::vector<Group> groups_;
  std::size_t memory_bytes_ = 0;
};

}  // namespace cairn
