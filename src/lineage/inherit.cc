#include "lineage/inherit.h"

#include "lineage/resting.h"

namespace cairn {
namespace {

constexpr std::size_t kNodesPerRest = 64;
constexpr std::size_t kTakenPerRest = 1024;
// A list of more is taken in with rests.
constexpr std::size_t kItemsPerRest = 512;

bool HasLongList(const std::vector<MetadataValue>& values) {
  return std::any_of(values.begin(), values.end(), [](const MetadataValue& one) { return one.items > kItemsPerRest; });
}
// So many values are looked through for an element of a list; in more it is looked up.
constexpr std::size_t kLookedThrough = 32;

constexpr std::uint64_t ItemOf(std::uint32_t key, std::uint32_t value) { return std::uint64_t{key} << 32 | value; }

bool Before(const MetadataValue& a, NodeNumber of_a, const MetadataValue& b, NodeNumber of_b,
            const InheritRules& rules) {
  if (a.produced_at != b.produced_at) return a.produced_at > b.produced_at;
  return rules.name_before(of_a, of_b);
}

}  // namespace

bool Inheritance::Begin(GraphReader& reader, const MetadataReader& metadata, NodeNumber node, InheritRules& rules) {
  given_ = 0;
  items_seen_ = 0;
  if (has_many_items_) {
    for (auto& part : many_items_) part.clear();
    has_many_items_ = false;
  }
  blocked_.clear();
  const std::uint32_t fields = metadata.fields();
  closed_.clear();
  closed_.resize(fields, 0);
  if (++mark_ == 0) {
    marks_.clear();
    mark_ = 1;
  }
  const std::uint32_t bound = std::max(reader.node_bound(), node + 1);
  if (!ResizeResting(reader, marks_, bound, 0U)) return false;
  if (order_.size() < marks_.size()) order_.Extend(marks_.size() - order_.size());
  if (following_.size() < marks_.size()) following_.Extend(marks_.size() - following_.size());
  if (!rules.priority) priorities_.clear();
  if (rules.priority && priorities_.size() < marks_.size()) priorities_.Extend(marks_.size() - priorities_.size());
  order_[0] = node;
  marks_[node] = mark_;
  if (rules.priority) priorities_[0] = 0;
  reached_ = 1;
  return true;
}

inline Inherited* Inheritance::RoomFor(std::size_t count) {
  if (given_ + count > values_.size()) values_.Extend(given_ + count - values_.size());
  return values_.data() + given_;
}

// Elements of a list by union, each once.
inline void Inheritance::AddItems(std::span<const std::uint32_t> texts, const MetadataValue& list, NodeNumber node) {
  if (given_ + texts.size() > kLookedThrough || has_many_items_) return AddManyItems(texts, list, node);
  Inherited* out = RoomFor(texts.size());
  const Inherited* const begin = values_.data();
  std::uint64_t seen = items_seen_;
  for (const std::uint32_t text : texts) {
    const std::uint64_t bit = std::uint64_t{1} << ((text * 0x9E3779B9U) >> 26);
    if ((seen & bit) != 0) {
      const Inherited* had = begin;
      while (had != out && (had->value != text || had->key != list.key)) ++had;
      if (had != out) continue;
    }
    seen |= bit;
    *out++ = {list.key, text, node, distance_, list.seq};
  }
  items_seen_ = seen;
  given_ = static_cast<std::size_t>(out - begin);
}

void Inheritance::AddManyItems(std::span<const std::uint32_t> texts, const MetadataValue& list, NodeNumber node) {
  const auto is_new = [&](std::uint32_t key, std::uint32_t value) {
    return many_items_[value % many_items_.size()].insert(ItemOf(key, value)).second;
  };
  if (!has_many_items_) {
    has_many_items_ = true;
    for (const Inherited& one : values()) is_new(one.key, one.value);
  }
  for (const std::uint32_t text : texts) {
    if (!is_new(list.key, text)) continue;
    *RoomFor(1) = {list.key, text, node, distance_, list.seq};
    ++given_;
  }
}

// Of the values of a field at one distance, the first to be looked at first. True where the field is done with.
bool Inheritance::Settle(const MetadataReader& metadata, const MetadataValue& value, NodeNumber node,
                         InheritRules& rules) {
  const InheritPolicy policy = rules.PolicyOf(value);
  if (policy == InheritPolicy::kNever && distance_ != 0) return true;
  const bool lists = policy == InheritPolicy::kUnion;
  const bool stands = value.value != kNoNumber;
  if (stands && lists && value.is_list) {
    AddItems(metadata.ItemsOf(value), value, node);
    return false;
  }
  closed_[value.field] = 1;
  if (stands) {
    *RoomFor(1) = {value.key, value.value, node, distance_, value.seq};
    ++given_;
    return true;
  }
  if (distance_ == 0) blocked_.push_back(value.key);
  return !lists;
}

// One node has no rivals at its distance.
inline void Inheritance::SettleOne(MetadataReader& metadata, NodeNumber giver, InheritRules& rules) {
  for (const MetadataValue& value : metadata.Of(giver)) {
    if (closed_[value.field] == 0) Settle(metadata, value, giver, rules);
  }
}

void Inheritance::SettleTwo(MetadataReader& metadata, const Giver& one, const Giver& other, InheritRules& rules) {
  const auto ours = metadata.Of(one.node);
  const auto theirs = metadata.Of(other.node);
  const MetadataValue* a = ours.data();
  const MetadataValue* b = theirs.data();
  const MetadataValue* const a_end = a + ours.size();
  const MetadataValue* const b_end = b + theirs.size();
  const auto alone = [&](const MetadataValue& value, NodeNumber node) {
    if (closed_[value.field] == 0) Settle(metadata, value, node, rules);
  };
  while (a != a_end && b != b_end) {
    if (a->key != b->key) {
      const bool first = a->key < b->key;
      alone(first ? *a : *b, first ? one.node : other.node);
      ++(first ? a : b);
      continue;
    }
    if (closed_[a->field] == 0) {
      const bool first =
          one.priority != other.priority ? one.priority > other.priority : Before(*a, one.node, *b, other.node, rules);
      const bool done = Settle(metadata, first ? *a : *b, first ? one.node : other.node, rules);
      if (!done) Settle(metadata, first ? *b : *a, first ? other.node : one.node, rules);
    }
    ++a;
    ++b;
  }
  for (; a != a_end; ++a) alone(*a, one.node);
  for (; b != b_end; ++b) alone(*b, other.node);
}

// Copies what they give, since writers may come in between.
bool Inheritance::SettleMany(GraphReader& reader, MetadataReader& metadata, std::size_t level, InheritRules& rules) {
  here_.clear();
  for (std::size_t i = level; i < reached_; ++i) {
    if ((i - level) % kNodesPerRest == kNodesPerRest - 1 && !reader.Rest()) return false;
    if (!Gives(reader.graph(), i)) continue;
    for (const MetadataValue& value : metadata.Of(order_[i])) {
      if (closed_[value.field] == 0) here_.push_back({value, GiverAt(i)});
    }
  }
  const auto before = [&](const Candidate& a, const Candidate& b) {
    if (a.value.key != b.value.key) return a.value.key < b.value.key;
    if (a.giver.priority != b.giver.priority) return a.giver.priority > b.giver.priority;
    return Before(a.value, a.giver.node, b.value, b.giver.node, rules);
  };
  if (!SortResting(reader, here_, here_room_, before)) return false;
  bool done = false;
  for (std::size_t i = 0; i < here_.size(); ++i) {
    if (i % kNodesPerRest == kNodesPerRest - 1 && !reader.Rest()) return false;
    if (i == 0 || here_[i - 1].value.key != here_[i].value.key) done = false;
    if (done) continue;
    const Candidate& one = here_[i];
    if (one.value.items <= kItemsPerRest || rules.PolicyOf(one.value) != InheritPolicy::kUnion) {
      done = Settle(metadata, one.value, one.giver.node, rules);
    } else if (!AddLongList(reader, metadata, one.value, one.giver.node)) {
      return false;
    }
  }
  return true;
}

// Where its items stand may change with each rest.
bool Inheritance::AddLongList(GraphReader& reader, const MetadataReader& metadata, const MetadataValue& list,
                              NodeNumber node) {
  for (std::size_t at = 0; at < list.items; at += kItemsPerRest) {
    if (!reader.Rest()) return false;
    AddItems(metadata.ItemsOf(list).subspan(at, std::min(kItemsPerRest, list.items - at)), list, node);
  }
  return true;
}

inline bool Inheritance::Gives(const Graph& graph, std::size_t at) const {
  return at == 0 || graph.ClassOf(order_[at]) != NodeClass::kJob;
}

inline Inheritance::Giver Inheritance::GiverAt(std::size_t at) const {
  return {order_[at], priorities_.empty() ? 0 : priorities_[at]};
}

inline bool Inheritance::SettleLevel(GraphReader& reader, MetadataReader& metadata, std::size_t level,
                                     InheritRules& rules) {
  if (level + 1 == reached_) {
    if (!Gives(reader.graph(), level)) return true;
    if (HasLongList(metadata.Of(order_[level]))) return SettleMany(reader, metadata, level, rules);
    SettleOne(metadata, order_[level], rules);
    return true;
  }
  std::size_t givers[2];
  std::size_t count = 0;
  for (std::size_t i = level; i < reached_; ++i) {
    if ((i - level) % kTakenPerRest == kTakenPerRest - 1 && !reader.Rest()) return false;
    if (!Gives(reader.graph(), i)) continue;
    if (count == 2 || HasLongList(metadata.Of(order_[i]))) return SettleMany(reader, metadata, level, rules);
    givers[count++] = i;
  }
  if (count == 1) SettleOne(metadata, order_[givers[0]], rules);
  if (count == 2) SettleTwo(metadata, GiverAt(givers[0]), GiverAt(givers[1]), rules);
  return true;
}

// Jobs and other names join the level while it is gone through. Of several edges the highest priority counts, and a
// name may bring a node nearer, so a node of the next level is decided on when all of this level have been looked at.
bool Inheritance::Look(GraphReader& reader, std::size_t at, bool nearer_than_depth, const InheritRules& rules) {
  if (rules.priority) return LookRanked(reader, at, nearer_than_depth, rules);
  const Graph& graph = reader.graph();
  return reader.ForEachResting(true, order_[at], [&](NodeNumber other, EdgeNumber, EdgeClass what) {
    if (marks_[other] == mark_ || (rules.enter != nullptr && !(*rules.enter)(other))) return;
    if (what == EdgeClass::kSameThing || graph.ClassOf(other) == NodeClass::kJob) {
      marks_[other] = mark_;
      order_[reached_++] = other;
    } else if (nearer_than_depth) {
      next_.push_back({other, 0});
    }
  });
}

// A priority may have to be looked for among many statements, with rests: so first all edges are taken.
bool Inheritance::LookRanked(GraphReader& reader, std::size_t at, bool nearer_than_depth, const InheritRules& rules) {
  neighbours_.clear();
  const auto take = [&](NodeNumber other, EdgeNumber edge, EdgeClass what) {
    if (marks_[other] != mark_) neighbours_.push_back({other, edge, what == EdgeClass::kSameThing});
  };
  if (!reader.ForEachResting(true, order_[at], take)) return false;
  for (const Neighbour& one : neighbours_) {
    if (marks_[one.node] == mark_ || (rules.enter != nullptr && !(*rules.enter)(one.node))) continue;
    std::int32_t priority = priorities_[at];
    if (!one.same && !rules.priority(one.edge, &priority)) return false;
    if (one.same || reader.graph().ClassOf(one.node) == NodeClass::kJob) {
      marks_[one.node] = mark_;
      priorities_[reached_] = priority;
      order_[reached_++] = one.node;
    } else if (nearer_than_depth) {
      next_.push_back({one.node, priority});
    }
  }
  return true;
}

bool Inheritance::TakeNext(GraphReader& reader, const InheritRules& rules) {
  const bool ranked = static_cast<bool>(rules.priority);
  if (next_.size() > 1 && ranked) {
    const auto before = [](const Giver& a, const Giver& b) { return a.priority > b.priority; };
    if (!SortResting(reader, next_, next_room_, before)) return false;
  }
  std::size_t taken = 0;
  for (const Giver& one : next_) {
    if (++taken % kTakenPerRest == 0 && !reader.Rest()) return false;
    if (marks_[one.node] == mark_) continue;
    marks_[one.node] = mark_;
    if (ranked) priorities_[reached_] = one.priority;
    order_[reached_++] = one.node;
  }
  next_.clear();
  return true;
}

bool Inheritance::RunPlain(GraphReader& reader, MetadataReader& metadata, std::uint32_t depth, InheritRules& rules) {
  const Graph& graph = reader.graph();
  NodeNumber* const order = order_.data();
  NodeNumber* const next = following_.data();
  std::uint32_t* const marks = marks_.data();
  const std::uint32_t mark = mark_;
  std::size_t at = 0;
  std::size_t reached = 1;
  for (distance_ = 0; at < reached; ++distance_) {
    const std::size_t level = at;
    const bool nearer_than_depth = distance_ < depth;
    std::size_t following = 0;
    for (; at < reached; ++at) {
      if (at % kNodesPerRest == kNodesPerRest - 1 && !reader.Rest()) return false;
      const auto visit = [&](NodeNumber other, EdgeNumber, EdgeClass) {
        if (marks[other] == mark) return;
        marks[other] = mark;
        if (graph.ClassOf(other) == NodeClass::kJob) {
          order[reached++] = other;
        } else {
          next[following++] = other;
        }
      };
      if (!reader.ForEachResting(true, order[at], visit)) return false;
    }
    reached_ = reached;
    if (!SettleLevel(reader, metadata, level, rules)) return false;
    if (!nearer_than_depth) break;
    for (std::size_t i = 0; i < following; ++i) {
      if (i % kTakenPerRest == kTakenPerRest - 1 && !reader.Rest()) return false;
      order[reached++] = next[i];
    }
  }
  return true;
}

bool Inheritance::RunLarge(GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                           InheritRules& rules) {
  if (!Begin(reader, metadata, node, rules)) return false;
  return IsPlain(reader, rules) ? RunPlain(reader, metadata, depth, rules) : RunAny(reader, metadata, depth, rules);
}

// The same with names and priorities, which may bring a node nearer than its first edge does.
bool Inheritance::RunAny(GraphReader& reader, MetadataReader& metadata, std::uint32_t depth, InheritRules& rules) {
  next_.clear();
  std::size_t at = 0;
  for (distance_ = 0; at < reached_; ++distance_) {
    const std::size_t level = at;
    for (; at < reached_; ++at) {
      if (at % kNodesPerRest == kNodesPerRest - 1 && !reader.Rest()) return false;
      if (!Look(reader, at, distance_ < depth, rules)) return false;
    }
    if (!SettleLevel(reader, metadata, level, rules)) return false;
    if (!TakeNext(reader, rules)) return false;
  }
  return true;
}

}  // namespace cairn
