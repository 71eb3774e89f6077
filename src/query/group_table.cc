#include "query/group_table.h"

#include <xxhash.h>

#include <cstring>

namespace cairn {

std::string_view GroupTable::Key(const char* group, std::size_t accumulators_bytes) {
  std::uint32_t size = 0;
  std::memcpy(&size, group + accumulators_bytes, sizeof size);
  return {group + accumulators_bytes + sizeof size, size};
}

bool GroupTable::Equal::operator()(const Slot& a, const Probe& b) const {
  return a.hash == b.hash && Key(a.group, accumulators_bytes) == b.key;
}

Accumulator* GroupTable::FindOrAdd(std::string_view key) {
  const Probe probe{XXH3_64bits(key.data(), key.size()), key};
  if (const auto found = table_.find(probe); found != table_.end()) {
    return reinterpret_cast<Accumulator*>(found->group);
  }
  const auto size = static_cast<std::uint32_t>(key.size());
  constexpr std::size_t kAlign = alignof(Accumulator);
  const std::size_t bytes = (AccumulatorsBytes() + sizeof size + key.size() + kAlign - 1) / kAlign * kAlign;
  char* const group = arena_.Allocate(bytes);
  auto* const accumulators = reinterpret_cast<Accumulator*>(group);
  plan_.Init(accumulators);
  std::memcpy(group + AccumulatorsBytes(), &size, sizeof size);
  if (size != 0) std::memcpy(group + AccumulatorsBytes() + sizeof size, key.data(), size);
  table_.insert(Slot{probe.hash, group});
  // A byte of metadata for each place of the table, and a pointer to sort by for each group should they spill.
  const std::size_t table_bytes = table_.bucket_count() * (sizeof(Slot) + 1);
  memory_bytes_ += bytes + sizeof(Group) + table_bytes - table_bytes_;
  table_bytes_ = table_bytes;
  return accumulators;
}

std::vector<GroupTable::Group> GroupTable::Groups() const {
  std::vector<Group> groups;
  groups.reserve(table_.size());
  for (const Slot& slot : table_) {
    groups.push_back({reinterpret_cast<Accumulator*>(slot.group), Key(slot.group, AccumulatorsBytes())});
  }
  return groups;
}

void GroupTable::Clear() {
  table_ = Table(0, Hash(), Equal{AccumulatorsBytes()});
  arena_.Reset();
  sketches_.Clear();
  table_bytes_ = 0;
  memory_bytes_ = 0;
}

}  // namespace cairn
