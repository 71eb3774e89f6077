#include <algorithm>

#include "base/json_fields.h"
#include "server/marquez_routes.h"
#include "server/marquez_run.h"
#include "server/marquez_versions.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

constexpr std::uint64_t kDepthMax = 100'000;
constexpr std::uint32_t kRunNodesMax = 10'000;

Json UpstreamJson(const MarquezAsk& ask, const std::string& run_id, std::uint32_t depth) {
  LineageSpec spec;
  spec.node = {ask.tenant, std::string(kTypeRun), "", run_id, ""};
  spec.depth = 2 * depth;  // To a dataset, and to the run that wrote it.
  spec.filter.level = LineageLevel::kRuns;
  spec.nodes_max = kRunNodesMax;
  auto graph = ask.repository.Lineage(spec);
  if (!graph) return graph.error();
  std::vector<std::vector<std::uint32_t>> into(graph->nodes.size());
  for (const LineageEdge& edge : graph->edges) into[edge.to].push_back(edge.from);
  const auto is_run = [&](std::uint32_t node) { return graph->nodes[node].key.type == kTypeRun; };
  JsonElements list;
  for (std::uint32_t i = 0; i < graph->nodes.size(); ++i) {
    if (!is_run(i)) continue;
    auto run = ask.repository.Run(ask.tenant, graph->nodes[i].key.name);
    if (!run) return run.error();
    auto said = ReadRunStatements(ask, run->run_id);
    if (!said) return said.error();
    std::vector<NodeKey> datasets;
    for (const std::uint32_t dataset : into[i]) {
      if (!is_run(dataset) && !graph->nodes[dataset].hidden) datasets.push_back(graph->nodes[dataset].key);
    }
    auto read = VersionsReadBy(ask, *run, datasets);
    if (!read) return read.error();
    JsonElements inputs;
    for (std::size_t at = 0; at < datasets.size(); ++at) {
      JsonFields input;
      input.Text("namespace", datasets[at].ns).Text("name", datasets[at].name);
      input.TextOrNull("version", (*read)[at].version).TextOrNull("producedByRunId", (*read)[at].run_id);
      inputs.Raw(input.Done());
    }
    JsonFields fields;
    fields.Raw("job", JsonFields()
                          .Text("namespace", run->job.ns)
                          .Text("name", run->job.name)
                          .Text("version", JobVersion(run->job, **said))
                          .Done());
    fields.Raw("run", JsonFields()
                          .Text("id", run->run_id)
                          .Time("start", run->started_at)
                          .Time("end", run->ended_at)
                          .Text("status", MarquezRunState(run->state))
                          .Done());
    list.Raw(fields.Raw("inputs", inputs.Done()).Done());
  }
  return JsonFields().Raw("runs", list.Done()).Flag("partial", graph->partial).Done();
}

ServerResponse Upstream(Exchange& exchange) {
  std::string run_id;
  std::uint64_t depth = 20;
  ParameterReader parameters(exchange.query());
  parameters.Required("runId", run_id).Number("depth", kDepthMax, depth);
  if (Status status = parameters.FinishLeniently(); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto run = ask.repository.Run(ask.tenant, run_id);
    if (!run) return run.error();
    return UpstreamJson(ask, run_id, static_cast<std::uint32_t>(depth));
  });
}

}  // namespace

void AddMarquezUpstream(Router& router) { router.Add({"GET", "/api/v1/runlineage/upstream", Upstream}); }

}  // namespace cairn
