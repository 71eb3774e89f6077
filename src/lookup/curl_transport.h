#pragma once

#include <cstddef>

#include "base/curl_handles.h"
#include "lookup/http.h"

namespace cairn {

/// Requests with libcurl over handles that are kept, and with them their connections. Any thread may call it.
class CurlTransport : public HttpTransport {
 public:
  /// At most `handles_max` idle handles are kept.
  explicit CurlTransport(std::size_t handles_max = 16) : handles_(handles_max) {}

  Result<HttpResponse> Send(const HttpRequest& request) override;

 private:
  CurlHandles handles_;
};

}  // namespace cairn
