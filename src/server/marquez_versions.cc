#include "server/marquez_versions.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_dataset.h"
#include "server/marquez_facts.h"
#include "server/marquez_found_versions.h"

namespace cairn {
namespace {

// The dataset's own name comes first, the others by their ids.
Result<std::vector<DatasetName>> NamesInOrder(const MarquezAsk& ask, const NodeKey& dataset) {
  auto names = EveryNameOf(ask, dataset);
  if (!names) return names;
  std::sort(names->begin() + 1, names->end(), [](const DatasetName& a, const DatasetName& b) { return a.key < b.key; });
  return names;
}

Result<DatasetVersionInfo> Tell(const MarquezAsk& ask, const std::vector<DatasetName>& names,
                                const FoundVersion& found) {
  DatasetVersionInfo out{"", found.run_id, found.created_at, found.facets};
  NodeKey name = found.name;
  if (!found.run_id.empty()) {
    auto said = ReadRunStatements(ask, found.run_id);
    if (!said) return said.error();
    // A run may write a thing under another of its names, or what was one.
    const auto is_written = [&](const DatasetName& one) {
      return (one.CountsAt(found.created_at) || one.CountsAt(found.stated_at)) &&
             (*said)->outputs.count({one.key.ns, one.key.name}) != 0;
    };
    const auto written = std::find_if(names.begin(), names.end(), is_written);
    out.is_told = written != names.end();
    name = out.is_told ? written->key : names.front().key;
    out.facets = OutputOf(**said, name);
  }
  out.version = DatasetVersion(name, out.facets, out.run_id);
  return out;
}

}  // namespace

Result<DatasetVersionList> ReadDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset, const MarquezPage& page) {
  auto names = NamesInOrder(ask, dataset);
  if (!names) return names.error();
  auto found = FindDatasetVersions(ask, *names);
  if (!found) return found.error();
  DatasetVersionList out;
  out.total = found->size();
  for (std::size_t i = page.offset; i < found->size() && out.versions.size() < page.limit; ++i) {
    auto version = Tell(ask, *names, (*found)[i]);
    if (!version) return version.error();
    out.versions.push_back(std::move(*version));
  }
  return out;
}

Result<std::string> CurrentDatasetVersion(const MarquezAsk& ask, const NodeKey& dataset) {
  auto names = NamesInOrder(ask, dataset);
  if (!names) return names.error();
  auto found = FindNewestVersion(ask, *names);
  if (!found) return found.error();
  if (!*found) return std::string();
  auto version = Tell(ask, *names, **found);
  if (!version) return version.error();
  return std::move(version->version);
}

Result<std::vector<ReadVersion>> VersionsReadBy(const MarquezAsk& ask, const RunInfo& run,
                                                const std::vector<NodeKey>& inputs) {
  LineageSpec spec;
  spec.node = {run.tenant, std::string(kTypeRun), "", run.run_id, ""};
  spec.depth = 2;
  spec.filter.level = LineageLevel::kRuns;
  auto graph = ask.repository.Lineage(spec);
  if (!graph && graph.error().code() != StatusCode::kNotFound) return graph.error();
  struct Read {
    FoundVersions written;
    std::optional<Timestamp> at;
  };
  std::map<NodeKey, Read> known;
  const auto for_each_name = [&](const LineageNode& node, auto visit) {
    visit(known[node.key]);
    for (const NodeKey& name : node.names) visit(known[name]);
  };
  for (const LineageEdge& edge : graph ? graph->edges : std::vector<LineageEdge>()) {
    const LineageNode& from = graph->nodes[edge.from];
    const LineageNode& to = graph->nodes[edge.to];
    if (edge.type == "reads" && to.key == spec.node && !from.hidden) {
      for_each_name(from, [&](Read& read) { read.at = edge.first_seen; });
    } else if (edge.type == "writes" && !to.hidden) {
      // Of one that may not be seen nothing is told; what another did before was not read.
      FoundVersion version{edge.last_seen, edge.last_seen, from.key.name};
      version.is_hidden = from.hidden;
      for_each_name(to, [&](Read& read) { read.written.push_back(version); });
    }
  }
  for (const auto& [name, read] : known) ask.memory->DependsOn(name);
  std::vector<ReadVersion> out;
  for (const NodeKey& input : inputs) {
    Read& read = known[input];
    const Timestamp at = read.at.value_or(run.started_at.value_or(run.first_seen));
    auto names = NamesInOrder(ask, input);
    if (!names) return names.error();
    const Status status = FindReadWithoutRun(ask, *names, Timestamp{at.ns + 1}, &read.written);
    if (!status.ok()) return status;
    const auto newest =
        std::max_element(read.written.begin(), read.written.end(),
                         [](const FoundVersion& a, const FoundVersion& b) { return a.stated_at < b.stated_at; });
    ReadVersion told;
    if (newest != read.written.end() && !newest->is_hidden) {
      auto version = Tell(ask, *names, *newest);
      if (!version) return version.error();
      if (version->is_told) told.version = std::move(version->version);
      told.run_id = newest->run_id;
    }
    out.push_back(std::move(told));
  }
  return out;
}

Result<std::string> DatasetVersionJson(const MarquezAsk& ask, const NodeKey& dataset,
                                       const DatasetVersionInfo& version) {
  simdjson::dom::parser parser;
  std::optional<Object> facets;
  const std::string json = FacetsJson(version.facets);
  Element element;
  if (parser.parse(json).get(element) == simdjson::SUCCESS) facets = AsObject(element);
  const auto facet = [&](std::string_view key) { return facets ? AsObject(Member(*facets, key)) : std::nullopt; };
  const auto text = [&](std::string_view key, std::string_view member) {
    const auto object = facet(key);
    return object ? Text(*object, member) : std::string_view();
  };
  JsonFields fields;
  fields.Raw(
      "id",
      JsonFields().Text("namespace", dataset.ns).Text("name", dataset.name).Text("version", version.version).Done());
  fields.Text("type", MarquezDatasetType(text("datasetType", "datasetType")));
  fields.Text("name", dataset.name).Text("physicalName", dataset.name);
  fields.Time("createdAt", version.created_at).Text("version", version.version).Text("namespace", dataset.ns);
  const std::string_view source = text("dataSource", "name");
  fields.Text("sourceName", source.empty() ? dataset.ns : source);
  fields.Raw("fields", MarquezFieldsJson(ask, dataset, facet("schema")));
  const auto entity = ask.repository.Entity(dataset);
  fields.Raw("tags", entity ? JsonList(entity->tags) : "[]");
  fields.TextOrNull("lifecycleState", text("lifecycleStateChange", "lifecycleStateChange"));
  fields.TextOrNull("description", text("documentation", "description"));
  std::string run = "null";
  if (!version.run_id.empty()) {
    auto info = ask.repository.Run(ask.tenant, version.run_id);
    auto said = ReadRunStatements(ask, version.run_id);
    if (!info) return info.error();
    if (!said) return said.error();
    auto told = MarquezRunJson(ask, *info, **said);
    if (!told) return told.error();
    run = std::move(*told);
  }
  fields.TextOrNull("createdByRunId", version.run_id);
  return fields.Raw("createdByRun", run).Raw("facets", json).Done();
}

}  // namespace cairn
