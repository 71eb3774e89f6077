#include "server/api.h"

#include <algorithm>
#include <future>

#include "server/openapi.h"

namespace cairn {
namespace {

/// What describes itself is asked by nobody.
struct NoRequest final : ServerRequest {
  [[nodiscard]] std::string_view method() const override { return "GET"; }
  [[nodiscard]] std::string_view target() const override { return "/"; }
  [[nodiscard]] std::string_view Header(std::string_view) const override { return {}; }
  [[nodiscard]] std::string_view body() const override { return {}; }
};

struct BlockingSuspender final : Suspender {
  void Suspend(const std::function<void(Resume resume)>& start) override {
    std::promise<void> resumed;
    start([&] { resumed.set_value(); });
    resumed.get_future().wait();
  }
};

/// Runs at once.
struct OwnThread final : CacheExecutor {
  bool Submit(std::function<void()> work) override {
    work();
    return true;
  }
};

}  // namespace

std::vector<DescribedRoute> Api::Describe() {
  std::vector<DescribedRoute> out;
  const NoRequest request;
  BlockingSuspender suspender;
  OwnThread pool;
  const auto nobody = std::make_shared<Principal>(Principal{nullptr, nullptr, Service(repository_, "")});
  for (const auto& route : router_.routes()) {
    DescribedRoute& one = out.emplace_back();
    one.route = route.get();
    const auto& docs = RouteDocs();
    const auto doc = std::find_if(docs.begin(), docs.end(), [&](const RouteDoc& each) {
      return each.method == route->method && each.pattern == route->pattern;
    });
    if (doc != docs.end()) one.doc = &*doc;
    // Of the others the body says what is meant.
    const bool is_form = one.doc != nullptr && one.doc->takes == kFormBody;
    const bool has_query = route->method == "GET" || is_form || route->needs == HttpRoute::Needs::kAdmin;
    if (!has_query || route->needs == HttpRoute::Needs::kNothing) continue;
    HttpParameters query;
    query.Describe(&one.query);
    Exchange exchange({request, *route, {}, std::move(query), "", suspender, pool, hot_, nobody});
    (void)route->handler(exchange);
  }
  return out;
}

// Once: they stay the same, and whoever asks need not be known.
const Api::Described& Api::Descriptions() {
  std::call_once(described_once_, [this] {
    const std::vector<DescribedRoute> routes = Describe();
    described_ = {OpenApiDocument(routes), OpenApiPage(routes)};
  });
  return described_;
}

void Api::AddOpenApi() {
  router_.Add({"GET", "/openapi.json",
               [this](Exchange& exchange) {
                 return exchange.Elsewhere([this] {
                   ServerResponse response;
                   response.body = Descriptions().document;
                   return response;
                 });
               },
               HttpRoute::Needs::kNothing});
  router_.Add({"GET", "/docs",
               [this](Exchange& exchange) {
                 return exchange.Elsewhere([this] {
                   ServerResponse response;
                   response.content_type = "text/html; charset=utf-8";
                   response.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
                   response.body = Descriptions().page;
                   return response;
                 });
               },
               HttpRoute::Needs::kNothing});
}

}  // namespace cairn
