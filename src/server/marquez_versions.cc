#include "server/marquez_versions.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_dataset.h"
#include "server/marquez_facts.h"

namespace cairn {
namespace {

// Statements of one job about one dataset that are looked at, and events about the dataset alone.
constexpr std::size_t kStatementsMax = 10'000;
constexpr std::size_t kEventsMax = 1'000;
constexpr std::uint32_t kWritersMax = 100'000;
constexpr std::size_t kStatementsForNewest = 4;

// A version of which it is known when it came, not yet what it says.
struct FoundVersion {
  Timestamp created_at;
  Timestamp stated_at;  // When it was last stated.
  std::string run_id;   // Empty: what was stated of the dataset by itself, with these facets.
  NodeKey name = {};    // Where there is no run: under which name.
  RunStatements::Facets facets = {};
  bool is_hidden = false;  // The run may not be seen.
};
using Versions = std::vector<FoundVersion>;

void TakeRun(const std::string& run_id, Timestamp stated_at, std::map<std::string, FoundVersion>* runs) {
  FoundVersion& run = runs->try_emplace(run_id, FoundVersion{stated_at, stated_at, run_id}).first->second;
  run.created_at = std::min(run.created_at, stated_at);
  run.stated_at = std::max(run.stated_at, stated_at);
}

// Runs that dropped it, or changed it otherwise: what is dropped at once was written at no time.
Status FindDrops(const MarquezAsk& ask, const NodeKey& name, std::size_t limit,
                 std::map<std::string, FoundVersion>* runs) {
  HistorySpec spec;
  spec.order = Order::kNewestFirst;
  spec.limit = limit;
  auto facts = ask.repository.History("lifecycleStateChange", name, spec);
  if (!facts) return facts.error().code() == StatusCode::kNotFound ? Status::Ok() : facts.error();
  for (const Fact& fact : *facts) {
    const auto said = fact.Parse();
    if (said && !said->run_id.empty()) TakeRun(said->run_id, fact.produced_at(), runs);
  }
  return Status::Ok();
}

// Runs of a job that wrote it under that name.
Status FindRunsOf(const MarquezAsk& ask, const NodeKey& job, const NodeKey& name, std::size_t statements,
                  std::map<std::string, FoundVersion>* runs) {
  LineageWhySpec why;
  why.from = job;
  why.to = name;
  why.type = "writes";
  why.limit = statements;
  auto reasons = ask.repository.Why(why);
  if (!reasons) return reasons.error().code() == StatusCode::kNotFound ? Status::Ok() : reasons.error();
  for (const EdgeReason& reason : reasons->reasons) {
    if (!reason.run_id.empty() && reason.to == name) TakeRun(reason.run_id, reason.stated_at, runs);
  }
  return Status::Ok();
}

Status FindRuns(const MarquezAsk& ask, const std::vector<NodeKey>& names, std::size_t statements, Versions* out) {
  LineageSpec spec;
  spec.node = names.front();
  spec.depth = 1;
  spec.filter.edge_types = {"writes"};
  // Whoever ever wrote to it: what was dropped, or is written by others now, had its versions.
  spec.filter.time.from = Timestamp::Min();
  spec.filter.time.until = Timestamp::Max();
  spec.nodes_max = kWritersMax;
  auto graph = ask.repository.Lineage(spec);
  if (!graph && graph.error().code() != StatusCode::kNotFound) return graph.error();
  std::map<std::string, FoundVersion> runs;
  for (const NodeKey& name : names) {
    for (const LineageNode& writer : graph ? graph->nodes : std::vector<LineageNode>()) {
      if (writer.key.type != kTypeJob) continue;
      if (Status status = FindRunsOf(ask, writer.key, name, statements, &runs); !status.ok()) return status;
    }
    if (Status status = FindDrops(ask, name, statements, &runs); !status.ok()) return status;
  }
  for (auto& [id, run] : runs) out->push_back(std::move(run));
  return Status::Ok();
}

// What was stated of the dataset by itself, under one name and before that time: the same again is the same version.
Status FindEvents(const MarquezAsk& ask, const NodeKey& name, std::optional<Timestamp> until, std::size_t limit,
                  Versions* out) {
  HistorySpec spec;
  spec.until = until;
  spec.order = Order::kNewestFirst;
  spec.limit = limit;
  auto facts = ask.repository.History(kKindDatasetEvent, name, spec);
  if (!facts) return facts.error();
  std::map<std::string, std::size_t> known;
  simdjson::dom::parser parser;
  for (const Fact& fact : *facts) {
    Element record;
    const std::string_view bytes = fact.record();
    if (parser.parse(bytes.data(), bytes.size(), true).get(record) != simdjson::SUCCESS) continue;
    Object facets;
    FoundVersion found{fact.produced_at(), fact.produced_at(), "", name, {}};
    if (record.at_pointer("/payload/dataset/facets").get(facets) == simdjson::SUCCESS) {
      for (const auto [key, value] : facets) found.facets.insert_or_assign(std::string(key), simdjson::minify(value));
    }
    const auto [place, is_new] = known.try_emplace(DatasetVersion(name, found.facets, ""), out->size());
    if (is_new) {
      out->push_back(std::move(found));
    } else {
      Timestamp& created_at = (*out)[place->second].created_at;
      created_at = std::min(created_at, found.created_at);
    }
  }
  return Status::Ok();
}

// By so many statements of each who wrote it, and at most as many events about it alone.
Result<Versions> FindVersions(const MarquezAsk& ask, const NodeKey& dataset, std::size_t statements) {
  auto names = EveryNameOf(ask, dataset);
  if (!names) return names.error();
  Versions found;
  for (const NodeKey& name : *names) {
    const Status status = FindEvents(ask, name, std::nullopt, std::min(statements, kEventsMax), &found);
    if (!status.ok()) return status;
  }
  if (Status status = FindRuns(ask, *names, statements, &found); !status.ok()) return status;
  std::sort(found.begin(), found.end(), [](const FoundVersion& a, const FoundVersion& b) {
    return a.stated_at != b.stated_at ? a.stated_at > b.stated_at : a.run_id > b.run_id;
  });
  return found;
}

Result<DatasetVersionInfo> Tell(const MarquezAsk& ask, const NodeKey& dataset, const FoundVersion& found) {
  DatasetVersionInfo out{"", found.run_id, found.created_at, found.facets};
  NodeKey name = found.name;
  if (!found.run_id.empty()) {
    auto said = ReadRunStatements(ask, found.run_id);
    if (!said) return said.error();
    // A run may write a thing under another of its names, or what was one.
    auto names = EveryNameOf(ask, dataset);
    if (!names) return names.error();
    std::sort(names->begin() + 1, names->end());
    const auto is_written = [&](const NodeKey& one) { return (*said)->outputs.count({one.ns, one.name}) != 0; };
    const auto written = std::find_if(names->begin(), names->end(), is_written);
    out.is_told = written != names->end();
    name = out.is_told ? *written : dataset;
    out.facets = OutputOf(**said, name);
  }
  out.version = DatasetVersion(name, out.facets, out.run_id);
  return out;
}

}  // namespace

Result<DatasetVersionList> ReadDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset, const MarquezPage& page) {
  auto found = FindVersions(ask, dataset, kStatementsMax);
  if (!found) return found.error();
  DatasetVersionList out;
  out.total = found->size();
  for (std::size_t i = page.offset; i < found->size() && out.versions.size() < page.limit; ++i) {
    auto version = Tell(ask, dataset, (*found)[i]);
    if (!version) return version.error();
    out.versions.push_back(std::move(*version));
  }
  return out;
}

Result<std::string> CurrentDatasetVersion(const MarquezAsk& ask, const NodeKey& dataset) {
  auto found = FindVersions(ask, dataset, kStatementsForNewest);
  if (!found) return found.error();
  // The newest few may be withheld from the one who asks.
  if (found->empty()) found = FindVersions(ask, dataset, kStatementsMax);
  if (!found) return found.error();
  if (found->empty()) return std::string();
  auto version = Tell(ask, dataset, found->front());
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
    Versions written;
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
    auto names = EveryNameOf(ask, input);
    if (!names) return names.error();
    for (const NodeKey& name : *names) {
      const Status status = FindEvents(ask, name, Timestamp{at.ns + 1}, 1, &read.written);
      if (!status.ok()) return status;
    }
    const auto newest =
        std::max_element(read.written.begin(), read.written.end(),
                         [](const FoundVersion& a, const FoundVersion& b) { return a.stated_at < b.stated_at; });
    ReadVersion told;
    if (newest != read.written.end() && !newest->is_hidden) {
      auto version = Tell(ask, input, *newest);
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
