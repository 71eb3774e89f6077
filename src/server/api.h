#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cache/thread_pool.h"
#include "server/exchange.h"
#include "server/router.h"
#include "service/service.h"
#include "service/store_queue.h"

namespace cairn {

/// Everything that is asked over HTTP, as routes: each handler reads the request, calls the service and writes the
/// answer. Any thread may call it.
class Api {
 public:
  struct Options {
    std::uint32_t pool_threads = 2;  ///< For answers that take long.
    std::uint32_t pool_queue = 256;  ///< Of them that may wait.
    JsonSplitter::Options splitting;
  };
  /// `repository` outlives this.
  Api(std::shared_ptr<Repository> repository, std::string tenant, const Options& options);
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;
  ~Api();

  ServerResponse Answer(const ServerRequest& request, const std::string& request_id, Suspender& suspender);
  [[nodiscard]] const Router& router() const { return router_; }

  /// No new answers are begun: `/health/ready` says so.
  void Drain() { is_draining_ = true; }

 private:
  void AddHealth();
  void AddRecords();
  void AddLineage();
  void AddOpenLineage();

  ServerResponse PostRecords(Exchange& exchange);
  ServerResponse PostEvent(Exchange& exchange);
  ServerResponse PostEvents(Exchange& exchange);
  /// Stores them as one commit with what others store now, without holding the thread. Nothing where too much waits:
  /// then the answer is `Busy`.
  StoreQueue::Results Store(Exchange& exchange, std::span<const std::string_view> jsons);
  static ServerResponse Busy();

  const Options options_;
  Service service_;
  StoreQueue queue_;
  ThreadPool pool_;
  Router router_;
  std::atomic<bool> is_draining_ = false;
};

}  // namespace cairn
