#include "query/group_table.h"

// Every fact is hashed, and mostly so few bytes that a call costs more than the hash.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/prefetch.h"
#include "query/same_bytes.h"

namespace cairn {

std::uint32_t GroupTable::Prefetch(std::string_view key) const {
  const auto hash = static_cast<std::uint32_t>(XXH3_64bits(key.data(), key.size()));
  PrefetchLine(&slots_[hash >> shift_]);
  return hash;
}

Accumulator* GroupTable::FindOrAdd(std::string_view key, std::uint32_t hash) {
  for (std::size_t at = hash >> shift_; slots_[at].group != kNone; at = After(at)) {
    if (slots_[at].hash != hash) continue;
    const Group& group = groups_[slots_[at].group];
    if (group.key.size() == key.size() && SameBytes(group.key.data(), key.data(), key.size())) {
      return group.accumulators;
    }
  }
  return Add(hash, key);
}

Accumulator* GroupTable::Add(std::uint32_t hash, std::string_view key) {
  if (groups_.size() + 1 > slots_.size() / 4 * 3) GrowSlots();
  constexpr std::size_t kAlign = alignof(Accumulator);
  const std::size_t fixed = plan_.size() * sizeof(Accumulator);
  const std::size_t bytes = (fixed + key.size() + kAlign - 1) / kAlign * kAlign;
  char* const memory = arena_.Allocate(bytes);
  auto* const accumulators = reinterpret_cast<Accumulator*>(memory);
  plan_.Init(accumulators);
  if (!key.empty()) std::memcpy(memory + fixed, key.data(), key.size());
  Place({hash, static_cast<std::uint32_t>(groups_.size())});
  const std::size_t had = groups_.capacity();
  groups_.push_back({accumulators, {memory + fixed, key.size()}});
  memory_bytes_ += bytes + (groups_.capacity() - had) * sizeof(Group);
  return accumulators;
}

void GroupTable::GrowSlots() {
  const std::vector<Slot> had = std::exchange(slots_, std::vector<Slot>(slots_.size() * 2));
  --shift_;
  for (const Slot& slot : had) {
    if (slot.group != kNone) Place(slot);
  }
  memory_bytes_ += had.size() * sizeof(Slot);
}

void GroupTable::Place(const Slot& slot) {
  std::size_t at = slot.hash >> shift_;
  while (slots_[at].group != kNone) at = After(at);
  slots_[at] = slot;
}

void GroupTable::SortGroups() {
  std::sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) { return a.key < b.key; });
}

void GroupTable::Clear() {
  shift_ = kShiftMax;
  slots_ = std::vector<Slot>(kSlotsMin);
  groups_ = {};
  arena_.Reset();
  sketches_.Clear();
  memory_bytes_ = 0;
}

}  // namespace cairn
