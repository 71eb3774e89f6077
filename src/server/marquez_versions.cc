#include "server/marquez_versions.h"

#include <simdjson.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_dataset.h"

namespace cairn {
namespace {

// Statements of one job about one dataset that are looked at, and events about the dataset alone.
constexpr std::size_t kStatementsMax = 10'000;
constexpr std::size_t kEventsMax = 1'000;
constexpr std::size_t kStatementsForNewest = 4;
constexpr std::uint32_t kWritersMax = 1'000;

// A version of which it is known when it came, not yet what it says.
struct Found {
  Timestamp created_at;
  Timestamp stated_at;
  std::string run_id;
  RunStatements::Facets facets;  // Where there is no run.
};

Status FindRuns(const MarquezAsk& ask, const NodeKey& dataset, std::size_t statements, std::vector<Found>* out) {
  LineageSpec spec;
  spec.node = dataset;
  spec.depth = 1;
  spec.filter.edge_types = {"writes"};
  spec.nodes_max = kWritersMax;
  auto graph = ask.repository.Lineage(spec);
  if (!graph) return graph.error().code() == StatusCode::kNotFound ? Status::Ok() : graph.error();
  std::map<std::string, Found> runs;
  for (const LineageNode& writer : graph->nodes) {
    if (writer.key.type != kTypeJob) continue;
    LineageWhySpec why;
    why.from = writer.key;
    why.to = dataset;
    why.type = "writes";
    why.limit = statements;
    auto reasons = ask.repository.Why(why);
    if (!reasons) {
      if (reasons.error().code() == StatusCode::kNotFound) continue;
      return reasons.error();
    }
    for (const EdgeReason& reason : reasons->reasons) {
      if (reason.run_id.empty()) continue;
      Found& run =
          runs.try_emplace(reason.run_id, Found{reason.stated_at, reason.stated_at, reason.run_id, {}}).first->second;
      run.created_at = std::min(run.created_at, reason.stated_at);
      run.stated_at = std::max(run.stated_at, reason.stated_at);
    }
  }
  for (auto& [id, run] : runs) out->push_back(std::move(run));
  return Status::Ok();
}

// What was stated of the dataset by itself: the same again is the same version.
Status FindEvents(const MarquezAsk& ask, const NodeKey& dataset, std::size_t limit, std::vector<Found>* out) {
  HistorySpec spec;
  spec.order = Order::kNewestFirst;
  spec.limit = limit;
  auto facts = ask.repository.History(kKindDatasetEvent, dataset, spec);
  if (!facts) return facts.error();
  std::map<std::string, std::size_t> known;
  simdjson::dom::parser parser;
  for (const Fact& fact : *facts) {
    Element record;
    const std::string_view bytes = fact.record();
    if (parser.parse(bytes.data(), bytes.size(), true).get(record) != simdjson::SUCCESS) continue;
    Object facets;
    Found found{fact.produced_at(), fact.produced_at(), "", {}};
    if (record.at_pointer("/payload/dataset/facets").get(facets) == simdjson::SUCCESS) {
      for (const auto [key, value] : facets) found.facets.insert_or_assign(std::string(key), simdjson::minify(value));
    }
    const auto [place, is_new] = known.try_emplace(DatasetVersion(dataset, found.facets, ""), out->size());
    if (is_new) {
      out->push_back(std::move(found));
    } else {
      (*out)[place->second].created_at = std::min((*out)[place->second].created_at, found.created_at);
    }
  }
  return Status::Ok();
}

Result<std::vector<Found>> FindVersions(const MarquezAsk& ask, const NodeKey& dataset, std::size_t statements,
                                        std::size_t events) {
  std::vector<Found> found;
  if (Status status = FindEvents(ask, dataset, events, &found); !status.ok()) return status;
  if (Status status = FindRuns(ask, dataset, statements, &found); !status.ok()) return status;
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.stated_at != b.stated_at ? a.stated_at > b.stated_at : a.run_id < b.run_id;
  });
  return found;
}

Result<DatasetVersionInfo> Tell(const MarquezAsk& ask, const NodeKey& dataset, Found found) {
  DatasetVersionInfo out{"", found.run_id, found.created_at, std::move(found.facets)};
  if (!found.run_id.empty()) {
    auto said = ReadRunStatements(ask, found.run_id);
    if (!said) return said.error();
    out.facets = OutputOf(**said, dataset);
  }
  out.version = DatasetVersion(dataset, out.facets, out.run_id);
  return out;
}

}  // namespace

Result<DatasetVersionList> ReadDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset, const MarquezPage& page) {
  auto found = FindVersions(ask, dataset, kStatementsMax, kEventsMax);
  if (!found) return found.error();
  DatasetVersionList out;
  out.total = found->size();
  for (std::size_t i = page.offset; i < found->size() && out.versions.size() < page.limit; ++i) {
    auto version = Tell(ask, dataset, std::move((*found)[i]));
    if (!version) return version.error();
    out.versions.push_back(std::move(*version));
  }
  return out;
}

Result<std::string> CurrentDatasetVersion(const MarquezAsk& ask, const NodeKey& dataset) {
  auto found = FindVersions(ask, dataset, kStatementsForNewest, 1);
  if (!found) return found.error();
  if (found->empty()) return std::string();
  auto version = Tell(ask, dataset, std::move(found->front()));
  if (!version) return version.error();
  return version->version;
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
    run = MarquezRunJson(*info, **said);
  }
  fields.TextOrNull("createdByRunId", version.run_id);
  return fields.Raw("createdByRun", run).Raw("facets", json).Done();
}

}  // namespace cairn
