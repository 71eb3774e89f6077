#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "bus/news.h"
#include "cache/thread_pool.h"
#include "schema/schema_gate.h"
#include "server/cache_routes.h"
#include "server/exchange.h"
#include "server/hot_answers.h"
#include "server/http_server.h"
#include "server/metrics.h"
#include "server/openapi.h"
#include "server/principals.h"
#include "server/router.h"
#include "server/scan_routes.h"
#include "service/service.h"
#include "service/store_queue.h"

namespace cairn {

class StoreQuestion;
class WebhookDelivery;
class WebhookRegistry;

/// Everything that is asked over HTTP, as routes: each handler reads the request, calls the service and writes the
/// answer. Any thread may call it.
class Api {
 public:
  struct Options {
    std::uint32_t pool_threads = 2;  ///< For answers that take long.
    std::uint32_t pool_queue = 256;  ///< Of them that may wait.
    JsonSplitter::Options splitting;
    Principals::Options access;
    CacheRoutes::Parts cache;
    ScanRoutes::Parts scans;
    std::string webhooks_folder;                  ///< `STORE/webhooks`; empty: nothing is delivered from here.
    std::chrono::milliseconds heartbeat{15'000};  ///< Of a live tail that has nothing to tell.
  };
  Api(const std::shared_ptr<Repository>& repository, const Options& options);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  ~Api();

  ServerResponse Answer(const ServerRequest& request, const std::string& request_id, Suspender& suspender);
  [[nodiscard]] const Router& router() const { return router_; }

  /// No new answers are begun: `/health/ready` says so.
  void Drain();
  /// Every route, with what its handler reads of the query.
  std::vector<DescribedRoute> Describe();
  /// Counts what was answered.
  void Observe(const HttpDone& done);
  /// Whose connections `/metrics` tells about. Outlives the requests.
  void SetServer(const HttpServer* server) { server_ = server; }
  /// Keeps what is counted of tokens. To be called now and then, and before the end.
  Status Save() { return principals_.limits().Save(); }

 private:
  struct Described {
    std::string document;  ///< OpenAPI.
    std::string page;
  };
  const Described& Descriptions();
  /// What log and metrics tell of a request.
  struct Asked {
    const HttpRoute* route = nullptr;
    std::string token_id;
  };
  ServerResponse AnswerRoute(const ServerRequest& request, const std::string& request_id, Suspender& suspender,
                             Asked* asked);
  /// Whether the one who asks may; the refusal where not.
  std::optional<ServerResponse> Refusal(const HttpRoute& route, const Principal& principal);
  void AddHealth();
  void AddRecords();
  void AddLineage();
  void AddLive();
  void AddMetrics();
  void AddOpenApi();
  void AddOpenLineage();
  void AddRepository();
  void AddRepositoryLineage();
  void AddRepositoryAggregate();
  void AddTail();
  void AddAdmin();

  using Answerer = ServerResponse (*)(Exchange& exchange, StoreQuestion& asked);
  /// Under /api/v1/repository/, by GET, and by POST with the parameters as a form.
  void AddQuestion(const std::string& name, Answerer answerer);
  void AddAdminRoute(const std::string& method, const std::string& name, std::function<ServerResponse(Service&)> work);
  void AddSchemas();
  void AddWebhooks();
  void AddWebhookTest();
  void AddWebhookRoute(const std::string& method, const std::string& pattern,
                       std::function<ServerResponse(Exchange&, WebhookRegistry&)> work);
  void AppendWebhookMetrics(std::string* out) const;

  /// What the schemas of their kinds say about records that were stored all the same, by place.
  using StoreWarnings = std::map<std::size_t, std::string>;

  ServerResponse PutKind(Exchange& exchange);
  ServerResponse ValidateKind(Exchange& exchange);
  ServerResponse Live(Exchange& exchange);
  ServerResponse Tail(Exchange& exchange);
  /// Returns when a record after `last` is visible, the time is over, or the server stops.
  void AwaitNews(Suspender& suspender, Seq last, std::chrono::milliseconds timeout);
  ServerResponse PostRecords(Exchange& exchange);
  static bool IsSequence(const ServerRequest& request);
  ServerResponse PostSequence(Exchange& exchange);
  ServerResponse PostEvent(Exchange& exchange);
  ServerResponse PostEvents(Exchange& exchange);
  /// Stores them as one commit with what others store now, without holding the thread. What the one who asks may not
  /// state is refused. The answer where nothing was taken: his quota is
  /// used up, or too much waits.
  std::optional<ServerResponse> Store(Exchange& exchange, std::span<const std::string_view> jsons,
                                      std::vector<Result<Stored>>* results, StoreWarnings* warnings = nullptr);

  void WakeQueue();

  const Options options_;
  std::shared_ptr<Repository> repository_;
  Principals principals_;
  News news_;
  SchemaGate gate_;
  StoreQueue queue_;
  std::atomic<bool> is_wake_due_ = false;
  ThreadPool pool_;
  HotAnswers hot_;
  CacheRoutes cache_;
  ScanRoutes scans_;
  std::unique_ptr<WebhookDelivery> webhooks_;  // Null: there is no folder for them.
  ThreadPool ping_pool_{2, 8};
  Router router_;
  std::unique_ptr<Metrics> metrics_;
  std::once_flag described_once_;
  Described described_;
  std::atomic<const HttpServer*> server_ = nullptr;
  std::atomic<bool> is_draining_ = false;
  std::atomic<bool> admin_is_busy_ = false;
};

}  // namespace cairn
