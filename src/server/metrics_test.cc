#include "server/metrics.h"

#include <gmock/gmock.h>

#include "server/access_log.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(OpenApiTest, RequestsAreCountedByRouteAndStatus) {
  Asked asked;
  asked.method_ = "GET";
  Waits waits;
  const auto ask = [&](const std::string& target) {
    asked.target_ = target;
    const ServerResponse response = api->Answer(asked, "id", waits);
    api->Observe({asked, response, "id", "127.0.0.1:1", std::chrono::microseconds(700)});
  };
  ask("/api/v1/records/latest?kind=volume&node=nothing");
  ask("/api/v1/records/latest?kind=volume&node=nothing");
  ask("/api/v1/nodes");
  ask("/no/such/thing");
  Post("/api/v1/records", RecordJson("a", 1) + "\n{}\n");
  const std::string text = Get("/metrics").body;
  EXPECT_THAT(text,
              HasSubstr(R"(cairn_http_requests_total{method="GET",route="/api/v1/records/latest",status="4xx"} 2)"));
  EXPECT_THAT(text, HasSubstr(R"(cairn_http_requests_total{method="GET",route="/api/v1/nodes",status="2xx"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(cairn_http_requests_total{method="",route="",status="4xx"} 1)"));
  EXPECT_THAT(text, HasSubstr("route=\"/api/v1/nodes\",le=\"0.0005\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("route=\"/api/v1/nodes\",le=\"0.001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("route=\"/api/v1/nodes\",le=\"+Inf\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("cairn_records_stored_total 1\n"));
  EXPECT_THAT(text, HasSubstr("cairn_records_refused_total 1\n"));
  EXPECT_THAT(text, HasSubstr("cairn_store_records 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("nothing"))) << "what people ask for is no label";
}

TEST(AccessLog, TellsOneLineARequestAndNoSecret) {
  const TempDir temp;
  const std::string path = temp.Sub("access.log");
  auto log = AccessLog::Open(path);
  ASSERT_TRUE(log) << log.error();
  Asked asked;
  asked.method_ = "POST";
  asked.target_ = "/api/v1/records?a=\"\n";
  asked.body_ = "a body with a password";
  asked.headers_ = {{"Authorization", "Bearer cairn_0011_secret"}, {"traceparent", "00-ab-cd-01"}};
  ServerResponse response;
  response.status = 201;
  response.token_id = "0011";
  response.body = "{}";
  for (int i = 0; i < 2; ++i) {
    (*log)->Add({asked, response, "ab", "127.0.0.1:5", std::chrono::microseconds(12)}, Timestamp{0});
  }
  (*log)->Flush();
  std::ifstream file(path);
  std::string line;
  int lines = 0;
  while (std::getline(file, line)) {
    ++lines;
    simdjson::dom::parser parser;
    simdjson::dom::element json;
    ASSERT_EQ(parser.parse(line).get(json), simdjson::SUCCESS) << line;
    EXPECT_EQ(std::string_view(json["request_id"]), "ab");
    EXPECT_EQ(std::string_view(json["traceparent"]), "00-ab-cd-01");
    EXPECT_EQ(std::string_view(json["token"]), "0011");
    EXPECT_EQ(std::string_view(json["target"]), asked.target_);
    EXPECT_EQ(std::uint64_t(json["status"]), 201U);
    EXPECT_EQ(std::uint64_t(json["took_us"]), 12U);
    EXPECT_THAT(line, Not(HasSubstr("secret")));
    EXPECT_THAT(line, Not(HasSubstr("password")));
  }
  EXPECT_EQ(lines, 2);
  EXPECT_EQ(AccessLog::Open(temp.Sub("no/such/folder")).status().code(), StatusCode::kUnavailable);
}

TEST(AccessLog, WhatCannotBeWrittenIsDroppedAndCounted) {
  auto log = AccessLog::Open("/dev/full");
  ASSERT_TRUE(log) << log.error();
  Asked asked;
  for (int i = 0; i < 10'000; ++i) (*log)->Add({asked, {}, "ab", "", {}}, Timestamp{0});
  (*log)->Flush();  // Memory stays bounded, nobody waits, nothing crashes.
}

}  // namespace
}  // namespace cairn
