#include "server/api.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cairn {

Api::Api(std::shared_ptr<Repository> repository, std::string tenant, const Options& options)
    : options_(options),
      service_(repository, std::move(tenant)),
      queue_(*repository, {}),
      pool_(options.pool_threads, options.pool_queue) {
  AddHealth();
  AddRecords();
  AddLineage();
  AddOpenLineage();
}

Api::~Api() = default;

ServerResponse Api::Answer(const ServerRequest& request, const std::string& request_id, Suspender& suspender) {
  const std::string_view target = request.target();
  const std::size_t question = target.find('?');
  auto match = router_.Find(request.method(), target.substr(0, question));
  if (!match) return HttpFailure(match.error());
  if (match->route == nullptr && match->allowed.empty()) {
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
  auto query = ParseQuery(question == std::string_view::npos ? std::string_view() : target.substr(question + 1));
  if (!query) return HttpFailure(query.error());
  Exchange exchange({request, std::move(match->parameters), std::move(*query), request_id, suspender, pool_, service_});
  return match->route->handler(exchange);
}

StoreQueue::Results Api::Store(Exchange& exchange, std::span<const std::string_view> jsons) {
  StoreQueue::Results results;
  exchange.suspender().Suspend([&](const Suspender::Resume& resume) {
    const bool is_taken = queue_.Add(jsons, [&results, resume](StoreQueue::Results done) {
      results = std::move(done);
      resume();
    });
    if (!is_taken) resume();
  });
  return results;
}

ServerResponse Api::Busy() {
  ServerResponse response = HttpFailure(503, "UNAVAILABLE", "too much waits to be stored; send it again");
  response.Set("Retry-After", "1");
  return response;
}

void Api::AddHealth() {
  router_.Add({"GET", "/health/live", [](Exchange& /*exchange*/) {
                 ServerResponse response;
                 response.body = R"({"status":"live"})";
                 return response;
               }});
  router_.Add({"GET", "/health/ready", [this](Exchange& exchange) {
                 if (is_draining_) return HttpFailure(503, "UNAVAILABLE", "the server stops");
                 return exchange.Elsewhere([&exchange] {
                   auto stats = exchange.service().Stats();
                   if (!stats) return HttpFailure(503, "UNAVAILABLE", stats.error().message());
                   ServerResponse response;
                   response.body = fmt::format(R"({{"status":"ready","records":{},"damaged_batches":{}}})",
                                               stats->records, stats->damaged_batches);
                   return response;
                 });
               }});
}

}  // namespace cairn
