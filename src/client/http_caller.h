#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/client.h"
#include "client/address.h"

namespace cairn {

/// One request to the service.
struct HttpCall {
  std::string path;          ///< With its question: `/api/v1/stats`.
  bool is_post = false;      ///< Else it is a GET.
  std::string_view body;     ///< Of a POST.
  std::string content_type;  ///< Of the body.
  std::chrono::milliseconds timeout{60'000};
};

struct HttpReply {
  int status = 0;
  /// Shared, so that facts may point into it; some bytes of room stand behind its end for simdjson.
  std::shared_ptr<std::string> body;
  std::string content_type;
  std::string retry_after;
};

/// What carries requests to a service. Any thread may call it.
class HttpCaller {
 public:
  HttpCaller() = default;
  HttpCaller(const HttpCaller&) = delete;
  HttpCaller& operator=(const HttpCaller&) = delete;
  virtual ~HttpCaller() = default;

  /// Any whole answer is a reply, whatever its status. Returns UNAVAILABLE where none came, UNAUTHENTICATED where the
  /// service's certificate is not trusted, RESOURCE_EXHAUSTED where the answer is too long.
  virtual Result<HttpReply> Call(const HttpCall& call) = 0;
};

/// With libcurl, which has been loaded, over connections that are kept.
class CurlCaller final : public HttpCaller {
 public:
  CurlCaller(ServiceAddress address, const RemoteOptions& options);
  ~CurlCaller() override;

  Result<HttpReply> Call(const HttpCall& call) override;

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  using Handle = std::unique_ptr<void, Free>;

  /// The one used last, as its connection is the warmest. Null where the library gives none.
  Handle Take();
  void GiveBack(Handle handle);
  void Prepare(void* curl) const;
  [[nodiscard]] bool Packs(std::size_t bytes) const;

  const ServiceAddress address_;
  const RemoteOptions options_;
  const bool is_packing_;
  std::mutex mutex_;
  std::vector<Handle> idle_;   // Guarded by mutex_.
  std::int64_t idle_pid_ = 0;  // Guarded by mutex_. Whose sockets these are: a forked child must not share them.
};

}  // namespace cairn
