#include <fmt/format.h>

#include <algorithm>

#include "base/json_fields.h"
#include "base/uuid.h"
#include "record/openlineage_json.h"
#include "server/marquez_dataset.h"
#include "server/marquez_job.h"
#include "server/marquez_namespace.h"
#include "server/marquez_routes.h"
#include "server/marquez_write.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

// The end of every event: when, and by whom.
std::string EventEnd(Timestamp time) {
  return fmt::format("\"eventTime\":\"{}\",\"producer\":{},\"schemaURL\":{}}}", FormatTimestamp(time),
                     JsonString(kMarquezProducer), JsonString("https://openlineage.io/spec/2-0-2/OpenLineage.json"));
}

std::string ThingJson(const NodeKey& node, std::string_view facets) {
  return JsonFields().Text("namespace", node.ns).Text("name", node.name).Raw("facets", facets).Done();
}

// An event of a run that is known: what it says is added to what the run said before. `more` is further members.
Result<std::string> RunEventJson(const MarquezAsk& ask, const std::string& run_id, std::string_view type,
                                 Timestamp time, std::string_view more = {}) {
  auto run = ask.repository.Run(ask.tenant, run_id);
  if (!run) return run.error();
  if (run->job.name.empty()) {
    return Status(StatusCode::kFailedPrecondition,
                  fmt::format("of the run \"{}\" no job is known; send an OpenLineage event instead", run_id));
  }
  JsonFields event;
  event.Text("eventType", type).Raw("run", JsonFields().Text("runId", run_id).Done());
  event.Raw("job", JsonFields().Text("namespace", run->job.ns).Text("name", run->job.name).Done());
  std::string out = event.Done();
  out.back() = ',';
  return out + std::string(more) + EventEnd(time);
}

Status ReadTexts(const MarquezBody& body, std::initializer_list<std::pair<std::string_view, std::string*>> texts) {
  for (const auto& [member, out] : texts) {
    if (Status status = body.Text(member, out); !status.ok()) return status;
  }
  return Status::Ok();
}

Json PutNamespace(const MarquezAsk& ask, Exchange& exchange, Clock& clock) {
  MarquezBody body;
  std::string owner = "anonymous";
  std::string description;
  Status status = body.Read(exchange.request().body());
  if (status.ok()) status = ReadTexts(body, {{"ownerName", &owner}, {"description", &description}});
  if (!status.ok()) return status;
  const std::string& name = exchange.Path("namespace");
  const NodeKey node{ask.tenant, std::string(kTypeNamespace), "", name, ""};
  std::string payload = JsonFields().Text("owner", owner).TextOrNull("description", description).Done();
  status = StoreMetadata(ask, node, clock.Now(), std::move(payload));
  if (!status.ok()) return status;
  auto one = ReadNamespace(ask, name);
  if (!one) return one.error();
  return NamespaceJson(ask, *one);
}

Json PutSource(const MarquezAsk& ask, Exchange& exchange, Clock& clock) {
  MarquezBody body;
  std::string type;
  std::string url;
  std::string description;
  Status status = body.Read(exchange.request().body());
  if (status.ok()) {
    status = ReadTexts(body, {{"type", &type}, {"connectionUrl", &url}, {"description", &description}});
  }
  if (!status.ok()) return status;
  const NodeKey node{ask.tenant, std::string(kTypeSource), "", exchange.Path("source"), ""};
  std::string payload =
      JsonFields().Text("type", type).Text("connectionUrl", url).TextOrNull("description", description).Done();
  status = StoreMetadata(ask, node, clock.Now(), std::move(payload));
  if (!status.ok()) return status;
  auto entity = ask.repository.Entity(node);
  if (!entity) return entity.error();
  return SourceJson(ask, {node.name, entity->first_seen, entity->last_seen});
}

// Tags of a dataset and its fields, as a `metadata` record says them; empty where there are none.
std::string TagsOf(const MarquezBody& body) {
  const auto texts = [](const std::vector<Element>& elements) {
    std::vector<std::string> out;
    for (const Element element : elements) {
      if (const std::string_view text = AsText(element); !text.empty()) out.emplace_back(text);
    }
    return out;
  };
  JsonFields payload;
  bool any = false;
  if (const auto tags = texts(body.List("tags")); !tags.empty()) {
    payload.Raw("tags", JsonList(tags));
    any = true;
  }
  JsonFields fields;
  bool any_field = false;
  for (const Element element : body.List("fields")) {
    const auto field = AsObject(element);
    if (!field) continue;
    const auto tags = texts(ElementsOf(Member(*field, "tags")));
    if (tags.empty()) continue;
    fields.Raw(Text(*field, "name"), JsonFields().Raw("tags", JsonList(tags)).Done());
    any_field = true;
  }
  if (any_field) payload.Raw(kMetadataFields, fields.Done());
  return any || any_field ? payload.Done() : std::string();
}

Json PutDataset(const MarquezAsk& ask, Exchange& exchange, Clock& clock) {
  MarquezBody body;
  std::string type;
  std::string source;
  std::string description;
  std::string run_id;
  std::string schema_url;
  std::string fields;
  Status status = body.Read(exchange.request().body());
  if (status.ok()) {
    status = ReadTexts(body, {{"type", &type},
                              {"sourceName", &source},
                              {"description", &description},
                              {"runId", &run_id},
                              {"schemaLocation", &schema_url}});
  }
  if (status.ok()) status = body.Objects("fields", "name", &fields);
  if (!status.ok()) return status;
  const NodeKey node = ask.Dataset(exchange.Path("namespace"), exchange.Path("dataset"));
  JsonFields facets;
  if (!fields.empty()) facets.Raw("schema", FacetJson("\"fields\":" + fields));
  if (!source.empty()) facets.Raw("dataSource", FacetJson("\"name\":" + JsonString(source)));
  if (!description.empty()) facets.Raw("documentation", FacetJson("\"description\":" + JsonString(description)));
  if (!schema_url.empty()) facets.Raw("marquez_schemaLocation", FacetJson("\"url\":" + JsonString(schema_url)));
  if (SameWord(type, "STREAM")) facets.Raw("datasetType", FacetJson("\"datasetType\":\"STREAM\""));
  const Timestamp now = clock.Now();
  const std::string thing = ThingJson(node, facets.Done());
  // By a run it is the run's version of it.
  auto event = run_id.empty() ? Json("{\"dataset\":" + thing + "," + EventEnd(now))
                              : RunEventJson(ask, run_id, "OTHER", now, "\"outputs\":[" + thing + "],");
  if (!event) return event;
  if (status = StoreAll(ask, {*event}); !status.ok()) return status;
  if (std::string tags = TagsOf(body); !tags.empty()) {
    if (status = StoreMetadata(ask, node, clock.Now(), std::move(tags)); !status.ok()) return status;
  }
  auto entity = ask.repository.Entity(node);
  if (!entity) return entity.error();
  return MarquezDatasetJson(ask, std::move(*entity));
}

Json PutJob(const MarquezAsk& ask, Exchange& exchange, Clock& clock) {
  MarquezBody body;
  std::string type;
  std::string location;
  std::string description;
  std::string run_id;
  Status status = body.Read(exchange.request().body());
  if (status.ok()) {
    status =
        ReadTexts(body, {{"type", &type}, {"location", &location}, {"description", &description}, {"runId", &run_id}});
  }
  if (!status.ok()) return status;
  const NodeKey node = ask.Job(exchange.Path("namespace"), exchange.Path("job"));
  JsonFields facets;
  if (!location.empty()) {
    facets.Raw("sourceCodeLocation", FacetJson("\"type\":\"url\",\"url\":" + JsonString(location)));
  }
  if (!description.empty()) facets.Raw("documentation", FacetJson("\"description\":" + JsonString(description)));
  if (!type.empty()) {
    facets.Raw("jobType", FacetJson("\"integration\":\"MARQUEZ\",\"processingType\":" + JsonString(type)));
  }
  if (const std::string context = body.Json("context"); !context.empty()) {
    facets.Raw(kMarquezContextFacet, FacetJson("\"context\":" + context));
  }
  std::string ends;
  for (const std::string_view side : {"inputs", "outputs"}) {
    std::string list;
    if (status = body.Objects(side, "name", &list); !status.ok()) return status;
    if (!list.empty()) ends += fmt::format("\"{}\":{},", side, list);
  }
  const Timestamp now = clock.Now();
  std::vector<std::string> jsons{"{\"job\":" + ThingJson(node, facets.Done()) + "," + ends + EventEnd(now)};
  if (!run_id.empty()) {
    auto event = RunEventJson(ask, run_id, "OTHER", now, ends);
    if (!event) return event.error();
    jsons.push_back(std::move(*event));
  }
  if (status = StoreAll(ask, jsons); !status.ok()) return status;
  auto entity = ask.repository.Entity(node);
  if (!entity) return entity.error();
  return MarquezJobJson(ask, std::move(*entity));
}

Json RunJsonOf(const MarquezAsk& ask, const std::string& run_id) {
  auto run = ask.repository.Run(ask.tenant, run_id);
  if (!run) return run.error();
  auto said = ReadRunStatements(ask, run_id);
  if (!said) return said.error();
  return MarquezRunJson(ask, *run, **said);
}

Json PostRun(const MarquezAsk& ask, Exchange& exchange, Clock& clock) {
  MarquezBody body;
  std::string id;
  std::string start;
  std::string end;
  Status status = body.Read(exchange.request().body());
  if (status.ok()) status = ReadTexts(body, {{"id", &id}, {"nominalStartTime", &start}, {"nominalEndTime", &end}});
  if (!status.ok()) return status;
  auto job = MarquezEntity(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")));
  if (!job) return job.error();
  const Timestamp now = clock.Now();
  if (id.empty()) id = NameUuid(fmt::format("{} {} {}", NodeId(job->node), now.ns, exchange.request_id()));
  JsonFields facets;
  if (!start.empty() || !end.empty()) {
    std::string times = JsonFields().TextOrNull("nominalStartTime", start).TextOrNull("nominalEndTime", end).Done();
    facets.Raw("nominalTime", FacetJson(std::string_view(times).substr(1, times.size() - 2)));
  }
  if (const std::string args = body.Json("args"); !args.empty()) {
    facets.Raw(kMarquezArgsFacet, FacetJson("\"args\":" + args));
  }
  JsonFields event;
  event.Text("eventType", "OTHER").Raw("run", JsonFields().Text("runId", id).Raw("facets", facets.Done()).Done());
  event.Raw("job", JsonFields().Text("namespace", job->node.ns).Text("name", job->node.name).Done());
  std::string json = event.Done();
  json.back() = ',';
  if (status = StoreAll(ask, {json + EventEnd(now)}); !status.ok()) return status;
  return RunJsonOf(ask, id);
}

Json MarkRun(const MarquezAsk& ask, Exchange& exchange, std::string_view type, Clock& clock) {
  std::optional<Timestamp> at;
  ParameterReader parameters(exchange.query());
  if (Status status = parameters.Time("at", at).FinishLeniently(); !status.ok()) return status;
  const std::string& id = exchange.Path("id");
  auto event = RunEventJson(ask, id, type, at.value_or(clock.Now()));
  if (!event) return event.error();
  if (Status status = StoreAll(ask, {*event}); !status.ok()) return status;
  return RunJsonOf(ask, id);
}

Json Delete(const MarquezAsk& ask, const NodeKey& node, Clock& clock) {
  auto entity = MarquezEntity(ask, node);
  if (!entity) return entity.error();
  // Behind whatever was said of it, also where that is said to be in the future.
  const Timestamp time{std::max(clock.Now().ns, entity->last_seen.ns + 1)};
  std::string payload = JsonFields().Flag(kMetadataDeleted, true).Done();
  if (Status status = StoreMetadata(ask, node, time, std::move(payload)); !status.ok()) return status;
  entity = ask.repository.Entity(node);
  if (!entity) return entity.error();
  return node.type == kTypeJob ? MarquezJobJson(ask, std::move(*entity)) : MarquezDatasetJson(ask, std::move(*entity));
}

}  // namespace

void AddMarquezWrites(Router& router, Clock& clock) {
  using Write = std::function<Json(const MarquezAsk&, Exchange&)>;
  const auto add = [&](const char* method, const std::string& path, int status, Write write) {
    router.Add({method, "/api/v1" + path, [status, write = std::move(write)](Exchange& exchange) {
                  return exchange.Elsewhere(
                      [&] { return MarquezWritten(exchange, write(MarquezAsk(exchange), exchange), status); });
                }});
  };
  const auto with = [&clock](Json (*write)(const MarquezAsk&, Exchange&, Clock&)) -> Write {
    return [&clock, write](const MarquezAsk& ask, Exchange& exchange) { return write(ask, exchange, clock); };
  };
  const std::string ns = "/namespaces/{namespace}";
  add("PUT", ns, 200, with(PutNamespace));
  add("PUT", "/sources/{source}", 200, with(PutSource));
  add("PUT", ns + "/datasets/{dataset}", 200, with(PutDataset));
  add("PUT", ns + "/jobs/{job}", 200, with(PutJob));
  add("POST", ns + "/jobs/{job}/runs", 201, with(PostRun));
  for (const auto& [verb, type] : {std::pair{"start", "START"}, std::pair{"complete", "COMPLETE"},
                                   std::pair{"fail", "FAIL"}, std::pair{"abort", "ABORT"}}) {
    add("POST", fmt::format("/jobs/runs/{{id}}/{}", verb), 200,
        [&clock, type](const MarquezAsk& ask, Exchange& exchange) { return MarkRun(ask, exchange, type, clock); });
  }
  add("DELETE", ns + "/jobs/{job}", 200, [&clock](const MarquezAsk& ask, Exchange& exchange) {
    return Delete(ask, ask.Job(exchange.Path("namespace"), exchange.Path("job")), clock);
  });
  add("DELETE", ns + "/datasets/{dataset}", 200, [&clock](const MarquezAsk& ask, Exchange& exchange) {
    return Delete(ask, ask.Dataset(exchange.Path("namespace"), exchange.Path("dataset")), clock);
  });
}

}  // namespace cairn
