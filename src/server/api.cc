#include "server/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "access/admission.h"
#include "bus/webhook_delivery.h"
#include "server/cross_site.h"
#include "server/marquez_routes.h"
#include "server/resume_queue.h"
#include "server/web_page.h"

namespace cairn {
namespace {

/// Of OpenLineage's routes: its clients send again after 503 and give up after 429.
bool IsOpenLineage(const HttpRoute& route) {
  return route.method == "POST" && route.pattern.starts_with("/api/v1/lineage");
}

ServerResponse Later(int status, std::string_view code, std::string_view message, std::chrono::nanoseconds wait) {
  ServerResponse response = HttpFailure(status, code, message);
  // Whole seconds, none of them for nothing.
  response.Set("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(wait).count()));
  return response;
}

CacheRoutes::Parts PartsOf(const Api::Options& options, const HotAnswers& hot) {
  CacheRoutes::Parts parts = options.cache;
  parts.answers = hot.cache();
  return parts;
}

}  // namespace

Api::Api(const std::shared_ptr<Repository>& repository, const Options& options)
    : options_(options),
      repository_(repository),
      principals_(repository, options.access),
      news_(*repository),
      gate_(*repository, {.depth_max = options.splitting.depth_max}),
      queue_(*repository, {.around_done =
                               [](const std::function<void()>& tell_all) {
                                 const ResumeTogether together;
                                 tell_all();
                               }}),
      pool_(options.pool_threads, options.pool_queue),
      hot_(*repository),
      cache_(PartsOf(options, hot_)),
      scans_(options.scans) {
  AddHealth();
  AddRecords();
  AddLineage();
  AddOpenLineage();
  AddMarquez(router_);
  AddSchemas();
  AddWebhooks();
  AddLive();
  AddMetrics();
  AddRepository();
  AddTail();
  AddAdmin();
  cache_.Add(router_);
  scans_.Add(router_);
  AddOpenApi();
  metrics_ = std::make_unique<Metrics>(router_.routes());
  if (!options.webhooks_folder.empty()) {
    webhooks_ =
        std::make_unique<WebhookDelivery>(*repository_, news_, WebhookDelivery::Options{options.webhooks_folder});
  }
}

Api::~Api() = default;

void Api::Drain() {
  is_draining_ = true;
  if (webhooks_ != nullptr) webhooks_->Stop();
  news_.Stop();
}

void Api::Observe(const HttpDone& done) { metrics_->Count(done.response.route, done.response.status, done.took); }

ServerResponse Api::Answer(const ServerRequest& request, const std::string& request_id, Suspender& suspender) {
  Asked asked;
  ServerResponse response = AnswerRoute(request, request_id, suspender, &asked);
  response.route = asked.route;
  response.token_id = std::move(asked.token_id);
  return response;
}

ServerResponse Api::AnswerRoute(const ServerRequest& request, const std::string& request_id, Suspender& suspender,
                                Asked* asked) {
  const std::string_view target = request.target();
  const std::size_t question = target.find('?');
  auto match = router_.Find(request.method(), target.substr(0, question));
  if (!match) return HttpFailure(match.error());
  if (match->route == nullptr && match->allowed.empty()) {
    if (auto page = AnswerWebPage(request)) return std::move(*page);
    return HttpFailure(404, "NOT_FOUND",
                       fmt::format("there is nothing at {}; what there is stands at /openapi.json", target));
  }
  if (match->route == nullptr) {
    ServerResponse response = HttpFailure(405, "UNIMPLEMENTED",
                                          fmt::format("{} does not take {}; it takes {}", target.substr(0, question),
                                                      request.method(), fmt::join(match->allowed, ", ")));
    response.Set("Allow", fmt::format("{}", fmt::join(match->allowed, ", ")));
    return response;
  }
  asked->route = match->route;
  std::shared_ptr<Principal> principal;
  if (match->route->needs != HttpRoute::Needs::kNothing) {
    auto found = principals_.Of(request.Header("Authorization"));
    if (!found) {
      ServerResponse response = HttpFailure(found.error());
      if (response.status == 401) response.Set("WWW-Authenticate", "Bearer realm=\"cairn\"");
      return response;
    }
    principal = std::move(*found);
    if (principal->token != nullptr) {
      asked->token_id = principal->token->id;
    } else if (auto refusal = RefuseCrossSite(request)) {
      return std::move(*refusal);
    }
    if (auto refusal = Refusal(*match->route, *principal)) return std::move(*refusal);
  }
  auto query = ParseQuery(question == std::string_view::npos ? std::string_view() : target.substr(question + 1));
  if (!query) return HttpFailure(query.error());
  Exchange exchange({request, *match->route, std::move(match->parameters), std::move(*query), request_id, suspender,
                     pool_, hot_, std::move(principal)});
  return match->route->handler(exchange);
}

std::optional<ServerResponse> Api::Refusal(const HttpRoute& route, const Principal& principal) {
  AccessScope scope = route.method == "GET" ? AccessScope::kRead : AccessScope::kWrite;
  if (route.needs == HttpRoute::Needs::kRead) scope = AccessScope::kRead;
  if (route.needs == HttpRoute::Needs::kAdmin) scope = AccessScope::kAdmin;
  if (!principal.May(scope)) {
    return HttpFailure(403, "PERMISSION_DENIED",
                       fmt::format("{} {} needs the scope {}, and the token has {}", route.method, route.pattern,
                                   AccessScopeName(scope), fmt::join(ScopeNames(principal.grant->scopes), ", ")));
  }
  if (principal.token == nullptr) return std::nullopt;
  const auto wait = principals_.limits().TakeRequest(*principal.token);
  if (!wait) return std::nullopt;
  return Later(IsOpenLineage(route) ? 503 : 429, "RESOURCE_EXHAUSTED",
               fmt::format("the token may ask {} times a second", principal.token->requests_per_second), *wait);
}

std::optional<ServerResponse> Api::Store(Exchange& exchange, std::span<const std::string_view> jsons,
                                         std::vector<Result<Stored>>* results, StoreWarnings* warnings) {
  const Principal& principal = exchange.principal();
  if (principal.token != nullptr) {
    if (const auto wait = principals_.limits().TakeRecords(*principal.token, jsons.size())) {
      return Later(IsOpenLineage(exchange.route()) ? 503 : 429, "RESOURCE_EXHAUSTED",
                   fmt::format("the token may store {} records a day, and these would be more",
                               principal.token->records_per_day),
                   *wait);
    }
  }
  Admission admission(principal.grant, *repository_,
                      {options_.splitting.document_bytes_max, options_.splitting.depth_max});
  AdmittedBatch batch = AdmitAll(admission, jsons);
  ApplyFindings(gate_.Check(batch.admitted), batch.admitted, batch.slots,
                [&](std::size_t slot, const SchemaGate::Finding& finding) {
                  if (!finding.refused.ok()) batch.results[slot] = finding.refused;
                  if (finding.refused.ok() && warnings != nullptr) (*warnings)[slot] = finding.warning;
                });
  bool is_taken = true;
  const auto add = [&](const Suspender::Resume& resume) {
    is_taken = queue_.Add(batch.admitted, [&batch, resume](StoreQueue::Results done) {
      batch.Fill(done);
      resume();
    });
    if (!is_taken) return resume();
    // All that has arrived by now goes into one commit.
    if (!is_wake_due_.exchange(true)) exchange.suspender().Later([this] { WakeQueue(); });
  };
  if (!batch.admitted.empty()) exchange.suspender().Suspend(std::cref(add));
  if (!is_taken) {
    return Later(503, "UNAVAILABLE", "too much waits to be stored; send it again", std::chrono::seconds(1));
  }
  *results = std::move(batch.results);
  const auto refused = static_cast<std::uint64_t>(
      std::count_if(results->begin(), results->end(), [](const Result<Stored>& result) { return !result; }));
  metrics_->CountRefused(refused);
  metrics_->CountStored(results->size() - refused);
  return std::nullopt;
}

void Api::WakeQueue() {
  is_wake_due_ = false;
  queue_.Wake();
}

void Api::AddMetrics() {
  router_.Add({"GET", "/metrics",
               [this](Exchange& exchange) {
                 return exchange.Elsewhere([this] {
                   auto stats = repository_->Stats();
                   if (!stats) return HttpFailure(stats.error());
                   ServerResponse response;
                   response.content_type = "text/plain; version=0.0.4; charset=utf-8";
                   response.body =
                       metrics_->Text(*stats, server_ == nullptr ? HttpServerStats{} : server_.load()->Stats());
                   AppendWebhookMetrics(&response.body);
                   return response;
                 });
               },
               HttpRoute::Needs::kAdmin});
}

void Api::AddHealth() {
  router_.Add({"GET", "/health/live",
               [](Exchange& /*exchange*/) {
                 ServerResponse response;
                 response.body = R"({"status":"live"})";
                 return response;
               },
               HttpRoute::Needs::kNothing});
  router_.Add({"GET", "/health/ready",
               [this](Exchange& exchange) {
                 if (is_draining_) return HttpFailure(503, "UNAVAILABLE", "the server stops");
                 return exchange.Elsewhere([this] {
                   auto stats = repository_->Stats();
                   if (!stats) return HttpFailure(503, "UNAVAILABLE", stats.error().message());
                   ServerResponse response;
                   response.body = R"({"status":"ready"})";
                   return response;
                 });
               },
               HttpRoute::Needs::kNothing});
}

}  // namespace cairn
