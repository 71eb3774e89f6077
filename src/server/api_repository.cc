// The questions of `cairn::Repository`, one route each: what the remote repository of src/client asks.
#include <fmt/format.h>

#include <limits>

#include "server/api.h"
#include "server/store_question.h"
#include "service/answer_json.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

// Facts of one answer; more come page by page.
constexpr std::uint64_t kFactsMax = 10'000;
constexpr std::uint64_t kNumberMax = std::numeric_limits<std::int64_t>::max();

ServerResponse Json(std::string body) {
  ServerResponse response;
  response.body = std::move(body);
  return response;
}

ServerResponse Latest(Exchange& /*exchange*/, StoreQuestion& asked) {
  std::string kind;
  std::string node;
  ParameterReader reader = asked.Reader();
  reader.Text("kind", kind).Required("node", node);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto key = asked.Node(node);
  if (!key) return HttpFailure(key.error());
  auto latest = asked.repository().Latest(kind, *key);
  if (!latest) return HttpFailure(latest.error());
  ServerResponse response;
  AppendLoggedFact(response.body, *latest);
  return response;
}

ServerResponse History(Exchange& exchange, StoreQuestion& asked) {
  std::string kind;
  std::string node;
  HistorySpec spec;
  std::size_t order = static_cast<std::size_t>(spec.order);
  spec.limit = kFactsMax;
  ParameterReader reader = asked.Reader();
  reader.Text("kind", kind).Required("node", node).Time("from", spec.from).Time("until", spec.until);
  reader.Choice("order", {"newest", "oldest"}, order).Number("limit", kNumberMax, spec.limit);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto key = asked.Node(node);
  if (!key) return HttpFailure(key.error());
  spec.order = static_cast<Order>(order);
  return exchange.Elsewhere([&] {
    auto history = asked.repository().History(kind, *key, spec);
    return history ? Json(LoggedFactsJson(*history, {history->damaged, history->withheld}))
                   : HttpFailure(history.error());
  });
}

ServerResponse Query(Exchange& exchange, StoreQuestion& asked) {
  FactsQuestion query;
  std::size_t order = 0;
  std::uint64_t limit = 100;
  std::string cursor;
  ParameterReader reader = asked.Reader();
  query.Read(reader);
  reader.Choice("order", {"newest", "oldest"}, order).Number("limit", kFactsMax, limit).Text("cursor", cursor);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto spec = query.Finish(asked);
  if (!spec) return HttpFailure(spec.error());
  spec->order = static_cast<Order>(order);
  spec->limit = limit == 0 ? kFactsMax : limit;
  spec->cursor = std::move(cursor);
  return exchange.Elsewhere([&] {
    auto page = asked.repository().Query(*spec);
    return page ? Json(LoggedFactsJson(page->facts, {page->damaged, page->withheld}, page->cursor))
                : HttpFailure(page.error());
  });
}

ServerResponse Run(Exchange& /*exchange*/, StoreQuestion& asked) {
  std::string run;
  ParameterReader reader = asked.Reader();
  reader.Text("run", run);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto info = asked.repository().Run(asked.tenant(), run);
  return info ? Json(RunJson(*info)) : HttpFailure(info.error());
}

ServerResponse Runs(Exchange& exchange, StoreQuestion& asked) {
  RunsSpec spec;
  const std::vector<std::string_view> states{"UNKNOWN",   "OTHER",  "STARTED", "RUNNING",
                                             "COMPLETED", "FAILED", "ABORTED"};
  std::size_t state = states.size();
  ParameterReader reader = asked.Reader();
  reader.Text("job", spec.job).Choice("state", states, state).Time("from", spec.from).Time("until", spec.until);
  reader.Number("limit", kNumberMax, spec.limit).Number("offset", kNumberMax, spec.offset);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  spec.tenant = asked.tenant();
  if (state < states.size()) spec.state = static_cast<RunState>(state);
  return exchange.Elsewhere([&] {
    auto runs = asked.repository().Runs(spec);
    if (!runs) return HttpFailure(runs.error());
    std::string body = "{\"runs\":[";
    for (const RunInfo& run : *runs) body += (body.back() == '[' ? "" : ",") + RunJson(run);
    return Json(body + "]}");
  });
}

ServerResponse RunRecords(Exchange& exchange, StoreQuestion& asked) {
  std::string run;
  ParameterReader reader = asked.Reader();
  reader.Text("run", run);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto facts = asked.repository().RunRecords(asked.tenant(), run);
    return facts ? Json(LoggedFactsJson(*facts, {facts->damaged, facts->withheld})) : HttpFailure(facts.error());
  });
}

ServerResponse Entity(Exchange& /*exchange*/, StoreQuestion& asked) {
  std::string node;
  ParameterReader reader = asked.Reader();
  reader.Required("node", node);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto key = asked.Node(node);
  if (!key) return HttpFailure(key.error());
  auto entity = asked.repository().Entity(*key);
  return entity ? Json(EntityJson(*entity)) : HttpFailure(entity.error());
}

ServerResponse Nodes(Exchange& exchange, StoreQuestion& asked) {
  std::string text;
  std::uint64_t limit = 20;
  ParameterReader reader = asked.Reader();
  reader.Text("q", text).Number("limit", kNumberMax, limit);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto nodes = asked.repository().FindNodes(asked.tenant(), text, limit);
    if (!nodes) return HttpFailure(nodes.error());
    std::vector<std::string> ids;
    for (const NodeKey& node : *nodes) ids.push_back(NodeId(node));
    return Json("{\"nodes\":" + JsonList(ids) + "}");
  });
}

ServerResponse Newest(Exchange& exchange, StoreQuestion& asked) {
  std::string node;
  ParameterReader reader = asked.Reader();
  reader.Required("node", node);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto key = asked.Node(node);
  if (!key) return HttpFailure(key.error());
  return exchange.Elsewhere([&] {
    auto newest = asked.repository().Newest(*key);
    return newest ? Json(NewestJson(*newest)) : HttpFailure(newest.error());
  });
}

ServerResponse Namespaces(Exchange& exchange, StoreQuestion& asked) {
  ParameterReader reader = asked.Reader();
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto namespaces = asked.repository().Namespaces(asked.tenant());
    return namespaces ? Json(NamespacesJson(*namespaces)) : HttpFailure(namespaces.error());
  });
}

ServerResponse Entities(Exchange& exchange, StoreQuestion& asked) {
  EntitiesSpec spec;
  std::vector<std::string> ns;
  ParameterReader reader = asked.Reader();
  reader.Text("type", spec.type).Texts("namespace", ns).Text("q", spec.text).Time("until", spec.until);
  reader.Flag("deleted", spec.deleted)
      .Number("limit", kNumberMax, spec.limit)
      .Number("offset", kNumberMax, spec.offset);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  spec.tenant = asked.tenant();
  if (!ns.empty()) spec.ns = ns.front();
  return exchange.Elsewhere([&] {
    auto page = asked.repository().Entities(spec);
    return page ? Json(EntitiesJson(*page)) : HttpFailure(page.error());
  });
}

ServerResponse Search(Exchange& exchange, StoreQuestion& asked) {
  SearchQuestion question;
  ParameterReader reader = asked.Reader();
  question.Read(reader);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  const SearchSpec spec = question.Finish(asked.tenant());
  return exchange.Elsewhere([&] {
    auto page = asked.repository().Search(spec);
    return page ? Json(SearchJson(*page)) : HttpFailure(page.error());
  });
}

ServerResponse Tags(Exchange& exchange, StoreQuestion& asked) {
  std::vector<std::string> ns;
  ParameterReader reader = asked.Reader();
  reader.Texts("namespace", ns);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto tags = asked.repository().Tags(asked.tenant(),
                                        ns.empty() ? std::nullopt : std::optional<std::string_view>(ns.front()));
    return tags ? Json(TagsJson(*tags)) : HttpFailure(tags.error());
  });
}

}  // namespace

void Api::AddQuestion(const std::string& name, Answerer answerer) {
  const HttpHandler handler = [answerer](Exchange& exchange) {
    auto asked = StoreQuestion::Of(exchange);
    return asked ? answerer(exchange, *asked) : HttpFailure(asked.error());
  };
  router_.Add({"GET", "/api/v1/repository/" + name, handler});
  router_.Add({"POST", "/api/v1/repository/" + name, handler, HttpRoute::Needs::kRead});
}

void Api::AddRepository() {
  AddQuestion("latest", Latest);
  AddQuestion("history", History);
  AddQuestion("query", Query);
  AddQuestion("run", Run);
  AddQuestion("runs", Runs);
  AddQuestion("run-records", RunRecords);
  AddQuestion("entity", Entity);
  AddQuestion("nodes", Nodes);
  AddQuestion("newest", Newest);
  AddQuestion("namespaces", Namespaces);
  AddQuestion("entities", Entities);
  AddQuestion("search", Search);
  AddQuestion("tags", Tags);
  AddRepositoryLineage();
  AddRepositoryAggregate();
}

}  // namespace cairn
