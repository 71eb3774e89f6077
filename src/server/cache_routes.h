#pragma once

#include <memory>
#include <vector>

#include "lookup/lookup_service.h"
#include "lookup/warm_job.h"
#include "server/router.h"

namespace cairn {

/// `/api/v1/cache`: what is kept of look-ups, and of answers, over HTTP. Statistics and entries for who may read
/// everything, the rest for administrators.
class CacheRoutes {
 public:
  struct Parts {
    LookupService* lookups = nullptr;  ///< Null: none are configured, and the routes say so. Outlives this.
    CacheOptions cache;                ///< How theirs was opened.
    Cache* answers = nullptr;          ///< The service's own. Null: none.
  };
  explicit CacheRoutes(Parts parts);
  /// Outlives the router's use.
  void Add(Router& router);

 private:
  using Handler = ServerResponse (CacheRoutes::*)(Exchange&);
  void AddRoute(Router& router, const char* method, const char* pattern, Handler handler, HttpRoute::Needs needs);
  ServerResponse Stats(Exchange& exchange);
  ServerResponse Entries(Exchange& exchange);
  ServerResponse Entry(Exchange& exchange);
  ServerResponse Clear(Exchange& exchange);
  ServerResponse Warm(Exchange& exchange);
  ServerResponse WarmState(Exchange& exchange);
  ServerResponse StopWarming(Exchange& exchange);

  const Parts parts_;
  std::unique_ptr<WarmJob> warming_;  // Null without look-ups.
};

}  // namespace cairn
