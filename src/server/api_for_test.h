#pragma once

#include <gtest/gtest.h>
#include <simdjson.h>

#include <latch>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "server/api.h"
#include "temp_dir.h"

namespace cairn {

/// For the tests of the routes only: requests without a connection.

struct Asked final : ServerRequest {
  std::string method_;
  std::string target_;
  std::string body_;
  std::map<std::string, std::string, std::less<>> headers_;
  [[nodiscard]] std::string_view method() const override { return method_; }
  [[nodiscard]] std::string_view target() const override { return target_; }
  [[nodiscard]] std::string_view Header(std::string_view name) const override {
    const auto found = headers_.find(name);
    return found == headers_.end() ? std::string_view() : found->second;
  }
  [[nodiscard]] std::string_view body() const override { return body_; }
};

struct Waits final : Suspender {
  void Suspend(const std::function<void(Resume resume)>& start) override {
    std::latch resumed(1);
    start([&] { resumed.count_down(); });
    resumed.wait();
  }
};

inline std::string RecordJson(std::string_view target, int rows) {
  return R"({"kind":"ingestion_volume","target":{"namespace":"db","name":")" + std::string(target) +
         R"("},"produced_at":"2026-01-10T00:00:)" + (rows < 10 ? "0" : "") + std::to_string(rows) +
         R"(Z","producer_id":"p","payload":{"row_count":)" + std::to_string(rows) + "}}";
}

class ApiTestBase : public ::testing::Test {
 protected:
  void Start(Api::Options options) {
    auto opened = OpenRepository(temp.Sub("store"), {});
    ASSERT_TRUE(opened) << opened.error();
    repository = std::move(*opened);
    api = std::make_unique<Api>(repository, options);
  }
  ServerResponse Ask(std::string method, std::string target, std::string_view body = {}) {
    Asked asked;
    asked.method_ = std::move(method);
    asked.target_ = std::move(target);
    asked.body_ = body;
    asked.headers_ = headers;
    Waits waits;
    ServerResponse response = api->Answer(asked, "id", waits);
    if (!response.body.empty() && response.content_type == "application/json") {
      simdjson::dom::parser parser;
      EXPECT_EQ(parser.parse(response.body).error(), simdjson::SUCCESS) << response.body;
    }
    return response;
  }
  ServerResponse Get(std::string target) { return Ask("GET", std::move(target)); }
  ServerResponse Post(std::string target, std::string_view body) { return Ask("POST", std::move(target), body); }
  static std::string HeaderOf(const ServerResponse& response, std::string_view name) {
    for (const auto& [each, value] : response.headers) {
      if (each == name) return value;
    }
    return "";
  }

  TempDir temp;
  std::map<std::string, std::string, std::less<>> headers;  ///< Of every request.
  std::shared_ptr<Repository> repository;
  std::unique_ptr<Api> api;
};

/// Nobody is asked for a token.
class OpenApiTest : public ApiTestBase {
 protected:
  void SetUp() override {
    Api::Options options;
    options.access.is_open = true;
    Start(options);
  }
};

}  // namespace cairn
