#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "lookup/http.h"

namespace cairn {

/// Requests with libcurl over handles that are kept, and with them their connections. Any thread may call it.
class CurlTransport : public HttpTransport {
 public:
  /// At most `handles_max` idle handles are kept.
  explicit CurlTransport(std::size_t handles_max = 16);
  ~CurlTransport() override;

  Result<HttpResponse> Get(const HttpRequest& request) override;

 private:
  struct Free {
    void operator()(void* handle) const;
  };
  using Handle = std::unique_ptr<void, Free>;

  /// The one used last, as its connection is the warmest. Null where the library gives none.
  Handle Take();
  void GiveBack(Handle handle);

  const std::size_t handles_max_;
  std::mutex mutex_;
  std::vector<Handle> idle_;   // Guarded by mutex_.
  std::int64_t idle_pid_ = 0;  // Guarded by mutex_. Whose sockets these are: a forked child must not share them.
};

}  // namespace cairn
