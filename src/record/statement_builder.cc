#include "record/statement_builder.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace cairn {
namespace {

std::uint64_t Mix(std::string_view text, std::uint64_t seed) {
  return XXH3_64bits_withSeed(text.data(), text.size(), seed);
}

/// The parts are hashed one upon the other, so that moving a byte from one to the next gives another hash.
std::uint32_t HashOf(std::string_view type, std::string_view ns, std::string_view name, std::string_view part) {
  std::uint64_t hash = Mix(name, Mix(ns, type.size()));
  if (!part.empty()) hash = Mix(part, hash);
  return static_cast<std::uint32_t>(hash ^ (hash >> 32));
}

}  // namespace

void HashIndex::Grow() {
  std::vector<Slot> wider(slots_.size() * 4);
  for (const Slot& slot : slots_) {
    if (slot.place_plus_1 == 0) continue;
    std::size_t at = slot.hash & (wider.size() - 1);
    while (wider[at].place_plus_1 != 0) at = (at + 1) & (wider.size() - 1);
    wider[at] = slot;
  }
  large_ = std::move(wider);
  slots_ = large_;
}

// Few and small ones keep their memory: one event of thousands of columns would hold it for good.
void EventStatementsPool::Clear() {
  constexpr std::size_t kKept = 64;
  constexpr std::size_t kListMax = 256;
  used_ = 0;
  if (all_.size() > kKept) all_.resize(kKept);
  for (EventStatements& kept : all_) {
    const std::size_t longest =
        std::max({kept.nodes.capacity(), kept.facets.capacity(), kept.edges.capacity(), kept.claims.capacity(),
                  kept.steps.capacity(), kept.ends.capacity(), kept.attributes.capacity(), kept.metadata.capacity()});
    if (longest > kListMax) kept = {};
  }
}

StatementBuilder::StatementBuilder(Arena& arena, EventStatements& out) : arena_(arena), out_(out) {
  out_.nodes.clear();
  out_.facets.clear();
  out_.edges.clear();
  out_.claims.assign(1, {});
  out_.steps.assign(1, {});
  out_.ends.clear();
  out_.declared.reset();
  out_.attributes.clear();
  out_.metadata.clear();
}

std::uint32_t StatementBuilder::Node(std::string_view type, std::string_view ns, std::string_view name,
                                     std::string_view part) {
  const auto [index, added] = nodes_.FindOrAdd(
      HashOf(type, ns, name, part), static_cast<std::uint32_t>(out_.nodes.size()), [&](std::uint32_t place) {
        const NodeView& node = out_.nodes[place];
        return node.part == part && node.name == name && node.ns == ns && node.type == type;
      });
  if (added) {
    if (ns_ != ns) ns_ = arena_.Copy(ns);
    if (name_ != name) name_ = arena_.Copy(name);
    out_.nodes.emplace_back(std::string_view{}, type, ns_, name_, arena_.Copy(part));
  }
  return index;
}

std::uint32_t StatementBuilder::Field(std::uint32_t dataset, std::string_view part) {
  const NodeView node = out_.nodes[dataset];
  return Node(kTypeField, node.ns, node.name, part);
}

void StatementBuilder::BeginClaim(const ClaimStatement& claim) {
  // An event may hold one facet of a dataset twice, as an input and as an output.
  const auto hash =
      static_cast<std::uint32_t>((claim.holder * 8 + static_cast<std::uint32_t>(claim.scope)) * 0x9E3779B1);
  const auto [index, added] =
      claims_.FindOrAdd(hash, static_cast<std::uint32_t>(out_.claims.size()), [&](std::uint32_t place) {
        const ClaimStatement& known = out_.claims[place];
        return known.scope == claim.scope && known.holder == claim.holder && known.deleted == claim.deleted;
      });
  if (added) out_.claims.push_back(claim);
  claim_ = index;
}

std::uint32_t StatementBuilder::Step(const StepStatement& step) {
  if (step == StepStatement{}) return 0;
  const std::uint64_t hash = Mix(step.description, Mix(step.subtype, step.masking ? 1 : 2)) + step.priority;
  const auto [index, added] =
      steps_.FindOrAdd(static_cast<std::uint32_t>(hash ^ hash >> 32), static_cast<std::uint32_t>(out_.steps.size()),
                       [&](std::uint32_t place) { return out_.steps[place] == step; });
  if (added) {
    out_.steps.push_back({arena_.Copy(step.subtype), arena_.Copy(step.description), step.masking, step.priority});
  }
  return index;
}

void StatementBuilder::Edge(EdgeType type, std::uint32_t from, std::uint32_t to, std::uint32_t step) {
  const std::uint64_t ends = (std::uint64_t{from} << 32) | to;
  const std::uint64_t hash = XXH3_64bits_withSeed(
      &ends, sizeof(ends), static_cast<std::uint64_t>(type) | std::uint64_t{claim_} << 8 | std::uint64_t{step} << 36);
  const bool added = edges_
                         .FindOrAdd(static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(out_.edges.size()),
                                    [&](std::uint32_t place) {
                                      const EdgeStatement& edge = out_.edges[place];
                                      return edge.from == from && edge.to == to && edge.type == type &&
                                             edge.claim == claim_ && edge.step == step;
                                    })
                         .second;
  if (added) out_.edges.push_back({type, from, to, claim_, step});
}

std::string_view StatementBuilder::Join(std::string_view a, char separator, std::string_view b) {
  char* text = arena_.Allocate(a.size() + 1 + b.size());
  // Either may be empty, with no address to copy from.
  if (!a.empty()) std::memcpy(text, a.data(), a.size());
  text[a.size()] = separator;
  if (!b.empty()) std::memcpy(text + a.size() + 1, b.data(), b.size());
  return {text, a.size() + 1 + b.size()};
}

}  // namespace cairn
