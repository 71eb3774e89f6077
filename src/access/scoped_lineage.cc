#include <algorithm>
#include <limits>
#include <map>

#include "access/scoped_repository.h"

namespace cairn {
namespace {

constexpr std::uint32_t kAll = std::numeric_limits<std::uint32_t>::max();
constexpr std::size_t kPathsMax = 1000;  // Looked at for those that may be seen.

}  // namespace

// A thing goes by a name that may be seen, where it has one.
void ScopedRepository::NameAsSeen(LineageNode* node) {
  std::erase_if(node->names, [&](const NodeKey& name) { return !Sees(name); });
  node->hidden = !Sees(node->key);
  if (!node->hidden || node->names.empty()) return;
  node->key = std::move(node->names.front());
  node->names.erase(node->names.begin());
  node->hidden = false;
}

// What cannot be reached from a start without going through a closed stub is not told, nor how much of it there is: the
// stubs alone are counted.
void ScopedRepository::CloseHidden(LineageGraph* graph) {
  if (grant_->namespaces.empty()) return;
  std::vector<LineageNode>& nodes = graph->nodes;
  for (LineageNode& node : nodes) NameAsSeen(&node);
  std::vector<std::vector<std::uint32_t>> beside(nodes.size());
  for (const LineageEdge& edge : graph->edges) {
    beside[edge.from].push_back(edge.to);
    beside[edge.to].push_back(edge.from);
  }
  std::vector<bool> is_kept(nodes.size(), false);
  std::vector<std::uint32_t> queue;
  const auto keep = [&](std::uint32_t at) {
    if (is_kept[at]) return;
    is_kept[at] = true;
    if (!nodes[at].hidden) queue.push_back(at);
  };
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].hops == 0 && !nodes[i].hidden) keep(i);
  }
  while (!queue.empty()) {
    const std::uint32_t at = queue.back();
    queue.pop_back();
    for (const std::uint32_t other : beside[at]) keep(other);
  }
  std::vector<std::uint32_t> place(nodes.size(), kAll);
  std::vector<LineageNode> kept;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    if (!is_kept[i]) continue;
    place[i] = static_cast<std::uint32_t>(kept.size());
    LineageNode& node = kept.emplace_back(std::move(nodes[i]));
    if (!node.hidden) continue;
    ++graph->hidden;
    node.key = {grant_->tenant, "hidden", "", std::to_string(graph->hidden), ""};
    node.more = node.root = node.leaf = false;
  }
  nodes = std::move(kept);
  std::vector<LineageEdge> edges;
  for (LineageEdge& edge : graph->edges) {
    edge.from = place[edge.from];
    edge.to = place[edge.to];
    if (edge.from == kAll || edge.to == kAll) continue;
    const bool is_closed = nodes[edge.from].hidden || nodes[edge.to].hidden;
    if (nodes[edge.from].hidden && nodes[edge.to].hidden) continue;
    if (is_closed) edge.subtype.clear(), edge.description.clear();
    edges.push_back(std::move(edge));
  }
  graph->edges = std::move(edges);
  for (auto& cycle : graph->cycles) {
    for (std::uint32_t& node : cycle) node = place[node];
  }
  std::erase_if(graph->cycles, [&](const std::vector<std::uint32_t>& cycle) {
    return std::any_of(cycle.begin(), cycle.end(), [&](std::uint32_t at) { return at == kAll || nodes[at].hidden; });
  });
}

Result<LineageGraph> ScopedRepository::Lineage(const LineageSpec& spec) {
  if (Status status = MustSee(spec.node); !status.ok()) return status;
  if (Status status = MustSeeEach(spec.others); !status.ok()) return status;
  auto graph = whole_->Lineage(spec);
  if (graph) CloseHidden(&*graph);
  return graph;
}

Result<LineageImpact> ScopedRepository::Impact(const LineageSpec& spec) {
  if (Status status = MustSee(spec.node); !status.ok()) return status;
  if (Status status = MustSeeEach(spec.others); !status.ok()) return status;
  auto impact = whole_->Impact(spec);
  if (!impact || grant_->namespaces.empty()) return impact;
  // Ranks go with their nodes, which keep their order; a stub has that of the one before it.
  std::map<NodeKey, std::uint32_t> ranks;
  for (std::size_t i = 0; i < impact->graph.nodes.size(); ++i) {
    const LineageNode& node = impact->graph.nodes[i];
    ranks[node.key] = impact->ranks[i];
    for (const NodeKey& name : node.names) ranks[name] = impact->ranks[i];
  }
  CloseHidden(&impact->graph);
  impact->ranks.clear();
  std::uint32_t last = 0;
  for (const LineageNode& node : impact->graph.nodes) {
    const auto found = ranks.find(node.key);
    last = found == ranks.end() ? last : found->second;
    impact->ranks.push_back(last);
  }
  return impact;
}

Result<LineagePaths> ScopedRepository::Paths(const LineagePathsSpec& spec) {
  if (Status status = MustSee(spec.from); !status.ok()) return status;
  if (Status status = MustSee(spec.to); !status.ok()) return status;
  if (grant_->namespaces.empty()) return whole_->Paths(spec);
  LineagePathsSpec wide = spec;
  wide.limit = std::max(spec.limit, kPathsMax);
  auto found = whole_->Paths(wide);
  if (!found) return found;
  for (LineageNode& node : found->graph.nodes) NameAsSeen(&node);
  LineagePaths out;
  out.partial = found->partial;
  std::vector<std::uint32_t> node_place(found->graph.nodes.size(), kAll);
  std::vector<std::uint32_t> edge_place(found->graph.edges.size(), kAll);
  const auto place_node = [&](std::uint32_t at) {
    if (node_place[at] == kAll) {
      node_place[at] = static_cast<std::uint32_t>(out.graph.nodes.size());
      out.graph.nodes.push_back(found->graph.nodes[at]);
    }
    return node_place[at];
  };
  for (const auto& path : found->paths) {
    const bool is_seen = std::all_of(path.begin(), path.end(), [&](std::uint32_t edge) {
      return !found->graph.nodes[found->graph.edges[edge].from].hidden &&
             !found->graph.nodes[found->graph.edges[edge].to].hidden;
    });
    if (!is_seen) {
      ++out.hidden;
      continue;
    }
    if (out.paths.size() == spec.limit) {
      out.partial = true;
      break;
    }
    auto& edges = out.paths.emplace_back();
    for (const std::uint32_t edge : path) {
      if (edge_place[edge] == kAll) {
        LineageEdge copy = found->graph.edges[edge];
        copy.from = place_node(copy.from);
        copy.to = place_node(copy.to);
        edge_place[edge] = static_cast<std::uint32_t>(out.graph.edges.size());
        out.graph.edges.push_back(std::move(copy));
      }
      edges.push_back(edge_place[edge]);
    }
  }
  return out;
}

Result<LineageShared> ScopedRepository::Shared(const LineageSharedSpec& spec) {
  if (Status status = MustSeeEach(spec.nodes); !status.ok()) return status;
  if (grant_->namespaces.empty() || spec.nodes.empty()) return whole_->Shared(spec);
  // Of what is seen of the lineage of each, what all have.
  std::map<NodeKey, std::pair<std::size_t, std::uint32_t>> counts;  // How many have it, and hops from the farthest.
  LineageShared out;
  for (const NodeKey& node : spec.nodes) {
    LineageSpec one;
    one.node = node;
    one.filter = spec.filter;
    one.depth = kAll;
    one.nodes_max = kAll;
    auto graph = Lineage(one);
    if (!graph) return graph.error();
    for (const LineageNode& ancestor : graph->nodes) {
      if (ancestor.hidden) {
        ++out.hidden;
        continue;
      }
      auto& [count, hops] = counts[ancestor.key];
      ++count;
      hops = std::max(hops, static_cast<std::uint32_t>(std::abs(ancestor.hops)));
    }
  }
  for (const auto& [node, found] : counts) {
    if (found.first == spec.nodes.size()) out.ancestors.push_back({node, found.second});
  }
  std::stable_sort(out.ancestors.begin(), out.ancestors.end(),
                   [](const SharedAncestor& a, const SharedAncestor& b) { return a.hops < b.hops; });
  out.total = out.ancestors.size();
  if (spec.limit != 0 && out.ancestors.size() > spec.limit) out.ancestors.resize(spec.limit);
  return out;
}

Result<LineageDiff> ScopedRepository::Difference(const LineageDiffSpec& spec) {
  LineageDiffSpec own = spec;
  own.tenant = grant_->tenant;
  if (spec.node) {
    if (Status status = MustSee(*spec.node); !status.ok()) return status;
  }
  auto diff = whole_->Difference(own);
  if (!diff || is_whole()) return diff;
  diff->hidden += std::erase_if(diff->nodes, [&](const ChangedNode& one) { return !Sees(one.node); });
  diff->hidden += std::erase_if(diff->edges, [&](const ChangedEdge& one) { return !Sees(one.from) || !Sees(one.to); });
  for (ChangedNode& node : diff->nodes) {
    std::erase_if(node.kinds, [&](const std::string& kind) { return !sees_->SeesKind(kind); });
  }
  diff->hidden += std::erase_if(
      diff->nodes, [](const ChangedNode& one) { return one.change == LineageChange::kChanged && one.kinds.empty(); });
  return diff;
}

Result<LineageWhy> ScopedRepository::Why(const LineageWhySpec& spec) {
  if (Status status = MustSee(spec.from); !status.ok()) return status;
  if (Status status = MustSee(spec.to); !status.ok()) return status;
  auto why = whole_->Why(spec);
  if (!why || is_whole()) return why;
  std::vector<EdgeReason> reasons;
  for (EdgeReason& reason : why->reasons) {
    auto shown = reason.fact ? Shown(*reason.fact) : std::nullopt;
    if ((reason.fact && !shown) || !Sees(reason.from) || !Sees(reason.to)) {
      ++why->withheld;
      continue;
    }
    reason.fact = std::move(shown);
    reasons.push_back(std::move(reason));
  }
  why->reasons = std::move(reasons);
  return why;
}

Result<LineageInherited> ScopedRepository::Inherit(const LineageInheritSpec& spec) {
  if (Status status = MustSee(spec.node); !status.ok()) return status;
  auto inherited = whole_->Inherit(spec);
  if (!inherited || is_whole()) return inherited;
  const auto is_hidden = [&](const InheritedValue& value) { return !SeesValue(value); };
  inherited->hidden += std::erase_if(inherited->own, is_hidden);
  inherited->hidden += std::erase_if(inherited->inherited, is_hidden);
  return inherited;
}

// A value is seen by who sees the record that states it. Of an event that names what may not be seen the facet counts,
// which is of a kind of its own.
bool ScopedRepository::SeesValue(const InheritedValue& value) {
  if (!Sees(value.source) || !sees_->SeesAllOf(value.value)) return false;
  const auto page = whole_->Tail({value.record}, 1);
  if (!page || page->facts.empty() || page->facts.front().seq().value != value.record) return false;
  const auto details = page->facts.front().Parse();
  if (!details) return false;
  const bool is_event =
      details->kind == kKindRunEvent || details->kind == kKindJobEvent || details->kind == kKindDatasetEvent;
  if (!is_event) return Shown(page->facts.front()).has_value();
  return sees_->SeesKind(value.key == "owners" ? "ownership" : value.key);
}

}  // namespace cairn
