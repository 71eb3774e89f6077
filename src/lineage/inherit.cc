#include "lineage/inherit.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::size_t kNodesPerRest = 64;
// So many elements of lists are looked through; more are looked up.
constexpr std::size_t kItemsLookedThrough = 32;

}  // namespace

Inheritance::Field& Inheritance::FieldOf(std::uint32_t key, const InheritRules& rules) {
  for (std::size_t i = 0; i < fields_used_; ++i) {
    if (fields_[i].key == key) return fields_[i];
  }
  if (fields_used_ == fields_.size()) fields_.emplace_back();
  Field& field = fields_[fields_used_++];
  field.key = key;
  field.policy = rules.policy(key);
  field.closed = false;
  field.here.clear();
  return field;
}

void Inheritance::Offer(MetadataReader& metadata, NodeNumber node, std::int32_t priority, const InheritRules& rules) {
  for (const MetadataValue& value : metadata.Of(node)) {
    Field& field = FieldOf(value.key, rules);
    if (!field.closed) field.here.push_back({&value, node, priority});
  }
}

inline void Inheritance::AddOnce(const Inherited& item) {
  const std::uint64_t text = std::uint64_t{item.key} << 32 | item.value;
  if (items_.size() >= kItemsLookedThrough) {
    if (many_items_.empty()) many_items_.insert(items_.begin(), items_.end());
    if (!many_items_.insert(text).second) return;
  } else {
    for (const std::uint64_t had : items_) {
      if (had == text) return;
    }
  }
  items_.push_back(text);
  values_.push_back(item);
}

// What stands at this distance, the first to be looked at first.
void Inheritance::Settle(const MetadataReader& metadata, Field& field, std::span<const Candidate> here,
                         std::uint32_t distance) {
  if (field.policy == InheritPolicy::kNever && distance != 0) {
    field.closed = true;
    return;
  }
  const bool lists = field.policy == InheritPolicy::kUnion;
  for (const Candidate& candidate : here) {
    const MetadataValue& value = *candidate.value;
    if (value.value == kNoNumber) {
      if (distance == 0) blocked_.push_back(field.key);
      field.closed = true;
      if (!lists) break;
      continue;
    }
    if (lists && value.is_list) {
      for (std::uint32_t item = 0; item < value.items; ++item) {
        AddOnce({field.key, metadata.item(value.first_item + item), candidate.node, value.seq, distance});
      }
      continue;
    }
    values_.push_back({field.key, value.value, candidate.node, value.seq, distance});
    field.closed = true;
    break;
  }
}

// One node has no rivals at its distance.
void Inheritance::SettleAlone(MetadataReader& metadata, NodeNumber node, std::uint32_t distance,
                              const InheritRules& rules) {
  for (const MetadataValue& value : metadata.Of(node)) {
    Field& field = FieldOf(value.key, rules);
    if (field.closed) continue;
    if (value.is_list && field.policy == InheritPolicy::kUnion && value.value != kNoNumber) {
      for (std::uint32_t item = 0; item < value.items; ++item) {
        AddOnce({field.key, metadata.item(value.first_item + item), node, value.seq, distance});
      }
      continue;
    }
    const Candidate alone{&value, node, 0};
    Settle(metadata, field, {&alone, 1}, distance);
  }
}

// What stands at this distance is decided.
void Inheritance::Close(const MetadataReader& metadata, std::uint32_t distance, const InheritRules& rules) {
  const auto before = [&](const Candidate& a, const Candidate& b) {
    if (a.priority != b.priority) return a.priority > b.priority;
    if (a.value->produced_at != b.value->produced_at) return a.value->produced_at > b.value->produced_at;
    return rules.name_before(a.node, b.node);
  };
  for (std::size_t i = 0; i < fields_used_; ++i) {
    Field& field = fields_[i];
    if (field.here.empty()) continue;
    if (field.here.size() > 1) std::sort(field.here.begin(), field.here.end(), before);
    Settle(metadata, field, field.here, distance);
    field.here.clear();
  }
}

bool Inheritance::Run(GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                      const InheritRules& rules) {
  values_.clear();
  items_.clear();
  if (!many_items_.empty()) many_items_.clear();
  blocked_.clear();
  order_.clear();
  priorities_.clear();
  next_.clear();
  fields_used_ = 0;
  if (++mark_ == 0) {
    marks_.clear();
    mark_ = 1;
  }
  const std::uint32_t bound = std::max(reader.node_bound(), node + 1);
  if (marks_.size() < bound) marks_.resize(bound, 0);
  marks_[node] = mark_;
  order_.push_back(node);
  priorities_.push_back(0);
  const Graph& graph = reader.graph();
  std::size_t at = 0;
  for (std::uint32_t distance = 0;; ++distance) {
    const std::size_t level = at;
    // Jobs and other names join the level while it is gone through. Of several edges the highest priority counts, so a
    // node of the next level is decided on when all of this level have been looked at.
    for (; at < order_.size(); ++at) {
      if (at % kNodesPerRest == kNodesPerRest - 1 && !reader.Rest()) return false;
      const NodeNumber here = order_[at];
      const std::int32_t own_priority = priorities_[at];
      reader.ForEach(true, here, [&](NodeNumber other, EdgeNumber edge, EdgeClass what) {
        if (marks_[other] == mark_) return;
        const bool joins = what == EdgeClass::kSameThing || graph.ClassOf(other) == NodeClass::kJob;
        const std::int32_t priority = rules.priority ? rules.priority(edge) : 0;
        if (joins) {
          marks_[other] = mark_;
          order_.push_back(other);
          priorities_.push_back(what == EdgeClass::kSameThing ? own_priority : priority);
        } else if (distance < depth) {
          next_.emplace_back(other, priority);
        }
      });
    }
    const auto gives = [&](std::size_t i) { return i == 0 || graph.ClassOf(order_[i]) != NodeClass::kJob; };
    if (level + 1 == at) {
      if (gives(level)) SettleAlone(metadata, order_[level], distance, rules);
    } else {
      for (std::size_t i = level; i < at; ++i) {
        if (gives(i)) Offer(metadata, order_[i], priorities_[i], rules);
      }
      Close(metadata, distance, rules);
    }
    if (next_.size() > 1 && rules.priority) {
      std::stable_sort(next_.begin(), next_.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    }
    for (const auto& [other, priority] : next_) {
      if (marks_[other] == mark_) continue;
      marks_[other] = mark_;
      order_.push_back(other);
      priorities_.push_back(priority);
    }
    next_.clear();
    if (at == order_.size()) return true;
  }
}

}  // namespace cairn
