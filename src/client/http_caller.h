#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "base/curl_handles.h"
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

  Result<HttpReply> Call(const HttpCall& call) override;

 private:
  void Prepare(void* curl) const;
  [[nodiscard]] bool Packs(std::size_t bytes) const;

  const ServiceAddress address_;
  const RemoteOptions options_;
  const bool is_packing_;
  CurlHandles handles_;
};

}  // namespace cairn
