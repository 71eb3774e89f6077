#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "access/access_for_test.h"
#include "bus/webhook_registry.h"
#include "lookup/http.h"

namespace cairn {

/// For the tests of webhooks only.

/// Answers as it is told, in turn, then 200.
class ScriptedReceiver final : public HttpTransport {
 public:
  struct Delivery {
    std::map<std::string, std::string> headers;
    std::string body;
  };
  Result<HttpResponse> Send(const HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    Delivery delivery;
    for (const auto& [name, value] : request.headers) delivery.headers[name] = value;
    delivery.body = std::string(request.post.value_or(""));
    deliveries_.push_back(std::move(delivery));
    HttpResponse response;
    response.status = 200;
    if (answers_.empty()) return response;
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    return answer;
  }
  void Answer(int status, const std::string& retry_after = {}) {
    HttpResponse response;
    response.status = status;
    response.retry_after = retry_after;
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(std::move(response));
  }
  void Fail(const Status& status) {
    const std::lock_guard lock(mutex_);
    answers_.emplace_back(status);
  }
  std::vector<Delivery> deliveries() {
    const std::lock_guard lock(mutex_);
    return deliveries_;
  }

 private:
  std::mutex mutex_;
  std::deque<Result<HttpResponse>> answers_;
  std::vector<Delivery> deliveries_;
};

class StoreWithWebhooks : public StoreWithRights {
 protected:
  void SetUp() override {
    StoreWithRights::SetUp();
    registry = std::make_unique<WebhookRegistry>(*store, clock, *FileSystem::Default(), temp.Sub("store/webhooks"));
  }
  static Webhook Hook(const std::string& name = "alerts") {
    Webhook hook;
    hook.name = name;
    hook.url = "https://hooks.example.org/in";
    hook.changed_by = "me";
    return hook;
  }
  Webhook Make(const Webhook& hook) {
    auto created = registry->Create(hook);
    EXPECT_TRUE(created) << created.error();
    return created ? created->hook : Webhook();
  }

  HandClock clock;
  std::unique_ptr<WebhookRegistry> registry;
};

}  // namespace cairn
