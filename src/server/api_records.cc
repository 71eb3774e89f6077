#include <fmt/format.h>

#include <limits>

#include "base/json.h"
#include "server/api.h"
#include "server/facts_response.h"
#include "server/parameters.h"
#include "server/store_question.h"
#include "service/answer_json.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

constexpr std::uint64_t kFactsMax = 10'000;

Status ReadTarget(ParameterReader& parameters, Service& service, QuerySpec* spec) {
  std::string target;
  std::string prefix;
  std::string glob;
  parameters.Text("target", target).Text("prefix", prefix).Text("glob", glob);
  if ((target.empty() ? 0 : 1) + (prefix.empty() ? 0 : 1) + (glob.empty() ? 0 : 1) > 1) {
    return {StatusCode::kInvalidArgument, "only one of target, prefix and glob can be given"};
  }
  if (!target.empty()) {
    auto node = service.Node(target);
    if (!node) return node.error();
    spec->target.mode = TargetMatch::Mode::kExact;
    spec->target.node = std::move(*node);
  } else if (!prefix.empty() || !glob.empty()) {
    spec->target.mode = glob.empty() ? TargetMatch::Mode::kPrefix : TargetMatch::Mode::kGlob;
    spec->target.text = glob.empty() ? prefix : glob;
  }
  return Status::Ok();
}

ServerResponse Latest(Exchange& exchange) {
  std::string kind;
  std::string node;
  ParameterReader parameters(exchange.query());
  parameters.Required("kind", kind).Required("node", node);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  auto latest = exchange.service().Latest(kind, node);
  return latest ? FactResponse(latest->value) : HttpFailure(latest.error());
}

ServerResponse History(Exchange& exchange) {
  std::string kind;
  std::string node;
  HistorySpec spec;
  std::size_t order = 0;
  spec.limit = 100;
  ParameterReader parameters(exchange.query());
  parameters.Required("kind", kind).Required("node", node).Time("from", spec.from).Time("until", spec.until);
  parameters.Choice("order", {"newest", "oldest"}, order).Number("limit", kFactsMax, spec.limit);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.order = order == 0 ? Order::kNewestFirst : Order::kOldestFirst;
  auto history = exchange.service().History(kind, node, spec);
  return history ? FactsResponse(history->value, {history->value.damaged, history->value.withheld})
                 : HttpFailure(history.error());
}

ServerResponse Query(Exchange& exchange) {
  QuerySpec spec;
  std::size_t order = 0;
  ParameterReader parameters(exchange.query());
  parameters.List("kind", spec.kinds).Text("run", spec.run_id).Text("job", spec.job).Text("producer", spec.producer_id);
  parameters.Time("from", spec.from).Time("until", spec.until).Text("filter", spec.filter);
  parameters.Choice("order", {"newest", "oldest"}, order).Number("limit", kFactsMax, spec.limit);
  parameters.Text("cursor", spec.cursor);
  Status target = ReadTarget(parameters, exchange.service(), &spec);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  if (!target.ok()) return HttpFailure(target);
  spec.order = order == 0 ? Order::kNewestFirst : Order::kOldestFirst;
  if (spec.limit == 0) spec.limit = kFactsMax;
  return exchange.Elsewhere([&] {
    std::vector<Fact> facts;
    auto end = exchange.service().Query(spec, [&](const Fact& fact) {
      facts.push_back(fact);
      return true;
    });
    if (!end) return HttpFailure(end.error());
    return FactsResponse(facts, {end->damaged, end->withheld},
                         end->cursor.empty() ? "" : fmt::format(",\"cursor\":\"{}\"", end->cursor));
  });
}

ServerResponse BySequence(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  HttpParameters path;
  path.Add("seq", exchange.Path("seq"));
  std::uint64_t number = 0;
  ParameterReader parameters(path);
  if (Status status = parameters.Number("seq", std::numeric_limits<std::int64_t>::max(), number).Finish();
      !status.ok()) {
    return HttpFailure(status);
  }
  const auto fact = exchange.service().Record(Seq{number});
  return fact ? FactResponse(*fact) : HttpFailure(fact.error());
}

ServerResponse Runs(Exchange& exchange) {
  RunsSpec spec;
  const std::vector<std::string_view> states{"UNKNOWN",   "OTHER",  "STARTED", "RUNNING",
                                             "COMPLETED", "FAILED", "ABORTED"};
  std::size_t state = states.size();
  ParameterReader parameters(exchange.query());
  parameters.Text("job", spec.job).Choice("state", states, state).Time("from", spec.from).Time("until", spec.until);
  if (Status status = parameters.Number("limit", kFactsMax, spec.limit).Finish(); !status.ok())
    return HttpFailure(status);
  if (state < states.size()) spec.state = static_cast<RunState>(state);
  return exchange.Elsewhere([&] {
    auto runs = exchange.service().Runs(spec);
    if (!runs) return HttpFailure(runs.error());
    ServerResponse response;
    response.body = "{\"runs\":[";
    for (const RunInfo& run : *runs) response.body += (response.body.back() == '[' ? "" : ",") + RunJson(run);
    response.body += "]}";
    return response;
  });
}

ServerResponse OneRun(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto run = exchange.service().Run(exchange.Path("run"));
    // Whether a beginning of an id will do depends on the runs that there are.
    if (!run && run.error().code() == StatusCode::kInvalidArgument) {
      return HttpFailure(Status(StatusCode::kFailedPrecondition, run.error().message()));
    }
    if (!run) return HttpFailure(run.error());
    ServerResponse response;
    response.body = RunJson(*run);
    return response;
  });
}

ServerResponse RunRecords(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto facts = exchange.service().RunRecords(exchange.Path("run"));
    return facts ? FactsResponse(*facts, {facts->damaged, facts->withheld}) : HttpFailure(facts.error());
  });
}

ServerResponse Nodes(Exchange& exchange) {
  std::string text;
  std::uint64_t limit = 20;
  ParameterReader parameters(exchange.query());
  if (Status status = parameters.Text("q", text).Number("limit", 1000, limit).Finish(); !status.ok()) {
    return HttpFailure(status);
  }
  return exchange.Elsewhere([&] {
    auto nodes = exchange.service().FindNodes(text, limit);
    if (!nodes) return HttpFailure(nodes.error());
    std::vector<std::string> ids;
    for (const NodeKey& node : *nodes) ids.push_back(NodeId(node));
    ServerResponse response;
    response.body = "{\"nodes\":" + JsonList(ids) + "}";
    return response;
  });
}

ServerResponse Things(Exchange& exchange) {
  SearchQuestion question;
  ParameterReader parameters(exchange.query());
  question.Read(parameters);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  const SearchSpec spec = question.Finish(exchange.service().tenant());
  return exchange.Elsewhere([&] {
    auto page = exchange.service().repository()->Search(spec);
    if (!page) return HttpFailure(page.error());
    ServerResponse response;
    response.body = SearchJson(*page);
    return response;
  });
}

ServerResponse OneNode(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  auto entity = exchange.service().Entity(exchange.Path("node"));
  if (!entity) return HttpFailure(entity.error());
  ServerResponse response;
  response.body = EntityJson(*entity);
  return response;
}

/// `warning`: null where there is none.
std::string StoredJson(const Result<Stored>& result, const std::string* warning) {
  if (result) {
    return fmt::format("{{\"seq\":{},\"known\":{}{}}}", result->seq.value, result->known,
                       warning == nullptr ? "" : ",\"warning\":" + JsonString(*warning));
  }
  return HttpFailure(result.error()).body;
}

}  // namespace

void Api::AddRecords() {
  router_.Add({"GET", "/api/v1/records", Query});
  router_.Add({"GET", "/api/v1/records/latest", Latest});
  router_.Add({"GET", "/api/v1/records/history", History});
  router_.Add({"GET", "/api/v1/records/{seq}", BySequence});
  router_.Add({"GET", "/api/v1/runs", Runs});
  router_.Add({"GET", "/api/v1/runs/{run}", OneRun});
  router_.Add({"GET", "/api/v1/runs/{run}/records", RunRecords});
  router_.Add({"GET", "/api/v1/nodes", Nodes});
  router_.Add({"GET", "/api/v1/nodes/{node}", OneNode});
  router_.Add({"GET", "/api/v1/things", Things});
  router_.Add({"POST", "/api/v1/records", [this](Exchange& exchange) { return PostRecords(exchange); }});
}

ServerResponse Api::PostRecords(Exchange& exchange) {
  if (IsSequence(exchange.request())) return PostSequence(exchange);
  const std::string_view body = exchange.request().body();
  std::vector<JsonPiece> pieces;
  JsonSplitter(options_.splitting).Cut(body, true, pieces);
  if (pieces.empty())
    return HttpFailure(400, "INVALID_ARGUMENT", "the body holds no record; send one, an array, or JSON lines");
  std::vector<std::string_view> jsons;
  for (const JsonPiece& piece : pieces) {
    if (piece.error.empty()) jsons.push_back(piece.text);
  }
  std::vector<Result<Stored>> results;
  StoreWarnings warnings;
  if (!jsons.empty()) {
    if (auto refused = Store(exchange, jsons, &results, &warnings)) return std::move(*refused);
  }
  const auto warning_of = [&](std::size_t place) {
    const auto found = warnings.find(place);
    return found == warnings.end() ? nullptr : &found->second;
  };
  ServerResponse response;
  std::size_t next = 0;
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (pieces.size() == 1 && first != std::string_view::npos && body[first] == '{') {
    if (!pieces[0].error.empty()) return HttpFailure(400, "INVALID_ARGUMENT", pieces[0].error);
    if (!results[0]) return HttpFailure(results[0].error());
    response.status = results[0]->known ? 200 : 201;
    response.body = StoredJson(results[0], warning_of(0));
    return response;
  }
  std::size_t stored = 0;
  std::size_t known = 0;
  std::string list;
  for (const JsonPiece& piece : pieces) {
    if (!list.empty()) list += ',';
    if (!piece.error.empty()) {
      list += HttpFailure(400, "INVALID_ARGUMENT", fmt::format("line {}: {}", piece.line, piece.error)).body;
      continue;
    }
    const Result<Stored>& result = results[next];
    if (result) ++(result->known ? known : stored);
    list += StoredJson(result, warning_of(next++));
  }
  response.body = fmt::format("{{\"stored\":{},\"known\":{},\"refused\":{},\"results\":[{}]}}", stored, known,
                              pieces.size() - stored - known, list);
  return response;
}

}  // namespace cairn
