#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cairn/status.h"
#include "server/exchange.h"
#include "server/http_parser.h"

namespace cairn {

struct HttpServerOptions {
  /// `127.0.0.1:8137`, `[::1]:8137`, `localhost:0` (a free port), `unix:/run/cairn.sock`. One at least.
  std::vector<std::string> listen{"127.0.0.1:8137"};
  /// PEM files; both or none. With them TCP speaks TLS alone; unix sockets never do.
  std::string tls_certificate;
  std::string tls_key;
  /// Threads that read and write; answers that take long have others.
  std::size_t threads = 1;
  std::size_t connections_max = 20'000;  ///< Further ones are closed at once.
  HttpLimits limits;
  /// Bodies held at once by all connections; beyond that 503.
  std::size_t bodies_bytes_max = std::size_t{512} << 20;
  std::chrono::milliseconds idle_timeout{75'000};  ///< Of a connection between requests.
  std::chrono::milliseconds head_timeout{10'000};  ///< From the first byte of a request to the end of its head.
  /// For a body to come or an answer to go, beside the time that its bytes take at the slowest rate.
  std::chrono::milliseconds body_timeout{30'000};
  std::uint64_t body_bytes_per_second_min = 64'000;
  std::chrono::milliseconds stop_timeout{10'000};  ///< What is under way when the server stops may take this long.
};

/// What has become of a request.
struct HttpDone {
  const ServerRequest& request;
  const ServerResponse& response;
  std::string request_id;
  std::string peer;
  std::chrono::nanoseconds took{};
};

struct HttpServerStats {
  std::uint64_t connections = 0;  ///< Open now.
  std::uint64_t connections_all = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t in_flight = 0;
  std::uint64_t bodies_bytes = 0;
};

/// HTTP/1.1 with keep-alive and pipelining over TCP, TLS and unix sockets. A request is answered in a stackful
/// coroutine: the handler reads like any function, and where it waits (`Suspender`) its thread serves others. What a
/// peer can make it hold is bounded: connections, head, bodies, time. Any thread may call it.
class HttpServer {
 public:
  /// Answers a request; must not throw. Runs on a thread that serves other connections too: what takes long goes
  /// through `Suspender`.
  using Handler = std::function<ServerResponse(const ServerRequest&, const std::string& request_id, Suspender&)>;
  using Observer = std::function<void(const HttpDone&)>;

  /// Listens and serves until `Stop`. Returns INVALID_ARGUMENT for addresses and certificates that are none,
  /// UNAVAILABLE where an address is taken or may not be used.
  static Result<std::unique_ptr<HttpServer>> Start(const HttpServerOptions& options, Handler handler,
                                                   Observer observer = {});
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Stops.
  ~HttpServer();

  /// Where it can be reached: `http://127.0.0.1:8137`, `unix:/run/cairn.sock`.
  [[nodiscard]] const std::vector<std::string>& addresses() const;
  [[nodiscard]] HttpServerStats Stats() const;

  /// Takes no more connections, answers what is under way, closes the rest. Returns when all that is done, at the
  /// latest after `stop_timeout`.
  void Stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn
