#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "server/api.h"
#include "server/http_server.h"

namespace cairn {

/// A store that is served at a free port of loopback until the end of this.
class ServedStore {
 public:
  explicit ServedStore(const std::shared_ptr<Repository>& store, const std::string& listen = "127.0.0.1:0")
      : api_(store, OpenToAll()) {
    HttpServerOptions options;
    options.listen = {listen};
    auto server = HttpServer::Start(options, [this](const ServerRequest& request, const std::string& id,
                                                    Suspender& wait) { return api_.Answer(request, id, wait); });
    EXPECT_TRUE(server) << server.status();
    if (server) server_ = std::move(*server);
  }
  ~ServedStore() {
    api_.Drain();
    server_.reset();
  }

  [[nodiscard]] const std::string& address() const { return server_->addresses().front(); }

 private:
  static Api::Options OpenToAll() {
    Api::Options options;
    options.access.is_open = true;
    return options;
  }

  Api api_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace cairn
