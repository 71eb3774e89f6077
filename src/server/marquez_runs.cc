#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/json_fields.h"
#include "server/marquez_facts.h"
#include "server/marquez_job.h"
#include "server/marquez_routes.h"
#include "server/marquez_run.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

Result<RunInfo> RunOf(const MarquezAsk& ask, const std::string& id) {
  auto run = ask.repository.Run(ask.tenant, id);
  if (run || run.error().code() != StatusCode::kNotFound) return run;
  return Status(
      StatusCode::kNotFound,
      fmt::format("there is no run \"{}\"; GET /api/v1/namespaces/{{namespace}}/jobs/{{job}}/runs lists those "
                  "of a job",
                  id));
}

ServerResponse RunsOfJob(Exchange& exchange) {
  MarquezPage page;
  if (Status status = page.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto job = MarquezEntity(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")));
    if (!job) return job.error();
    auto runs = MarquezRunsJson(ask, job->node, page);
    if (!runs) return runs.error();
    return JsonFields().Raw("runs", *runs).Number("totalCount", job->runs).Done();
  });
}

ServerResponse OneRun(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto run = RunOf(ask, exchange.Path("id"));
    if (!run) return run.error();
    auto said = ReadRunStatements(ask, run->run_id);
    if (!said) return said.error();
    return MarquezRunJson(ask, *run, **said);
  });
}

ServerResponse RunFacets(Exchange& exchange) {
  std::size_t type = 0;
  ParameterReader parameters(exchange.query());
  if (Status status = parameters.Choice("type", {"run", "job"}, type).FinishLeniently(); !status.ok()) {
    return MarquezFailure(status);
  }
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto run = RunOf(ask, exchange.Path("id"));
    if (!run) return run.error();
    auto said = ReadRunStatements(ask, run->run_id);
    if (!said) return said.error();
    return JsonFields()
        .Text("runId", run->run_id)
        .Raw("facets", FacetsJson(type == 0 ? (*said)->run : (*said)->job))
        .Done();
  });
}

// A version of a job, and the newest run that was of it; none where it was stated without one.
struct JobVersionInfo {
  std::string version;
  std::optional<RunInfo> newest;
  Timestamp created_at;
  RunSaid said;
};

// By the newest run, the newest version first.
Result<std::vector<JobVersionInfo>> JobVersions(const MarquezAsk& ask, const EntityInfo& entity) {
  const NodeKey& job = entity.node;
  auto runs = NewestRuns(ask, job, kRunsForVersions);
  if (!runs) return runs.error();
  std::vector<JobVersionInfo> out;
  if (runs->empty()) {
    auto read = ReadMarquezJob(ask, entity, 1);
    if (!read) return read.error();
    auto stated = std::make_shared<RunStatements>(StatedOf(*read));
    out.push_back({JobVersion(job, *stated), std::nullopt, entity.first_seen, std::move(stated)});
    return out;
  }
  std::map<std::string, std::size_t> known;
  if (std::any_of(runs->begin(), runs->end(), MakesVersion)) {
    std::erase_if(*runs, [](const RunInfo& run) { return !MakesVersion(run); });
  }
  for (const RunInfo& run : *runs) {
    auto said = ReadRunStatements(ask, run.run_id);
    if (!said) return said.error();
    std::string version = JobVersion(job, **said);
    const auto [place, is_new] = known.try_emplace(version, out.size());
    if (is_new) out.push_back({std::move(version), run, run.first_seen, std::move(*said)});
    JobVersionInfo& one = out[place->second];
    one.created_at = std::min(one.created_at, run.first_seen);
  }
  return out;
}

std::string DatasetIdsJson(const RunStatements::Datasets& datasets) {
  JsonElements list;
  for (const auto& [key, facets] : datasets) {
    list.Raw(JsonFields().Text("namespace", key.first).Text("name", key.second).Done());
  }
  return list.Done();
}

Json JobVersionJson(const MarquezAsk& ask, const NodeKey& job, const JobVersionInfo& one) {
  auto newest = one.newest ? MarquezRunJson(ask, *one.newest, *one.said) : Json("null");
  if (!newest) return newest;
  JsonFields fields;
  fields.Raw("id", JsonFields().Text("namespace", job.ns).Text("name", job.name).Text("version", one.version).Done());
  fields.Text("name", job.name).Time("createdAt", one.created_at).Text("version", one.version);
  fields.Text("namespace", job.ns).TextOrNull("location", CodeLocation(*one.said)).Raw("context", "{}");
  fields.Raw("inputs", DatasetIdsJson(one.said->inputs)).Raw("outputs", DatasetIdsJson(one.said->outputs));
  return fields.Raw("latestRun", *newest).Raw("facets", FacetsJson(one.said->job)).Done();
}

ServerResponse VersionsOfJob(Exchange& exchange) {
  MarquezPage page;
  if (Status status = page.Read(exchange.query()); !status.ok()) return MarquezFailure(status);
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto job = MarquezEntity(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")));
    if (!job) return job.error();
    auto versions = JobVersions(ask, *job);
    if (!versions) return versions.error();
    JsonElements list;
    for (std::size_t i = page.offset; i < versions->size() && i - page.offset < page.limit; ++i) {
      auto json = JobVersionJson(ask, job->node, (*versions)[i]);
      if (!json) return json;
      list.Raw(*json);
    }
    return JsonFields().Raw("versions", list.Done()).Number("totalCount", versions->size()).Done();
  });
}

ServerResponse OneVersionOfJob(Exchange& exchange) {
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    auto job = MarquezEntity(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")));
    if (!job) return job.error();
    auto versions = JobVersions(ask, *job);
    if (!versions) return versions.error();
    for (const JobVersionInfo& one : *versions) {
      if (one.version == exchange.Path("version")) return JobVersionJson(ask, job->node, one);
    }
    return Status(StatusCode::kNotFound,
                  fmt::format("the job \"{}\" in the namespace \"{}\" has no version {}; GET .../versions lists its "
                              "versions",
                              job->node.name, job->node.ns, exchange.Path("version")));
  });
}

}  // namespace

void AddMarquezRuns(Router& router) {
  const std::string job = "/api/v1/namespaces/{namespace}/jobs/{job}";
  router.Add({"GET", job + "/runs", RunsOfJob});
  router.Add({"GET", job + "/versions", VersionsOfJob});
  router.Add({"GET", job + "/versions/{version}", OneVersionOfJob});
  router.Add({"GET", "/api/v1/jobs/runs/{id}", OneRun});
  router.Add({"GET", "/api/v1/jobs/runs/{id}/facets", RunFacets});
}

}  // namespace cairn
