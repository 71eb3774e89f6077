#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <set>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_dataset.h"
#include "server/marquez_job.h"
#include "server/marquez_namespace.h"
#include "server/marquez_routes.h"
#include "server/marquez_versions.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

// The part of a list that is on the page, each as JSON; further members of the answer in `more`.
template <typename T, typename Tell>
Json ListJson(std::string_view name, const std::vector<T>& all, const MarquezPage& page, Tell tell) {
  JsonElements list;
  for (std::size_t i = page.offset; i < all.size() && i - page.offset < page.limit; ++i) {
    Json json = tell(all[i]);
    if (!json) return json;
    list.Raw(*json);
  }
  return JsonFields().Raw(name, list.Done()).Number("totalCount", all.size()).Done();
}

// Answers a list that is read whole, and told page by page.
template <typename Read, typename Tell>
ServerResponse List(Exchange& exchange, std::string_view name, Read read, Tell tell) {
  MarquezPage page;
  if (Status status = page.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    const auto all = read(ask);
    if (!all) return all.error();
    return ListJson(name, *all, page, [&](const auto& one) { return tell(ask, one); });
  });
}

ServerResponse Namespaces(Exchange& exchange) { return List(exchange, "namespaces", ReadNamespaces, NamespaceJson); }
ServerResponse Sources(Exchange& exchange) { return List(exchange, "sources", ReadSources, SourceJson); }
ServerResponse Tags(Exchange& exchange) { return List(exchange, "tags", ReadTags, TagJson); }

ServerResponse OneNamespace(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto one = ReadNamespace(ask, exchange.Path("namespace"));
    if (!one) return one.error();
    return NamespaceJson(ask, *one);
  });
}

ServerResponse OneSource(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    const std::string& name = exchange.Path("source");
    auto all = ReadSources(ask);
    if (!all) return all.error();
    for (const MarquezNamespace& one : *all) {
      if (one.name == name) return SourceJson(ask, one);
    }
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no source \"{}\"; GET /api/v1/sources lists those that are there", name));
  });
}

// States in which the newest run of a job may be; empty for any, and for jobs without runs.
Status ReadStates(const HttpParameters& parameters, std::set<std::string, std::less<>>* out) {
  std::vector<std::string> words;
  ParameterReader(parameters).List("lastRunStates", words);
  for (const std::string& word : words) {
    constexpr std::string_view kStates[] = {"NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"};
    const auto state =
        std::find_if(std::begin(kStates), std::end(kStates), [&](std::string_view one) { return SameWord(word, one); });
    if (state == std::end(kStates)) {
      return {StatusCode::kInvalidArgument,
              fmt::format("lastRunStates \"{}\" is no state; they are {}", word, fmt::join(kStates, ", "))};
    }
    out->emplace(*state);
  }
  return Status::Ok();
}

// The page of those jobs whose newest run is in one of the states.
Result<EntitiesPage> JobsInStates(const MarquezAsk& ask, const EntitiesSpec& spec,
                                  const std::set<std::string, std::less<>>& states) {
  EntitiesSpec every = spec;
  every.limit = 0;
  every.offset = 0;
  auto all = ask.repository.Entities(every);
  if (!all) return all;
  EntitiesPage out;
  for (EntityInfo& job : all->entities) {
    auto newest = NewestRuns(ask, job.node, 1);
    if (!newest) return newest.error();
    if (newest->empty() || states.count(MarquezRunState(newest->front().state)) == 0) continue;
    if (out.total >= spec.offset && out.entities.size() < spec.limit) out.entities.push_back(std::move(job));
    ++out.total;
  }
  return out;
}

// Jobs or datasets, of a namespace or of all.
ServerResponse Things(Exchange& exchange, std::string_view type, bool of_namespace) {
  MarquezPage page;
  std::set<std::string, std::less<>> states;
  Status status = page.Read(exchange.query());
  if (status.ok() && type == kTypeJob) status = ReadStates(exchange.query(), &states);
  if (!status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    EntitiesSpec spec;
    spec.tenant = ask.tenant;
    spec.type = type;
    if (of_namespace) spec.ns = exchange.Path("namespace");
    spec.limit = std::max<std::size_t>(page.limit, 1);
    spec.offset = page.offset;
    auto found = states.empty() ? ask.repository.Entities(spec) : JobsInStates(ask, spec, states);
    if (!found) return found.error();
    if (of_namespace && found->total == 0) {
      if (auto known = ReadNamespace(ask, *spec.ns); !known) return known.error();
    }
    JsonElements list;
    for (EntityInfo& entity : found->entities) {
      if (page.limit == 0) break;
      auto json =
          type == kTypeJob ? MarquezJobJson(ask, std::move(entity)) : MarquezDatasetJson(ask, std::move(entity));
      if (!json) return json.error();
      list.Raw(*json);
    }
    return JsonFields()
        .Raw(type == kTypeJob ? "jobs" : "datasets", list.Done())
        .Number("totalCount", found->total)
        .Done();
  });
}

ServerResponse OneJob(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto entity = MarquezEntity(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")));
    if (!entity) return entity.error();
    return MarquezJobJson(ask, std::move(*entity));
  });
}

ServerResponse OneDataset(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto entity = MarquezEntity(ask, ask.Dataset(exchange.Path("namespace"), exchange.Path("dataset")));
    if (!entity) return entity.error();
    return MarquezDatasetJson(ask, std::move(*entity));
  });
}

ServerResponse DatasetVersions(Exchange& exchange) {
  MarquezPage page;
  if (Status status = page.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto entity = MarquezEntity(ask, ask.Dataset(exchange.Path("namespace"), exchange.Path("dataset")));
    if (!entity) return entity.error();
    auto found = ReadDatasetVersions(ask, entity->node, page);
    if (!found) return found.error();
    JsonElements list;
    for (const DatasetVersionInfo& version : found->versions) {
      auto json = DatasetVersionJson(ask, entity->node, version);
      if (!json) return json.error();
      list.Raw(*json);
    }
    return JsonFields().Raw("versions", list.Done()).Number("totalCount", found->total).Done();
  });
}

ServerResponse OneDatasetVersion(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto entity = MarquezEntity(ask, ask.Dataset(exchange.Path("namespace"), exchange.Path("dataset")));
    if (!entity) return entity.error();
    MarquezPage all;
    all.limit = std::numeric_limits<std::uint64_t>::max();
    auto found = ReadDatasetVersions(ask, entity->node, all);
    if (!found) return found.error();
    for (const DatasetVersionInfo& version : found->versions) {
      if (version.version == exchange.Path("version")) return DatasetVersionJson(ask, entity->node, version);
    }
    return Status(
        StatusCode::kNotFound,
        fmt::format("the dataset \"{}\" in the namespace \"{}\" has no version {}; GET .../versions lists its "
                    "versions",
                    entity->node.name, entity->node.ns, exchange.Path("version")));
  });
}

}  // namespace

void AddMarquezLists(Router& router) {
  const std::string ns = "/api/v1/namespaces/{namespace}";
  router.Add({"GET", "/api/v1/namespaces", Namespaces});
  router.Add({"GET", ns, OneNamespace});
  router.Add({"GET", "/api/v1/sources", Sources});
  router.Add({"GET", "/api/v1/sources/{source}", OneSource});
  router.Add({"GET", "/api/v1/tags", Tags});
  router.Add({"GET", "/api/v1/jobs", [](Exchange& exchange) { return Things(exchange, kTypeJob, false); }});
  router.Add({"GET", ns + "/jobs", [](Exchange& exchange) { return Things(exchange, kTypeJob, true); }});
  router.Add({"GET", ns + "/datasets", [](Exchange& exchange) { return Things(exchange, kTypeDataset, true); }});
  router.Add({"GET", ns + "/jobs/{job}", OneJob});
  router.Add({"GET", ns + "/datasets/{dataset}", OneDataset});
  router.Add({"GET", ns + "/datasets/{dataset}/versions", DatasetVersions});
  router.Add({"GET", ns + "/datasets/{dataset}/versions/{version}", OneDatasetVersion});
}

}  // namespace cairn
