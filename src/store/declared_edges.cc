#include "store/declared_edges.h"

#include <algorithm>
#include <vector>

#include "lineage/paths.h"
#include "lineage/walk.h"

namespace cairn {

DeclaredEdges::DeclaredEdges(const Views& views) {
  const auto intern = [&](NodeNumber node) { return Intern(views.nodes().at(node)); };
  views.lineage().ForEachDeclaration([&](EdgeNumber number, Stamp stamp, const Interval& span) {
    const Graph::Edge& edge = views.graph().edge(number);
    const EdgeNumber own = fold_.graph().Intern(edge.type, intern(edge.from), intern(edge.to));
    fold_.Declare({own, 0}, stamp, span, span.from != span.until);
  });
  views.lineage().ForEachEnding(
      [&](NodeNumber node, Stamp stamp, bool emptied) { fold_.End(intern(node), stamp, emptied); });
}

NodeNumber DeclaredEdges::Intern(const NodeView& node) {
  const NodeNumber number = names_.Intern(node);
  if (node.type == kTypeField && !node.part.empty() && fold_.WholeOf(number) == number) {
    fold_.SetPart(number, names_.Intern({node.tenant, kTypeDataset, node.ns, node.name}));
  }
  return number;
}

void DeclaredEdges::Add(const ParsedRecord& record) {
  if (record.event == nullptr) return;
  const EventStatements& event = *record.event;
  const Stamp stamp{record.produced_at.ns, static_cast<std::uint32_t>(record.fingerprint)};
  const auto intern = [&](std::uint32_t index) {
    NodeView node = event.nodes[index];
    node.tenant = record.target.tenant;
    return Intern(node);
  };
  for (const EndStatement& end : event.ends) fold_.End(intern(end.node), stamp, end.emptied);
  if (!event.declared || event.edges.empty()) return;
  const EdgeStatement& edge = event.edges.front();
  const EdgeNumber number = fold_.graph().Intern(edge.type, intern(edge.from), intern(edge.to));
  fold_.Declare({number, 0}, stamp, {event.declared->valid_from.ns, event.declared->valid_until.ns},
                event.declared->stands);
}

std::optional<std::string> DeclaredEdges::WayAt(NodeNumber from, NodeNumber to, std::int64_t time) const {
  GraphReader reader(fold_.graph(), {.moment = Moment::At({time})});
  SameThings same(reader);
  const auto found =
      FindPaths(reader, {.from = from, .to = to, .shortest_only = true, .depth = kNoNumber, .limit = 1}, same);
  if (!found || found->paths.empty()) return std::nullopt;
  std::string out = NodeId(names_.at(to)) + " -> " + NodeId(names_.at(from));
  for (const PathStep& step : found->paths.front()) out += " -> " + NodeId(names_.at(step.to));
  return out;
}

// A cycle that stands at some instant stands when the last of its edges begins: only such instants are looked at.
std::optional<std::string> DeclaredEdges::CycleOf(const ParsedRecord& record) {
  const EventStatements& event = *record.event;
  const EdgeStatement& edge = event.edges.front();
  NodeView from_name = event.nodes[edge.from];
  NodeView to_name = event.nodes[edge.to];
  from_name.tenant = to_name.tenant = record.target.tenant;
  if (from_name == to_name) return NodeId(from_name) + " -> " + NodeId(to_name);
  const NodeNumber from = names_.Find(from_name);
  const NodeNumber to = names_.Find(to_name);
  if (from == NumberSet::kNone || to == NumberSet::kNone) return std::nullopt;
  const Moment moment{event.declared->valid_from.ns, event.declared->valid_until.ns};
  GraphReader reader(fold_.graph(), {.moment = moment});
  Walk walk;
  walk.Run(reader, {{to}}, {.up = false});
  if (!walk.Reached(from)) return std::nullopt;
  std::vector<std::int64_t> instants{moment.from};
  Interval room;
  for (const NodeNumber node : walk.nodes()) {
    reader.ForEach(false, node, [&](NodeNumber, EdgeNumber number, EdgeClass) {
      for (const Interval& interval : fold_.graph().ValidityOf(number, &room)) {
        if (moment.Meets(interval)) instants.push_back(std::max(interval.from, moment.from));
      }
    });
  }
  std::sort(instants.begin(), instants.end());
  instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
  for (const std::int64_t time : instants) {
    if (auto way = WayAt(to, from, time)) return way;
  }
  return std::nullopt;
}

}  // namespace cairn
