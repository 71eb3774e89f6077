#include "service/lineage_json.h"

#include <fmt/format.h>

#include "base/json.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

/// `[` the texts of all `]`.
template <typename List, typename Write>
std::string ListJson(const List& list, const Write& write) {
  std::string out = "[";
  for (const auto& each : list) {
    if (out.size() > 1) out += ',';
    out += write(each);
  }
  return out + "]";
}

std::string IdJson(const NodeKey& node) { return JsonString(NodeId(node)); }

std::string_view ChangeName(LineageChange change) {
  switch (change) {
    case LineageChange::kCame:
      return "came";
    case LineageChange::kWent:
      return "went";
    case LineageChange::kChanged:
      return "changed";
  }
  return "changed";
}

/// Without its closing brace.
std::string OpenGraphJson(const LineageGraph& graph) {
  const auto id = [&](std::uint32_t node) { return IdJson(graph.nodes[node].key); };
  return fmt::format("{{\"nodes\":{},\"edges\":{},\"cycles\":{},\"partial\":{}", ListJson(graph.nodes, LineageNodeJson),
                     ListJson(graph.edges, [&](const LineageEdge& edge) { return LineageEdgeJson(graph, edge); }),
                     ListJson(graph.cycles, [&](const auto& cycle) { return ListJson(cycle, id); }), graph.partial);
}

/// What was kept back, where anything was.
std::string HiddenJson(std::size_t hidden, std::string_view name = "hidden") {
  return hidden == 0 ? std::string() : fmt::format(",\"{}\":{}", name, hidden);
}

}  // namespace

std::string LineageNodeJson(const LineageNode& node) {
  std::string out = fmt::format("{{\"node\":{},\"hops\":{}", IdJson(node.key), node.hops);
  if (!node.names.empty()) out += ",\"names\":" + ListJson(node.names, IdJson);
  if (node.root) out += ",\"root\":true";
  if (node.leaf) out += ",\"leaf\":true";
  if (node.more) out += ",\"more\":true";
  if (node.hidden) out += ",\"hidden\":true";
  return out + "}";
}

std::string LineageEdgeJson(const LineageGraph& graph, const LineageEdge& edge) {
  std::string out =
      fmt::format("{{\"from\":{},\"to\":{},\"type\":{},\"first_seen\":\"{}\",\"last_seen\":\"{}\"",
                  IdJson(graph.nodes[edge.from].key), IdJson(graph.nodes[edge.to].key), JsonString(edge.type),
                  FormatTimestamp(edge.first_seen), FormatTimestamp(edge.last_seen));
  if (edge.until) out += fmt::format(",\"until\":\"{}\"", FormatTimestamp(*edge.until));
  if (!edge.subtype.empty()) out += ",\"subtype\":" + JsonString(edge.subtype);
  if (!edge.description.empty()) out += ",\"description\":" + JsonString(edge.description);
  if (edge.masking) out += ",\"masking\":true";
  return out + "}";
}

std::string LineageGraphJson(const LineageGraph& graph) {
  return OpenGraphJson(graph) + HiddenJson(graph.hidden) + "}";
}

std::string LineagePathsJson(const LineagePaths& paths) {
  const auto edge = [&](std::uint32_t number) { return LineageEdgeJson(paths.graph, paths.graph.edges[number]); };
  return fmt::format("{{\"paths\":{},\"partial\":{}{}}}",
                     ListJson(paths.paths, [&](const auto& path) { return ListJson(path, edge); }), paths.partial,
                     HiddenJson(paths.hidden));
}

std::string LineageImpactJson(const LineageImpact& impact) {
  const std::string ranks = ListJson(impact.ranks, [](std::uint32_t rank) { return std::to_string(rank); });
  return OpenGraphJson(impact.graph) + HiddenJson(impact.graph.hidden) + ",\"ranks\":" + ranks + "}";
}

std::string LineageSharedJson(const LineageShared& shared) {
  return fmt::format("{{\"ancestors\":{},\"total\":{}{}}}",
                     ListJson(shared.ancestors,
                              [](const SharedAncestor& ancestor) {
                                return fmt::format("{{\"node\":{},\"hops\":{}}}", IdJson(ancestor.node), ancestor.hops);
                              }),
                     shared.total, HiddenJson(shared.hidden));
}

std::string ChangedNodeJson(const ChangedNode& node) {
  std::string out = fmt::format("{{\"change\":\"{}\",\"node\":{}", ChangeName(node.change), IdJson(node.node));
  if (!node.kinds.empty()) out += ",\"kinds\":" + JsonList(node.kinds);
  return out + "}";
}

std::string ChangedEdgeJson(const ChangedEdge& edge) {
  std::string out = fmt::format("{{\"change\":\"{}\",\"from\":{},\"to\":{},\"type\":{}", ChangeName(edge.change),
                                IdJson(edge.from), IdJson(edge.to), JsonString(edge.type));
  if (edge.change == LineageChange::kChanged) {
    out += fmt::format(",\"before\":{},\"after\":{}", JsonString(edge.before), JsonString(edge.after));
  }
  return out + "}";
}

std::string LineageDiffJson(const LineageDiff& diff) {
  return fmt::format("{{\"nodes\":{},\"edges\":{},\"partial\":{}{}}}", ListJson(diff.nodes, ChangedNodeJson),
                     ListJson(diff.edges, ChangedEdgeJson), diff.partial, HiddenJson(diff.hidden));
}

std::string LineageSpanJson(const LineageWhy::Span& span) {
  std::string out = fmt::format("{{\"type\":{},\"from\":\"{}\"", JsonString(span.type), FormatTimestamp(span.from));
  if (span.until) out += fmt::format(",\"until\":\"{}\"", FormatTimestamp(*span.until));
  return out + "}";
}

std::string EdgeReasonJson(const EdgeReason& reason) {
  std::string out = fmt::format("{{\"type\":{},\"from\":{},\"to\":{},\"rule\":{},\"stated_at\":\"{}\"",
                                JsonString(reason.type), JsonString(NodeId(reason.from)), JsonString(NodeId(reason.to)),
                                JsonString(reason.rule), FormatTimestamp(reason.stated_at));
  if (!reason.run_id.empty()) out += ",\"run_id\":" + JsonString(reason.run_id);
  if (!reason.transformation.empty()) out += ",\"transformation\":" + JsonString(reason.transformation);
  if (reason.fact) out += fmt::format(",\"seq\":{}", reason.fact->seq().value);
  return out + "}";
}

std::string LineageWhyJson(const LineageWhy& why) {
  return fmt::format("{{\"spans\":{},\"reasons\":{},\"total\":{}{}}}", ListJson(why.spans, LineageSpanJson),
                     ListJson(why.reasons, EdgeReasonJson), why.total, HiddenJson(why.withheld, "withheld"));
}

std::string InheritedValueJson(const InheritedValue& value, bool is_own) {
  // The value is JSON already.
  return fmt::format("{{\"field\":{},\"value\":{},\"own\":{},\"source\":{},\"distance\":{},\"seq\":{}}}",
                     JsonString(value.key), value.value, is_own, IdJson(value.source), value.distance, value.record);
}

std::string LineageInheritedJson(const NodeKey& node, const LineageInherited& inherited) {
  return fmt::format("{{\"node\":{},\"own\":{},\"inherited\":{},\"blocked\":{}{}}}", IdJson(node),
                     ListJson(inherited.own, [](const auto& value) { return InheritedValueJson(value, true); }),
                     ListJson(inherited.inherited, [](const auto& value) { return InheritedValueJson(value, false); }),
                     JsonList(inherited.blocked), HiddenJson(inherited.hidden));
}

}  // namespace cairn
