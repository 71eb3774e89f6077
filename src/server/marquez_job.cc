#include "server/marquez_job.h"

#include <algorithm>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

constexpr std::size_t kRunsShown = 10;

std::string IdsJson(const std::vector<NodeKey>& nodes) {
  JsonElements list;
  for (const NodeKey& node : nodes) {
    list.Raw(JsonFields().Text("namespace", node.ns).Text("name", node.name).Done());
  }
  return list.Done();
}

std::string_view JobType(const NodeFacts& facts) {
  const std::string_view type = facts.Text("jobType", "processingType");
  if (SameWord(type, "STREAMING") || SameWord(type, "STREAM")) return "STREAM";
  return SameWord(type, "SERVICE") ? "SERVICE" : "BATCH";
}

// The job that started it, as the newest run names it: who starts runs may give them the id of a run of another job.
// Where it names none, the job of the run that it names.
Result<NodeKey> ParentOf(const MarquezAsk& ask, const MarquezJob& job) {
  if (job.runs.empty() || job.runs.front().parent_run_id.empty()) return NodeKey{};
  auto said = ReadRunStatements(ask, job.runs.front().run_id);
  if (!said) return said.error();
  if (NodeKey stated = ParentJob(ask, **said); !stated.name.empty()) return stated;
  auto parent = ask.repository.Run(ask.tenant, job.runs.front().parent_run_id);
  if (parent && !parent->job.name.empty()) {
    ask.memory->DependsOn(parent->job);
    return parent->job;
  }
  ask.memory->DependsOnMore();
  if (!parent && parent.error().code() != StatusCode::kNotFound) return parent.error();
  return NodeKey{};
}

std::string ContextJson(const NodeFacts& facts) {
  const auto facet = facts.Facet(kMarquezContextFacet);
  const auto context = facet ? Member(*facet, "context") : std::nullopt;
  return context ? simdjson::minify(*context) : "{}";
}

}  // namespace

Status ReadEnds(const MarquezAsk& ask, MarquezJob* job) {
  LineageSpec spec;
  spec.node = job->entity.node;
  spec.direction = Direction::kBoth;
  spec.depth = 1;
  spec.filter.edge_types = {"reads", "writes"};
  spec.filter.level = LineageLevel::kThings;
  auto graph = ask.repository.Lineage(spec);
  if (!graph) return graph.error();
  // By which name they go depends on all that they have.
  for (const LineageNode& one : graph->nodes) {
    ask.memory->DependsOn(one.key);
    for (const NodeKey& name : one.names) ask.memory->DependsOn(name);
  }
  for (const LineageEdge& edge : graph->edges) {
    if (graph->nodes[edge.from].hidden || graph->nodes[edge.to].hidden) continue;
    const NodeKey& from = graph->nodes[edge.from].key;
    const NodeKey& to = graph->nodes[edge.to].key;
    if (to == job->entity.node) job->inputs.push_back(from);
    if (from == job->entity.node) job->outputs.push_back(to);
  }
  return Status::Ok();
}

Result<std::vector<RunInfo>> NewestRuns(const MarquezAsk& ask, const NodeKey& job, std::size_t limit) {
  RunsSpec spec;
  spec.tenant = ask.tenant;
  spec.job = NodeId(job);
  spec.limit = limit;
  return ask.repository.Runs(spec);
}

RunStatements StatedOf(const MarquezJob& job) {
  RunStatements stated;
  for (const NodeKey& input : job.inputs) stated.inputs[{input.ns, input.name}];
  for (const NodeKey& output : job.outputs) stated.outputs[{output.ns, output.name}];
  stated.job = job.facts.Facets();
  return stated;
}

Result<MarquezJob> ReadMarquezJob(const MarquezAsk& ask, EntityInfo entity, std::size_t runs_max) {
  auto facts = NodeFacts::Read(ask, entity.node);
  if (!facts) return facts.error();
  MarquezJob job{std::move(entity), std::move(*facts), {}, {}, {}};
  if (Status status = ReadEnds(ask, &job); !status.ok()) return status;
  auto runs = NewestRuns(ask, job.entity.node, runs_max);
  if (!runs) return runs.error();
  job.runs = std::move(*runs);
  return job;
}

namespace {

// Of the newest run that makes one; where none does, of the newest, or of what was stated without a run.
Result<std::string> CurrentVersion(const MarquezAsk& ask, const MarquezJob& job) {
  const NodeKey& node = job.entity.node;
  if (job.runs.empty()) return JobVersion(node, StatedOf(job));
  std::vector<RunInfo> runs = job.runs;
  if (std::none_of(runs.begin(), runs.end(), MakesVersion)) {
    auto more = NewestRuns(ask, node, kRunsForVersions);
    if (!more) return more.error();
    runs = std::move(*more);
  }
  auto run = std::find_if(runs.begin(), runs.end(), MakesVersion);
  if (run == runs.end()) run = runs.begin();
  auto said = ReadRunStatements(ask, run->run_id);
  if (!said) return said.error();
  return JobVersion(node, **said);
}

}  // namespace

Result<std::string> MarquezJobJson(const MarquezAsk& ask, const MarquezJob& job) {
  const NodeKey& node = job.entity.node;
  auto parent = ParentOf(ask, job);
  if (!parent) return parent.error();
  JsonFields fields;
  fields.Raw("id", JsonFields().Text("namespace", node.ns).Text("name", node.name).Done());
  fields.Text("type", JobType(job.facts)).Text("name", node.name);
  const bool is_inside = !parent->name.empty() && node.name.starts_with(parent->name + ".");
  fields.Text("simpleName", is_inside ? std::string_view(node.name).substr(parent->name.size() + 1) : node.name);
  fields.TextOrNull("parentJobName", parent->name);
  fields.Time("createdAt", job.entity.first_seen).Time("updatedAt", job.entity.last_seen).Text("namespace", node.ns);
  fields.Raw("inputs", IdsJson(job.inputs)).Raw("outputs", IdsJson(job.outputs));
  fields.TextOrNull("location", job.facts.Text("sourceCodeLocation", "url")).Raw("context", ContextJson(job.facts));
  fields.TextOrNull("description", job.facts.Text("documentation", "description"));
  JsonElements runs;
  std::string newest = "null";
  for (const RunInfo& run : job.runs) {
    auto said = ReadRunStatements(ask, run.run_id);
    if (!said) return said.error();
    auto json = MarquezRunJson(ask, run, **said);
    if (!json) return json;
    runs.Raw(*json);
    if (newest == "null") newest = std::move(*json);
  }
  const auto version = CurrentVersion(ask, job);
  if (!version) return version;
  fields.Raw("latestRun", newest).Raw("latestRuns", runs.Done());
  fields.Raw("tags", JsonList(job.entity.tags)).Raw("labels", "[]");
  fields.Text("currentVersion", *version);
  return fields.Raw("facets", job.facts.FacetsJson()).Done();
}

Result<std::string> MarquezJobJson(const MarquezAsk& ask, EntityInfo entity) {
  auto job = ReadMarquezJob(ask, std::move(entity), kRunsShown);
  if (!job) return job.error();
  return MarquezJobJson(ask, *job);
}

}  // namespace cairn
