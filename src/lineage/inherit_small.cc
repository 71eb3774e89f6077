#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "lineage/inherit.h"

namespace cairn {
namespace {

// Sets of fields, all below `InheritRules::kFirstFields`.
[[gnu::always_inline]] inline bool Has(std::uint64_t set, std::uint32_t field) { return (set >> field & 1) != 0; }
[[gnu::always_inline]] inline void Add(std::uint64_t* set, std::uint32_t field) { *set |= std::uint64_t{1} << field; }

// Nodes that may have been reached already, by the last bits of their numbers.
[[gnu::always_inline]] inline std::uint64_t BitOf(NodeNumber node) { return std::uint64_t{1} << (node % 64); }

// Two numbers as one word, in which they stand beside each other in memory: half as many are moved and compared.
[[gnu::always_inline]] inline std::uint64_t Beside(std::uint32_t first, std::uint32_t second) {
  static_assert(std::endian::native == std::endian::little);
  return std::uint64_t{second} << 32 | first;
}
[[gnu::always_inline]] inline void Write(Inherited* out, std::uint64_t key_and_value, std::uint64_t source_and_distance,
                                         std::uint64_t seq) {
  auto* bytes = reinterpret_cast<unsigned char*>(out);
  std::memcpy(bytes + offsetof(Inherited, key), &key_and_value, sizeof key_and_value);
  std::memcpy(bytes + offsetof(Inherited, source), &source_and_distance, sizeof source_and_distance);
  out->seq = seq;
}
[[gnu::always_inline]] inline std::uint64_t KeyAndValue(const Inherited& one) {
  std::uint64_t out;
  std::memcpy(&out, &one, sizeof out);
  return out;
}

bool HasTwice(std::span<const NodeNumber> nodes) {
  for (std::size_t i = 1; i < nodes.size(); ++i) {
    const auto before = nodes.first(i);
    if (std::find(before.begin(), before.end(), nodes[i]) != before.end()) return true;
  }
  return false;
}

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
        last_for_list_(limit_ - Inheritance::kSmallList),
        end_(room) {}

  // False where there is no room.
  [[gnu::always_inline]] bool SettleOne(const std::vector<MetadataValue>& values, std::uint64_t from) {
    return SettleEach(values.data(), values.data() + values.size(), from);
  }

  [[gnu::always_inline]] bool SettleTwo(const std::vector<MetadataValue>& ours, NodeNumber one,
                                        const std::vector<MetadataValue>& theirs, NodeNumber other,
                                        std::uint32_t distance) {
    const std::uint64_t from_one = Beside(one, distance);
    const std::uint64_t from_other = Beside(other, distance);
    const MetadataValue* a = ours.data();
    const MetadataValue* b = theirs.data();
    const MetadataValue* const a_end = a + ours.size();
    const MetadataValue* const b_end = b + theirs.size();
    bool done = false;
    while (a != a_end && b != b_end) {
      if (a->key != b->key) {
        const bool first = a->key < b->key;
        const MetadataValue& value = first ? *a++ : *b++;
        if (!Has(closed_, value.field) && !Settle(value, first ? from_one : from_other, &done)) return false;
        continue;
      }
      if (!Has(closed_, a->field)) {
        const bool first =
            a->produced_at != b->produced_at ? a->produced_at > b->produced_at : rules_.name_before(one, other);
        if (!Settle(first ? *a : *b, first ? from_one : from_other, &done)) return false;
        if (!done && !Settle(first ? *b : *a, first ? from_other : from_one, &done)) return false;
      }
      ++a;
      ++b;
    }
    return SettleEach(a, a_end, from_one) && SettleEach(b, b_end, from_other);
  }

  [[nodiscard]] std::size_t given() const { return static_cast<std::size_t>(end_ - begin_); }

 private:
  [[gnu::always_inline]] bool SettleEach(const MetadataValue* value, const MetadataValue* end, std::uint64_t from) {
    bool done = false;
    for (; value != end; ++value) {
      if (!Has(closed_, value->field) && !Settle(*value, from, &done)) return false;
    }
    return true;
  }

  // Of a source and its distance beside it.
  static bool IsItsOwn(std::uint64_t from) { return from >> 32 == 0; }

  // As `Inheritance::Settle`.
  [[gnu::always_inline]] bool Settle(const MetadataValue& value, std::uint64_t from, bool* done) {
    *done = true;
    if (value.is_list && Has(rules_.first_united, value.field)) {
      *done = false;
      return AddItems(value, from);
    }
    if (value.value == kNoNumber) [[unlikely]] {
      Add(&closed_, value.field);
      const InheritPolicy policy = Learn(rules_, value);
      *done = policy != InheritPolicy::kUnion;
      if (IsItsOwn(from)) blocked_.push_back(value.key);
      return true;
    }
    if (!Has(rules_.first_replaced, value.field)) [[unlikely]] {
      const InheritPolicy policy = Learn(rules_, value);
      if (policy == InheritPolicy::kNever && !IsItsOwn(from)) return true;
      if (value.is_list && policy == InheritPolicy::kUnion) {
        *done = false;
        return AddItems(value, from);
      }
    }
    Add(&closed_, value.field);
    if (end_ == limit_) return false;
    Write(end_++, Beside(value.key, value.value), from, value.seq);
    return true;
  }

  [[gnu::always_inline]] bool AddItems(const MetadataValue& list, std::uint64_t from) {
    const std::span<const std::uint32_t> texts = metadata_.ItemsOf(list);
    if (texts.size() > Inheritance::kSmallList || end_ > last_for_list_) return false;
    for (const std::uint32_t text : texts) {
      const std::uint64_t item = Beside(list.key, text);
      std::uint8_t& place = places_[text % places_.size()];
      if (place != kNoPlace && (KeyAndValue(*At(place)) == item || HasGiven(item))) continue;
      place = PlaceOf(end_);
      Write(end_++, item, from, list.seq);
    }
    return true;
  }

  // Where the first of an answer are, in words, so that no multiplication finds them; none is at `kNoPlace`.
  static constexpr std::uint8_t kNoPlace = 0;
  static_assert(sizeof(Inherited) % sizeof(std::uint64_t) == 0);
  static_assert(Inheritance::kSmallValues * sizeof(Inherited) / sizeof(std::uint64_t) < 256);
  [[nodiscard]] std::uint8_t PlaceOf(const Inherited* one) const {
    const auto bytes = reinterpret_cast<const char*>(one) - reinterpret_cast<const char*>(begin_);
    return static_cast<std::uint8_t>(static_cast<std::size_t>(bytes) / sizeof(std::uint64_t) + 1);
  }
  [[nodiscard]] const Inherited* At(std::uint8_t place) const {
    const std::size_t bytes = (std::size_t{place} - 1) * sizeof(std::uint64_t);
    return reinterpret_cast<const Inherited*>(reinterpret_cast<const char*>(begin_) + bytes);
  }
  [[nodiscard]] bool HasGiven(std::uint64_t key_and_value) const {
    return std::any_of(begin_, static_cast<const Inherited*>(end_),
                       [&](const Inherited& one) { return KeyAndValue(one) == key_and_value; });
  }

  const MetadataReader& metadata_;
  InheritRules& rules_;
  std::vector<std::uint32_t>& blocked_;
  const Inherited* const begin_;
  const Inherited* const limit_;
  const Inherited* const last_for_list_;
  Inherited* end_;
  std::uint64_t closed_ = 0;               // Fields of which nothing farther counts.
  std::array<std::uint8_t, 64> places_{};  // By the last bits of elements, where the last of them is.
};

}  // namespace

// Leaves in order_ what is looked at, and in `givers`, which has room for as many, what has something to give; returns
// how many have, 0 where it is no line, or too long: one that comes round would not end.
[[gnu::always_inline]] inline std::uint32_t Inheritance::GoAlongLine(const GraphReader& reader, NodeNumber node,
                                                                     std::uint32_t depth, NodeNumber* givers) {
  const Graph& graph = reader.graph();
  NodeNumber* at = order_.data();
  const NodeNumber* const end = at + kSmallNodes;
  NodeNumber* given = givers;
  const NodeNumber* const farthest = givers + std::min<std::uint32_t>(depth, kSmallNodes);
  *given++ = node;
  while (true) {
    *at++ = node;
    const NodeNumber next = reader.OnlyOne(true, node);
    if (next == GraphReader::kNone) break;
    if (next == GraphReader::kMore || at == end) return 0;
    if (graph.ClassOf(next) != NodeClass::kJob) {
      // Jobs behind the last are looked at, as part of its level.
      if (given > farthest) {
        if (HasTwice({order_.data(), at})) return 0;
        break;
      }
      *given++ = next;
    }
    node = next;
  }
  reached_ = static_cast<std::uint32_t>(at - order_.data());
  return static_cast<std::uint32_t>(given - givers);
}

// Where each node has one edge that leads here, nothing is to be kept in order: what a node gives is settled when it is
// come to. Gives up where there is more.
bool Inheritance::RunLine(const GraphReader& reader, MetadataReader& metadata, NodeNumber node, std::uint32_t depth,
                          InheritRules& rules) {
  if (metadata.fields() > InheritRules::kFirstFields) return false;
  NodeNumber givers[kSmallNodes];
  const std::uint32_t count = GoAlongLine(reader, node, depth, givers);
  if (count == 0) return false;
  blocked_.clear();
  SmallAnswer answer(metadata, rules, values_.data(), blocked_);
  for (std::uint32_t distance = 0; distance != count; ++distance) {
    const NodeNumber giver = givers[distance];
    if (!answer.SettleOne(metadata.Of(giver), Beside(giver, distance))) return false;
  }
  given_ = answer.given();
  return true;
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
  for (std::uint32_t distance = 0; distance != levels.count; ++distance) {
    const NodeNumber one = *giver++;
    if ((levels.pairs >> distance & 1) == 0) {
      if (!answer.SettleOne(metadata.Of(one), Beside(one, distance))) return false;
    } else {
      const NodeNumber other = *giver++;
      if (!answer.SettleTwo(metadata.Of(one), one, metadata.Of(other), other, distance)) return false;
    }
  }
  given_ = answer.given();
  return true;
}

}  // namespace cairn
