// Questions about lineage.
#include "client/ask_for.h"

namespace cairn {
namespace {

constexpr std::string_view kDirections[] = {"upstream", "downstream", "both"};
constexpr std::string_view kLevels[] = {"auto", "things", "runs", "fields"};
constexpr std::string_view kUnits[] = {"edge", "dataset"};

void AddFilter(Parameters& parameters, const LineageFilter& filter) {
  parameters.Text("level", kLevels[static_cast<std::size_t>(filter.level)]).Texts("edge", filter.edge_types);
  parameters.Texts("exclude", filter.exclude).Time("as_of", filter.time.as_of).Time("from", filter.time.from);
  parameters.Time("until", filter.time.until).Time("known_at", filter.time.known_at);
}

Parameters ParametersOf(const LineageSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.node.tenant).Node("node", spec.node);
  for (const NodeKey& node : spec.others) parameters.Node("node", node);
  parameters.Text("direction", kDirections[static_cast<std::size_t>(spec.direction)]).Number("depth", spec.depth);
  parameters.Text("unit", kUnits[static_cast<std::size_t>(spec.unit)]).Texts("only", spec.only);
  parameters.Number("nodes", spec.nodes_max);
  AddFilter(parameters, spec.filter);
  return parameters;
}

}  // namespace

Result<LineageGraph> RemoteRepository::Lineage(const LineageSpec& spec) {
  return AskFor<LineageGraph>("lineage", ParametersOf(spec),
                              [&](const ObjectReader& root) { return ReadGraph(root, spec.node.tenant); });
}

Result<LineageImpact> RemoteRepository::Impact(const LineageSpec& spec) {
  return AskFor<LineageImpact>("impact", ParametersOf(spec),
                               [&](const ObjectReader& root) { return ReadImpact(root, spec.node.tenant); });
}

Result<LineagePaths> RemoteRepository::Paths(const LineagePathsSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.from.tenant).Node("node", spec.from).Node("node", spec.to);
  parameters.Text("shortest", spec.shortest_only ? "true" : "false").Number("depth", spec.depth);
  parameters.Number("limit", spec.limit);
  AddFilter(parameters, spec.filter);
  return AskFor<LineagePaths>("paths", parameters,
                              [&](const ObjectReader& root) { return ReadPaths(root, spec.from.tenant); });
}

Result<LineageShared> RemoteRepository::Shared(const LineageSharedSpec& spec) {
  const std::string tenant = spec.nodes.empty() ? "" : spec.nodes.front().tenant;
  Parameters parameters;
  parameters.Given("tenant", tenant).Number("limit", spec.limit);
  for (const NodeKey& node : spec.nodes) parameters.Node("node", node);
  AddFilter(parameters, spec.filter);
  return AskFor<LineageShared>("shared", parameters,
                               [&](const ObjectReader& root) { return ReadShared(root, tenant); });
}

Result<LineageDiff> RemoteRepository::Difference(const LineageDiffSpec& spec) {
  const std::string& tenant = spec.node ? spec.node->tenant : spec.tenant;
  Parameters parameters;
  parameters.Given("tenant", tenant).Time("before", spec.before).Time("after", spec.after);
  if (spec.node) parameters.Node("node", *spec.node);
  parameters.Text("direction", kDirections[static_cast<std::size_t>(spec.direction)]).Number("depth", spec.depth);
  parameters.Number("limit", spec.limit);
  AddFilter(parameters, spec.filter);
  return AskFor<LineageDiff>("diff", parameters, [&](const ObjectReader& root) { return ReadDiff(root, tenant); });
}

Result<LineageWhy> RemoteRepository::Why(const LineageWhySpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.from.tenant).Node("node", spec.from).Node("node", spec.to);
  parameters.Given("edge", spec.type).Number("limit", spec.limit);
  auto reply = Ask("why", parameters);
  return reply ? ReadWhy(reply->body, spec.from.tenant) : reply.error();
}

Result<LineageInherited> RemoteRepository::Inherit(const LineageInheritSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.node.tenant).Node("node", spec.node).Number("depth", spec.depth);
  parameters.Texts("rule", spec.rules);
  AddFilter(parameters, spec.filter);
  auto reply = Ask("inherit", parameters);
  return reply ? ReadInherited(*reply->body, spec.node.tenant) : reply.error();
}

}  // namespace cairn
