#include <algorithm>

#include "lineage/inherit.h"

namespace cairn {
namespace {

// Sets of fields, all below `InheritRules::kFirstFields`.
[[gnu::always_inline]] inline bool Has(std::uint64_t set, std::uint32_t field) { return (set >> field & 1) != 0; }
[[gnu::always_inline]] inline void Add(std::uint64_t* set, std::uint32_t field) { *set |= std::uint64_t{1} << field; }

// Nodes that may have been reached already, by the last bits of their numbers.
[[gnu::always_inline]] inline std::uint64_t BitOf(NodeNumber node) { return std::uint64_t{1} << (node % 64); }

// Apart, so that what is looked at often stays in registers.
[[gnu::noinline]] InheritPolicy Learn(InheritRules& rules, const MetadataValue& value) { return rules.PolicyOf(value); }

// The values that a small question finds: plain pointers, and sets in one word each.
class SmallAnswer {
 public:
  // `room` is for `Inheritance::kSmallValues`.
  SmallAnswer(const MetadataReader& metadata, InheritRules& rules, Inherited* room, std::vector<std::uint32_t>& blocked)
      : metadata_(metadata),
        rules_(rules),
        blocked_(blocked),
        begin_(room),
        limit_(room + Inheritance::kSmallValues),
        end_(room) {}

  // False where there is no room.
  [[gnu::always_inline]] bool SettleOne(const std::vector<MetadataValue>& values, NodeNumber node) {
    return SettleEach(values.data(), values.data() + values.size(), node);
  }

  [[gnu::always_inline]] bool SettleTwo(const std::vector<MetadataValue>& ours, NodeNumber one,
                                        const std::vector<MetadataValue>& theirs, NodeNumber other) {
    const MetadataValue* a = ours.data();
    const MetadataValue* b = theirs.data();
    const MetadataValue* const a_end = a + ours.size();
    const MetadataValue* const b_end = b + theirs.size();
    bool done = false;
    while (a != a_end && b != b_end) {
      if (a->key != b->key) {
        const bool first = a->key < b->key;
        const MetadataValue& value = first ? *a++ : *b++;
        if (!Has(closed_, value.field) && !Settle(value, first ? one : other, &done)) return false;
        continue;
      }
      if (!Has(closed_, a->field)) {
        const bool first =
            a->produced_at != b->produced_at ? a->produced_at > b->produced_at : rules_.name_before(one, other);
        if (!Settle(first ? *a : *b, first ? one : other, &done)) return false;
        if (!done && !Settle(first ? *b : *a, first ? other : one, &done)) return false;
      }
      ++a;
      ++b;
    }
    return SettleEach(a, a_end, one) && SettleEach(b, b_end, other);
  }

  // What is asked about next is a thing further.
  [[gnu::always_inline]] std::uint32_t GoFurther() { return ++distance_; }

  [[nodiscard]] std::size_t given() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  [[gnu::always_inline]] bool SettleEach(const MetadataValue* value, const MetadataValue* end, NodeNumber node) {
    bool done = false;
    for (; value != end; ++value) {
      if (!Has(closed_, value->field) && !Settle(*value, node, &done)) return false;
    }
    return true;
  }

  // As `Inheritance::Settle`.
  [[gnu::always_inline]] bool Settle(const MetadataValue& value, NodeNumber node, bool* done) {
    *done = true;
    if (value.value == kNoNumber) [[unlikely]] {
      Add(&closed_, value.field);
      const InheritPolicy policy = Learn(rules_, value);
      *done = policy != InheritPolicy::kUnion;
      if (distance_ == 0) blocked_.push_back(value.key);
      return true;
    }
    if (value.is_list && Has(rules_.first_united, value.field)) {
      *done = false;
      return AddItems(value, node);
    }
    if (!Has(rules_.first_replaced, value.field)) [[unlikely]] {
      const InheritPolicy policy = Learn(rules_, value);
      if (policy == InheritPolicy::kNever && distance_ != 0) return true;
      if (value.is_list && policy == InheritPolicy::kUnion) {
        *done = false;
        return AddItems(value, node);
      }
    }
    Add(&closed_, value.field);
    if (end_ == limit_) return false;
    *end_++ = {value.key, value.value, node, distance_, value.seq};
    return true;
  }

  [[gnu::always_inline]] bool AddItems(const MetadataValue& list, NodeNumber node) {
    const std::span<const std::uint32_t> texts = metadata_.ItemsOf(list);
    const std::uint32_t* text = texts.data();
    const std::uint32_t* const texts_end = text + texts.size();
    if (texts.size() * sizeof(Inherited) > room_bytes()) return false;
    for (; text != texts_end; ++text) {
      const std::uint64_t bit = std::uint64_t{1} << (*text % 64);
      if ((items_ & bit) != 0) {
        const Inherited* had = begin_;
        while (had != end_ && (had->value != *text || had->key != list.key)) ++had;
        if (had != end_) continue;
      }
      items_ |= bit;
      *end_++ = {list.key, *text, node, distance_, list.seq};
    }
    return true;
  }

  // Counted in bytes, since how many values those are takes a division.
  [[nodiscard]] std::size_t room_bytes() const {
    return static_cast<std::size_t>(reinterpret_cast<const char*>(limit_) - reinterpret_cast<const char*>(end_));
  }

  const MetadataReader& metadata_;
  InheritRules& rules_;
  std::vector<std::uint32_t>& blocked_;
  const Inherited* const begin_;
  const Inherited* const limit_;
  Inherited* end_;
  std::uint64_t closed_ = 0;  // Fields of which nothing farther counts.
  std::uint64_t items_ = 0;   // By their last bits, elements that may have been given.
  std::uint32_t distance_ = 0;
};

}  // namespace

// Where each node has one edge that leads here, nothing is to be kept in order: what a node gives is settled when it is
// come to. Gives up where there is more.
bool Inheritance::RunLine(const GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                          InheritRules& rules) {
  const Graph& graph = reader.graph();
  if (metadata.fields() > InheritRules::kFirstFields || graph.in().Degree(node) != 1) return false;
  NodeNumber givers[kSmallNodes];
  const std::uint32_t count = GoAlongLine(reader, node, depth, givers);
  if (count == 0) return false;
  blocked_.clear();
  SmallAnswer answer(metadata, rules, values_.data(), blocked_);
  std::uint32_t at = 0;
  do {
    if (!answer.SettleOne(metadata.Of(givers[at]), givers[at])) return false;
    at = answer.GoFurther();
  } while (at != count);
  given_ = answer.given();
  return true;
}

// Leaves in order_ what is looked at, and in `givers`, which has room for as many, what has something to give; returns
// how many have, 0 where it is no line, or too long.
[[gnu::noinline]] std::uint32_t Inheritance::GoAlongLine(const GraphReader& reader, NodeNumber node,
                                                         std::uint32_t depth, NodeNumber* givers) {
  const Graph& graph = reader.graph();
  NodeNumber* at = order_.data();
  const NodeNumber* const end = at + kSmallNodes;
  NodeNumber* given = givers;
  std::uint64_t seen = BitOf(node);
  *given++ = node;
  const NodeNumber* const farthest = givers + std::min<std::uint32_t>(depth, kSmallNodes);
  while (true) {
    if (at == end) return 0;
    *at++ = node;
    NodeNumber next = kNoNumber;
    if (!reader.ForEachOfFew<true>(true, node, 1, [&](NodeNumber other) { next = other; })) return 0;
    if (next == kNoNumber) break;
    const bool gives = graph.ClassOf(next) != NodeClass::kJob;
    // Jobs behind the last are looked at, as part of its level.
    if (gives && given > farthest) break;
    if ((seen & BitOf(next)) != 0) return 0;
    seen |= BitOf(next);
    node = next;
    if (!gives) continue;
    if (given == givers + kSmallNodes) return 0;
    *given++ = node;
  }
  reached_ = static_cast<std::uint32_t>(at - order_.data());
  return static_cast<std::uint32_t>(given - givers);
}

// Leaves in order_ what has something to give, level by level, and the jobs behind it. No levels where it is no small
// walk.
template <bool plain>
[[gnu::always_inline]] inline Inheritance::SmallLevels Inheritance::WalkSmall(const GraphReader& reader,
                                                                              NodeNumber node, std::uint32_t depth) {
  const Graph& graph = reader.graph();
  NodeNumber* const order = order_.data();
  NodeNumber jobs[kSmallNodes];
  order[0] = node;
  std::uint64_t seen = BitOf(node);
  std::uint32_t things = 1;
  std::uint32_t job_count = 0;
  const auto visit = [&](NodeNumber found) {
    if ((seen & BitOf(found)) != 0) {
      for (std::uint32_t i = 0; i < things; ++i) {
        if (order[i] == found) return;
      }
      for (std::uint32_t i = 0; i < job_count; ++i) {
        if (jobs[i] == found) return;
      }
    }
    seen |= BitOf(found);
    if (graph.ClassOf(found) == NodeClass::kJob) {
      jobs[job_count++] = found;
    } else {
      order[things++] = found;
    }
  };
  SmallLevels levels{1, 0};
  std::uint32_t at = 0;
  std::uint32_t jobs_at = 0;
  std::uint32_t end = 1;
  while (true) {
    do {
      if (!reader.ForEachOfFew<plain>(true, order[at], kSmallNodes - things - job_count, visit)) return {};
    } while (++at != end);
    for (; jobs_at != job_count; ++jobs_at) {
      if (!reader.ForEachOfFew<plain>(true, jobs[jobs_at], kSmallNodes - things - job_count, visit)) return {};
    }
    const std::uint32_t next = things - end;
    if (next == 0 || levels.count > depth) break;
    if (next > 2) return {};
    levels.pairs |= (next >> 1) << levels.count++;
    end = things;
  }
  if (job_count != 0) std::copy_n(jobs, job_count, order + at);
  reached_ = at + job_count;
  return levels;
}

// Most questions are about a few nodes: they are kept in short arrays that are looked through, with a word that says
// which are surely new. Gives up where the question is not small.
bool Inheritance::RunSmall(const GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                           InheritRules& rules) {
  if (metadata.fields() > InheritRules::kFirstFields) return false;
  const SmallLevels levels =
      reader.plain() ? WalkSmall<true>(reader, node, depth) : WalkSmall<false>(reader, node, depth);
  if (levels.count == 0) return false;
  blocked_.clear();
  SmallAnswer answer(metadata, rules, values_.data(), blocked_);
  const NodeNumber* giver = order_.data();
  std::uint32_t pairs = levels.pairs;
  do {
    const NodeNumber one = *giver++;
    if ((pairs & 1) == 0) {
      if (!answer.SettleOne(metadata.Of(one), one)) return false;
    } else {
      const NodeNumber other = *giver++;
      if (!answer.SettleTwo(metadata.Of(one), one, metadata.Of(other), other)) return false;
    }
    pairs >>= 1;
  } while (answer.GoFurther() != levels.count);
  given_ = answer.given();
  return true;
}

}  // namespace cairn
