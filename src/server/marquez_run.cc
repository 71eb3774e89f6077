#include "server/marquez_run.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json_fields.h"
#include "base/uuid.h"
#include "record/openlineage_json.h"
#include "server/marquez_versions.h"

namespace cairn {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

void TakeFacets(std::optional<Object> facets, RunStatements::Facets* out) {
  if (!facets) return;
  for (const auto [key, value] : *facets) {
    const auto facet = AsObject(value);
    if (!facet) continue;
    bool deleted = false;
    if (facet->at_key("_deleted").get_bool().get(deleted) == simdjson::SUCCESS && deleted) {
      out->erase(std::string(key));
    } else {
      out->insert_or_assign(std::string(key), simdjson::minify(value));
    }
  }
}

void TakeDatasets(std::optional<Array> datasets, RunStatements::Datasets* out) {
  if (!datasets) return;
  for (const Element element : *datasets) {
    const auto dataset = AsObject(element);
    const std::string_view name = dataset ? Text(*dataset, "name") : std::string_view();
    if (name.empty()) continue;
    auto& facets = (*out)[{std::string(Text(*dataset, "namespace")), std::string(name)}];
    for (const std::string_view member : {"facets", "inputFacets", "outputFacets"}) {
      TakeFacets(AsObject(Member(*dataset, member)), &facets);
    }
  }
}

std::string TextIn(const RunStatements::Facets& facets, const std::string& facet, std::string_view member) {
  const auto found = facets.find(facet);
  if (found == facets.end()) return {};
  simdjson::dom::parser parser;
  Element element;
  if (parser.parse(found->second).get(element) != simdjson::SUCCESS) return {};
  const auto object = AsObject(element);
  return object ? std::string(Text(*object, member)) : std::string();
}

// Parts of a name, told apart whatever they hold.
std::string NameOf(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += fmt::format("{}:{}", part.size(), part);
  return out;
}

std::string VersionIdJson(const std::string& ns, const std::string& name, const std::string& version) {
  return JsonFields().Text("namespace", ns).Text("name", name).TextOrNull("version", version).Done();
}

// What stands in a facet under that key, as JSON.
std::string JsonIn(const RunStatements::Facets& facets, std::string_view facet, std::string_view member) {
  const auto found = facets.find(std::string(facet));
  if (found == facets.end()) return {};
  simdjson::dom::parser parser;
  Element element;
  if (parser.parse(found->second).get(element) != simdjson::SUCCESS) return {};
  const auto object = AsObject(element);
  const auto value = object ? Member(*object, member) : std::nullopt;
  return value ? simdjson::minify(*value) : std::string();
}

}  // namespace

std::string FacetsJson(const RunStatements::Facets& facets) {
  JsonFields fields;
  for (const auto& [key, json] : facets) fields.Raw(key, json);
  return fields.Done();
}

const RunStatements::Facets& OutputOf(const RunStatements& said, const NodeKey& dataset) {
  static const RunStatements::Facets none;
  const auto found = said.outputs.find({dataset.ns, dataset.name});
  return found == said.outputs.end() ? none : found->second;
}

Result<RunSaid> ReadRunStatements(const MarquezAsk& ask, const std::string& run_id) {
  if (auto known = ask.memory->FindRun(run_id)) return known;
  auto kept = std::make_shared<RunStatements>();
  RunStatements& out = *kept;
  std::size_t bytes = 0;
  auto facts = ask.repository.RunRecords(ask.tenant, run_id);
  if (!facts) return facts.error();
  simdjson::dom::parser parser;
  for (const Fact& fact : *facts) {
    const std::string_view record = fact.record();
    bytes += record.size();
    Element element;
    if (parser.parse(record.data(), record.size(), true).get(element) != simdjson::SUCCESS) continue;
    const auto members = AsObject(element);
    if (!members || Text(*members, "kind") != kKindRunEvent) continue;
    const auto event = AsObject(Member(*members, "payload"));
    if (!event) continue;
    for (auto& [member, facets] : {std::pair{"run", &out.run}, std::pair{"job", &out.job}}) {
      if (const auto thing = AsObject(Member(*event, member))) TakeFacets(AsObject(Member(*thing, "facets")), facets);
    }
    TakeDatasets(AsArray(Member(*event, "inputs")), &out.inputs);
    TakeDatasets(AsArray(Member(*event, "outputs")), &out.outputs);
  }
  ask.memory->KeepRun(run_id, kept, bytes);
  return RunSaid(std::move(kept));
}

std::string_view MarquezRunState(RunState state) {
  switch (state) {
    case RunState::kUnknown:
    case RunState::kOther:
      return "NEW";
    case RunState::kStarted:
      return "RUNNING";
    default:
      return RunStateName(state);
  }
}

NodeKey ParentJob(const MarquezAsk& ask, const RunStatements& said) {
  const auto found = said.run.find("parent");
  simdjson::dom::parser parser;
  Element element;
  if (found == said.run.end() || parser.parse(found->second).get(element) != simdjson::SUCCESS) return {};
  const auto facet = AsObject(element);
  const auto job = facet ? AsObject(Member(*facet, "job")) : std::nullopt;
  return job ? ask.Job(std::string(Text(*job, "namespace")), std::string(Text(*job, "name"))) : NodeKey{};
}

std::string CodeLocation(const RunStatements& said) { return TextIn(said.job, "sourceCodeLocation", "url"); }

std::string JobVersion(const NodeKey& job, const RunStatements& said) {
  std::string name = NameOf({"job", job.ns, job.name, CodeLocation(said)});
  for (const auto* datasets : {&said.inputs, &said.outputs}) {
    name += '/';
    for (const auto& [key, facets] : *datasets) name += NameOf({key.first, key.second});
  }
  return NameUuid(name);
}

std::string DatasetVersion(const NodeKey& dataset, const RunStatements::Facets& facets, std::string_view run_id) {
  return NameUuid(NameOf({"dataset", dataset.ns, dataset.name, JsonIn(facets, "schema", "fields"),
                          TextIn(facets, "lifecycleStateChange", "lifecycleStateChange"), run_id}));
}

Result<std::string> MarquezRunJson(const MarquezAsk& ask, const RunInfo& run, const RunStatements& said) {
  JsonFields fields;
  fields.Text("id", run.run_id).Time("createdAt", run.first_seen).Time("updatedAt", run.last_seen);
  for (const char* name : {"nominalStartTime", "nominalEndTime"}) {
    const auto time = ParseTimestamp(TextIn(said.run, "nominalTime", name));
    fields.Time(name, time ? std::optional(*time) : std::nullopt);
  }
  fields.Text("state", MarquezRunState(run.state));
  fields.Time("startedAt", run.started_at).Time("endedAt", run.ended_at);
  if (run.started_at && run.ended_at && *run.ended_at >= *run.started_at) {
    fields.Number("durationMs", static_cast<std::uint64_t>((run.ended_at->ns - run.started_at->ns) / kNsPerMs));
  } else {
    fields.Raw("durationMs", "null");
  }
  const std::string args = JsonIn(said.run, kMarquezArgsFacet, "args");
  fields.Raw("args", args.empty() ? "{}" : args);
  fields.Raw("jobVersion",
             run.job.name.empty() ? "null" : VersionIdJson(run.job.ns, run.job.name, JobVersion(run.job, said)));
  std::vector<NodeKey> inputs;
  for (const auto& [key, facets] : said.inputs) {
    inputs.push_back(ask.Dataset(key.first, key.second));
    ask.memory->DependsOn(inputs.back());
  }
  auto read = VersionsReadBy(ask, run, inputs);
  if (!read) return read.error();
  auto version_read = read->begin();
  for (const auto& [member, datasets, is_output] :
       {std::tuple{"input", &said.inputs, false}, std::tuple{"output", &said.outputs, true}}) {
    JsonElements ids;
    JsonElements detailed;
    for (const auto& [key, facets] : *datasets) {
      const NodeKey node{run.tenant, std::string(kTypeDataset), key.first, key.second, ""};
      const std::string id = VersionIdJson(
          key.first, key.second, is_output ? DatasetVersion(node, facets, run.run_id) : (version_read++)->version);
      ids.Raw(id);
      detailed.Raw(JsonFields().Raw("datasetVersionId", id).Raw("facets", FacetsJson(facets)).Done());
    }
    fields.Raw(fmt::format("{}Versions", member), ids.Done());
    fields.Raw(fmt::format("{}DatasetVersions", member), detailed.Done());
  }
  fields.Raw("context", "{}");
  return fields.Raw("facets", FacetsJson(said.run)).Done();
}

Result<std::string> MarquezRunsJson(const MarquezAsk& ask, const NodeKey& job, const MarquezPage& page) {
  JsonElements list;
  if (page.limit == 0) return list.Done();
  RunsSpec spec;
  spec.tenant = ask.tenant;
  spec.job = NodeId(job);
  spec.limit = page.limit;
  spec.offset = page.offset;
  auto runs = ask.repository.Runs(spec);
  if (!runs) return runs.error();
  for (const RunInfo& run : *runs) {
    auto said = ReadRunStatements(ask, run.run_id);
    if (!said) return said.error();
    auto json = MarquezRunJson(ask, run, **said);
    if (!json) return json;
    list.Raw(*json);
  }
  return list.Done();
}

}  // namespace cairn
