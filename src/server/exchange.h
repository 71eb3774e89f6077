#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/cache_options.h"
#include "server/http_message.h"
#include "server/principals.h"
#include "server/router.h"

namespace cairn {

class HotAnswers;

/// Waits without holding a thread: the other work of the thread goes on meanwhile.
class Suspender {
 public:
  Suspender() = default;
  Suspender(const Suspender&) = delete;
  Suspender& operator=(const Suspender&) = delete;
  virtual ~Suspender() = default;

  using Resume = std::function<void()>;
  /// Calls `start` and returns once somebody has called what it was given: once, from any thread, at any time.
  virtual void Suspend(const std::function<void(Resume resume)>& start) = 0;
  /// Has `call` called on this thread after what it has to do by now, the reading of what has arrived included; at the
  /// latest when the thread would wait. For what is done best once for many requests.
  virtual void Later(std::function<void()> call) { call(); }
};

/// One request while it is answered. Used by the one that answers.
class Exchange {
 public:
  struct Parts {
    const ServerRequest& request;
    const HttpRoute& route;
    HttpParameters path;
    HttpParameters query;
    std::string request_id;
    Suspender& suspender;
    CacheExecutor& pool;                   ///< For work that takes long or waits.
    HotAnswers& hot;                       ///< Keeps answers that are asked for often.
    std::shared_ptr<Principal> principal;  ///< Null where the route needs nothing.
  };
  explicit Exchange(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] const ServerRequest& request() const { return parts_.request; }
  [[nodiscard]] const HttpRoute& route() const { return parts_.route; }
  /// Of the path: it is there, since the pattern has it.
  [[nodiscard]] const std::string& Path(std::string_view name) const;
  [[nodiscard]] const HttpParameters& query() const { return parts_.query; }
  [[nodiscard]] const std::string& request_id() const { return parts_.request_id; }
  [[nodiscard]] Suspender& suspender() { return parts_.suspender; }
  [[nodiscard]] HotAnswers& hot() { return parts_.hot; }
  /// Who asks.
  [[nodiscard]] const Principal& principal() const { return *parts_.principal; }
  /// For what goes on after the handler has returned.
  [[nodiscard]] std::shared_ptr<Principal> shared_principal() const { return parts_.principal; }
  /// The store as he sees it.
  [[nodiscard]] Service& service() { return parts_.principal->service; }

  /// Runs it on another thread and awaits it; for what may take more than about 0.1 ms. Answers 503 where too much
  /// waits already.
  ServerResponse Elsewhere(const std::function<ServerResponse()>& work) { return On(parts_.pool, work); }
  /// The same on other threads.
  ServerResponse On(CacheExecutor& pool, const std::function<ServerResponse()>& work);

 private:
  Parts parts_;
};

}  // namespace cairn
