#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "query/accumulator.h"

namespace cairn {

/// The groups that are in memory, each with the bytes of its key and its accumulators. One thread at a time.
class GroupTable {
 public:
  GroupTable(const AccumulatorPlan& plan, std::uint64_t seed) : plan_(plan), sketches_(seed) {}
  GroupTable(const GroupTable&) = delete;
  GroupTable& operator=(const GroupTable&) = delete;

  /// The accumulators of the group, new and empty where there were none.
  Accumulator* FindOrAdd(std::string_view key);

  [[nodiscard]] std::size_t size() const { return table_.size(); }
  /// Bytes held, what sketches hold included: those are reported by `Grew`.
  [[nodiscard]] std::size_t MemoryBytes() const { return memory_bytes_; }
  void Grew(std::ptrdiff_t bytes) { memory_bytes_ += static_cast<std::size_t>(bytes); }
  [[nodiscard]] SketchPool& sketches() { return sketches_; }

  /// A group as it lies in memory.
  struct Group {
    Accumulator* accumulators = nullptr;
    std::string_view key;
  };
  [[nodiscard]] std::vector<Group> Groups() const;

  /// Forgets every group.
  void Clear();

 private:
  /// The accumulators, the size of the key, the key.
  struct Slot {
    std::uint64_t hash;
    char* group;
  };
  struct Probe {
    std::uint64_t hash;
    std::string_view key;
  };
  struct Hash {
    using is_transparent = void;
    using is_avalanching = void;
    std::size_t operator()(const Slot& slot) const { return slot.hash; }
    std::size_t operator()(const Probe& probe) const { return probe.hash; }
  };
  struct Equal {
    using is_transparent = void;
    std::size_t accumulators_bytes;
    bool operator()(const Slot& a, const Slot& b) const { return a.group == b.group; }
    bool operator()(const Slot& a, const Probe& b) const;
    bool operator()(const Probe& a, const Slot& b) const { return (*this)(b, a); }
  };
  using Table = boost::unordered_flat_set<Slot, Hash, Equal>;

  static std::string_view Key(const char* group, std::size_t accumulators_bytes);
  [[nodiscard]] std::size_t AccumulatorsBytes() const { return plan_.size() * sizeof(Accumulator); }

  const AccumulatorPlan& plan_;
  Arena arena_;
  SketchPool sketches_;
  Table table_{0, Hash(), Equal{AccumulatorsBytes()}};
  std::size_t table_bytes_ = 0;
  std::size_t memory_bytes_ = 0;
};

}  // namespace cairn
