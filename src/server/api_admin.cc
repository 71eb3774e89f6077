// What keeps a store in order.
#include <fmt/format.h>

#include <sstream>

#include "server/api.h"
#include "server/parameters.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

ServerResponse Json(std::string body) {
  ServerResponse response;
  response.body = std::move(body);
  return response;
}

ServerResponse Done(const Status& status) { return status.ok() ? Json(R"({"done":true})") : HttpFailure(status); }

ServerResponse Stats(Exchange& exchange) {
  ParameterReader parameters(exchange.query());
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    auto stats = exchange.service().Stats();
    return stats ? Json(StatsJson(*stats)) : HttpFailure(stats.error());
  });
}

}  // namespace

// Each may take minutes, so that one at a time leaves the other threads to those who ask.
void Api::AddAdminRoute(const std::string& method, const std::string& name,
                        std::function<ServerResponse(Service&)> work) {
  router_.Add({method, "/api/v1/admin/" + name,
               [this, work = std::move(work)](Exchange& exchange) {
                 ParameterReader parameters(exchange.query());
                 if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
                 if (admin_is_busy_.exchange(true)) {
                   ServerResponse response = HttpFailure(
                       503, "UNAVAILABLE", "the store is being verified, rebuilt, sealed or dumped already");
                   response.Set("Retry-After", "1");
                   return response;
                 }
                 ServerResponse response = exchange.Elsewhere([&] { return work(exchange.service()); });
                 admin_is_busy_ = false;
                 return response;
               },
               HttpRoute::Needs::kAdmin});
}

void Api::AddAdmin() {
  router_.Add({"GET", "/api/v1/stats", Stats, HttpRoute::Needs::kAdmin});
  AddAdminRoute("GET", "verify", [](Service& service) {
    auto report = service.Verify();
    return report ? Json(VerifyJson(*report)) : HttpFailure(report.error());
  });
  AddAdminRoute("POST", "rebuild", [](Service& service) { return Done(service.Rebuild()); });
  AddAdminRoute("POST", "seal", [](Service& service) { return Done(service.Seal()); });
  AddAdminRoute("GET", "dump", [](Service& service) {
    std::ostringstream text;
    if (Status status = service.Dump(text); !status.ok()) return HttpFailure(status);
    ServerResponse response;
    response.content_type = "text/plain; charset=utf-8";
    response.body = std::move(text).str();
    return response;
  });
}

}  // namespace cairn
