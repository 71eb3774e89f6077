#include "client/read_answers.h"

#include <fmt/format.h>

#include <limits>

namespace cairn {
namespace {

Status Wrong(std::string_view what) {
  return {StatusCode::kInternal, fmt::format("the service's answer is not understood: {}", what)};
}

RunState RunStateNamed(std::string_view name) {
  for (int state = 0; state <= static_cast<int>(RunState::kAborted); ++state) {
    if (RunStateName(static_cast<RunState>(state)) == name) return static_cast<RunState>(state);
  }
  return RunState::kUnknown;
}

template <typename T>
Result<T> Finished(const ObjectReader& reader, T value) {
  if (Status status = reader.Finish(); !status.ok()) return status;
  return value;
}

std::optional<double> ValueOf(simdjson::dom::element value) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  double number = 0;
  if (value.get(number) == simdjson::SUCCESS) return number;
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return std::nullopt;
  return text == "inf" ? kInfinity : text == "-inf" ? -kInfinity : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

StatusCode StatusCodeNamed(std::string_view name) {
  for (int code = 1; code <= static_cast<int>(StatusCode::kUnauthenticated); ++code) {
    if (StatusCodeName(static_cast<StatusCode>(code)) == name) return static_cast<StatusCode>(code);
  }
  return StatusCode::kUnknown;
}

Result<RunInfo> ReadRun(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  RunInfo run;
  std::string state;
  run.tenant = tenant;
  reader.Text("run_id", run.run_id).Node("job", tenant, run.job).Text("state", state);
  reader.Time("started_at", run.started_at).Time("ended_at", run.ended_at).Time("first_seen", run.first_seen);
  reader.Time("last_seen", run.last_seen).Text("parent_run_id", run.parent_run_id);
  reader.Text("root_run_id", run.root_run_id).Number("records", run.records);
  run.state = RunStateNamed(state);
  return Finished(reader, std::move(run));
}

Result<std::vector<RunInfo>> ReadRuns(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  std::vector<RunInfo> runs;
  reader.Each("runs", [&](const ObjectReader& item) {
    auto run = ReadRun(item, tenant);
    if (run) runs.push_back(std::move(*run));
    return run.status();
  });
  return Finished(reader, std::move(runs));
}

Result<EntityInfo> ReadEntity(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  EntityInfo entity;
  reader.Node("node", tenant, entity.node).Texts("kinds", entity.kinds).Number("facts", entity.facts);
  reader.Time("first_seen", entity.first_seen).Time("last_seen", entity.last_seen);
  reader.Texts("owners", entity.owners).Texts("tags", entity.tags).Number("runs", entity.runs);
  reader.Flag("deleted", entity.deleted);
  return Finished(reader, std::move(entity));
}

Result<EntitiesPage> ReadEntities(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  EntitiesPage page;
  reader.Number("total", page.total).Each("entities", [&](const ObjectReader& item) {
    auto entity = ReadEntity(item, tenant);
    if (entity) page.entities.push_back(std::move(*entity));
    return entity.status();
  });
  return Finished(reader, std::move(page));
}

Result<SearchPage> ReadSearch(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  SearchPage page;
  reader.Number("total", page.total).Flag("partial", page.partial);
  reader.Each("things", [&](const ObjectReader& item) {
    auto entity = ReadEntity(item, tenant);
    if (entity) page.entities.push_back(std::move(*entity));
    return entity.status();
  });
  return Finished(reader, std::move(page));
}

Result<std::vector<NamespaceInfo>> ReadNamespaces(const ObjectReader& root) {
  ObjectReader reader = root;
  std::vector<NamespaceInfo> namespaces;
  reader.Each("namespaces", [&](ObjectReader item) {
    NamespaceInfo& one = namespaces.emplace_back();
    item.Text("namespace", one.ns).Time("first_seen", one.first_seen).Time("last_seen", one.last_seen);
    simdjson::dom::object types;
    if (item.value()["types"].get(types) != simdjson::SUCCESS) return Wrong("types");
    for (const auto [type, count] : types) {
      std::uint64_t number = 0;
      if (count.get(number) != simdjson::SUCCESS) return Wrong("types");
      one.types.emplace_back(type, number);
    }
    return item.Finish();
  });
  return Finished(reader, std::move(namespaces));
}

Result<std::vector<TagUse>> ReadTags(const ObjectReader& root) {
  ObjectReader reader = root;
  std::vector<TagUse> tags;
  reader.Each("tags", [&](ObjectReader item) {
    TagUse& one = tags.emplace_back();
    return item.Text("tag", one.tag).Number("nodes", one.nodes).Finish();
  });
  return Finished(reader, std::move(tags));
}

Result<std::vector<NodeKey>> ReadNodes(const ObjectReader& root, const std::string& tenant) {
  ObjectReader reader = root;
  std::vector<NodeKey> nodes;
  reader.Nodes("nodes", tenant, nodes);
  return Finished(reader, std::move(nodes));
}

Result<AggregateResult> ReadAggregate(const ObjectReader& root) {
  ObjectReader reader = root;
  AggregateResult result;
  reader.Number("facts", result.facts).Number("spilled_groups", result.spilled_groups);
  reader.Number("damaged", result.damaged);
  reader.Each("rows", [&](ObjectReader item) {
    AggregateRow& row = result.rows.emplace_back();
    item.Texts("keys", row.keys).Each("values", [&](const ObjectReader& value) {
      row.values.push_back(ValueOf(value.value()));
      return Status::Ok();
    });
    return item.Finish();
  });
  return Finished(reader, std::move(result));
}

Result<RepositoryStats> ReadStats(const ObjectReader& root) {
  ObjectReader reader = root;
  RepositoryStats stats;
  reader.Number("records", stats.records).Number("last_seq", stats.last_seq.value);
  reader.Number("segments_open", stats.segments_open).Number("segments_sealed", stats.segments_sealed);
  reader.Number("bytes_open", stats.bytes_open).Number("bytes_sealed", stats.bytes_sealed);
  reader.Number("bytes_kept", stats.bytes_kept);
  reader.Number("series", stats.series).Number("nodes", stats.nodes).Number("edges", stats.edges);
  reader.Number("runs", stats.runs).Number("damaged_batches", stats.damaged_batches);
  simdjson::dom::object kinds;
  if (root.value()["kinds"].get(kinds) != simdjson::SUCCESS) return Wrong("kinds");
  for (const auto& [kind, facts] : kinds) {
    std::uint64_t number = 0;
    if (facts.get(number) != simdjson::SUCCESS) return Wrong("kinds");
    stats.kinds.emplace_back(kind, number);
  }
  return Finished(reader, std::move(stats));
}

Result<VerifyReport> ReadVerify(const ObjectReader& root) {
  ObjectReader reader = root;
  VerifyReport report;
  reader.Number("segments", report.segments).Number("batches", report.batches).Number("records", report.records);
  reader.Texts("notes", report.notes).Each("damage", [&](ObjectReader item) {
    Damage& damage = report.damage.emplace_back();
    item.Text("segment", damage.segment).Number("offset", damage.offset).Number("first_seq", damage.first.value);
    item.Number("last_seq", damage.last.value).Text("what", damage.what);
    return item.Finish();
  });
  return Finished(reader, std::move(report));
}

Result<std::vector<Result<Stored>>> ReadStored(const ObjectReader& root, std::size_t count) {
  ObjectReader reader = root;
  std::vector<Result<Stored>> out;
  out.reserve(count);
  reader.Each("results", [&](ObjectReader item) {
    simdjson::dom::element error;
    if (item.value()["error"].get(error) == simdjson::SUCCESS) {
      std::string code;
      std::string message;
      ObjectReader why(error);
      why.Text("code", code).Text("message", message);
      out.emplace_back(StatusCodeNamed(code), std::move(message));
      return why.Finish();
    }
    Stored stored;
    item.Number("seq", stored.seq.value).Flag("known", stored.known);
    out.emplace_back(stored);
    return item.Finish();
  });
  if (reader.Finish().ok() && out.size() != count) {
    return Wrong(fmt::format("{} results for {} records", out.size(), count));
  }
  return Finished(reader, std::move(out));
}

}  // namespace cairn
