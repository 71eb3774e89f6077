#include "lineage/same_things.h"

#include <algorithm>

namespace cairn {

NodeNumber SameThings::Of(NodeNumber node) { return reader_.graph().has_names() ? NamesOf(node).front() : node; }

void SameThings::AppendNames(NodeNumber node, std::vector<NodeNumber>* out) const {
  reader_.ForEachName(node, [&](NodeNumber other) { out->push_back(other); });
  if (beside_ != nullptr) beside_->Names(node, out);
}

std::vector<NodeNumber> SameThings::NamesOf(NodeNumber node) {
  if (!reader_.graph().has_names()) return {node};
  if (const auto found = groups_.find(node); found != groups_.end()) return names_[found->second];
  room_.clear();
  AppendNames(node, &room_);
  if (room_.empty()) return {node};
  std::vector<NodeNumber> names{node};
  for (std::size_t at = 0; at < names.size(); ++at) {
    room_.clear();
    AppendNames(names[at], &room_);
    for (const NodeNumber other : room_) {
      if (std::find(names.begin(), names.end(), other) == names.end()) names.push_back(other);
    }
  }
  std::sort(names.begin(), names.end());
  for (const NodeNumber name : names) groups_[name] = static_cast<std::uint32_t>(names_.size());
  return names_.emplace_back(std::move(names));
}

}  // namespace cairn
