#include "lineage/same_things.h"

#include <algorithm>

namespace cairn {

NodeNumber SameThings::Of(NodeNumber node) { return reader_.graph().has_names() ? NamesOf(node).front() : node; }

std::span<const NodeNumber> SameThings::NamesOf(NodeNumber node) {
  if (const auto found = groups_.find(node); found != groups_.end()) return names_[found->second];
  const auto number = static_cast<std::uint32_t>(names_.size());
  std::vector<NodeNumber>& names = names_.emplace_back();
  names.push_back(node);
  groups_[node] = number;
  for (std::size_t at = 0; at < names.size(); ++at) {
    for (const bool up : {true, false}) {
      reader_.ForEach(up, names[at], [&](NodeNumber other, EdgeNumber, EdgeClass what) {
        if (what == EdgeClass::kSameThing && groups_.emplace(other, number).second) names.push_back(other);
      });
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace cairn
