#include "lookup/http_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "lookup/curl_transport.h"
#include "lookup/server_for_test.h"
#include "lookup/source_for_test.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using Kind = Fetched::Kind;
using testing::ElementsAre;
using testing::HasSubstr;

class HttpSourceTest : public testing::Test {
 protected:
  HttpSourceTest() {
    config_.name = "zoo";
    config_.base_url = server_.url();
    config_.proxy = "none";
    config_.backoff = 100ms;
    operation_.name = "animal";
  }

  HttpSource& Source() {
    if (source_ == nullptr) {
      std::unique_ptr<TokenBucket> bucket;
      if (config_.rate_tokens > 0) bucket = TokenBucket::InMemory({config_.rate_tokens, config_.rate_window});
      auto made = HttpSource::Make(config_,
                                   {&transport_, &waiter_, &clock_, [] { return std::uint64_t{0}; },
                                    [](const char* name) { return name == std::string("KEY") ? "k1" : nullptr; }},
                                   std::move(bucket));
      EXPECT_TRUE(made) << made.status();
      source_ = std::move(*made);
    }
    return *source_;
  }
  Fetched Fetch(const std::string& target, const std::string& validator = {}) {
    return Source().Fetch(operation_, server_.url() + target, validator, {});
  }

  TestServer server_;
  CurlTransport transport_;
  ManualWaiter waiter_;
  FixedClock clock_;
  SourceConfig config_;
  OperationConfig operation_;
  std::unique_ptr<HttpSource> source_;
};

TEST_F(HttpSourceTest, AnAnswerIsItsBody) {
  server_.Answer("/a", {.body = "{}"});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.kind, Kind::kBody);
  EXPECT_EQ(fetched.body, "{}");
  EXPECT_EQ(fetched.requests, 1u);
  server_.Answer("/nothing-in-it", {.status = 204});
  EXPECT_EQ(Fetch("/nothing-in-it").body, "null");
}

TEST_F(HttpSourceTest, NotFoundIsAnAnswerAndNotAskedAgain) {
  const Fetched fetched = Fetch("/none");
  EXPECT_EQ(fetched.kind, Kind::kNotFound);
  EXPECT_EQ(fetched.status.code(), StatusCode::kNotFound);
  EXPECT_EQ(fetched.requests, 1u);
}

TEST_F(HttpSourceTest, AFailureThatPassesIsNotSeen) {
  server_.AnswerInTurn("/a", {{.status = 500}, {.body = "xx", .cut = true}, {.status = 503}, {.body = "1"}});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.kind, Kind::kBody);
  EXPECT_EQ(fetched.requests, 4u);
}

TEST_F(HttpSourceTest, AFailureThatStaysIsTheSourceDown) {
  server_.Answer("/a", {.status = 502});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.kind, Kind::kDown);
  EXPECT_EQ(fetched.status.code(), StatusCode::kUnavailable);
  EXPECT_EQ(fetched.status.message(), "after 4 attempts: zoo answered HTTP 502");
  EXPECT_EQ(server_.requests().size(), 4u);
}

TEST_F(HttpSourceTest, WhatCannotPassIsNotAskedAgain) {
  for (const auto& [status, code] : {std::pair{400, StatusCode::kInvalidArgument},
                                     {401, StatusCode::kUnauthenticated},
                                     {403, StatusCode::kPermissionDenied},
                                     {501, StatusCode::kUnimplemented}}) {
    server_.Answer("/a", {.status = status});
    const Fetched fetched = Fetch("/a");
    EXPECT_EQ(fetched.kind, Kind::kDown);
    EXPECT_EQ(fetched.status.code(), code);
    EXPECT_EQ(fetched.requests, 1u) << status;
  }
  config_.response_bytes = 10;
  server_.Answer("/huge", {.endless_body = 1 << 20});
  source_.reset();
  EXPECT_EQ(Fetch("/huge").status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(Fetch("/huge").requests, 1u);
}

TEST_F(HttpSourceTest, AStatusWithTwoMeaningsSaysBoth) {
  operation_.perhaps_not_found = {500};
  server_.Answer("/a", {.status = 500});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.kind, Kind::kDown);
  EXPECT_THAT(fetched.status.message(), HasSubstr("it may be down, or there is no such thing"));
  EXPECT_EQ(fetched.requests, 1u);
}

TEST_F(HttpSourceTest, RetryAfterIsWaitedFor) {
  server_.AnswerInTurn("/a", {{.status = 429, .headers = {{"Retry-After", "7"}}},
                              {.status = 503, .headers = {{"Retry-After", "Wed, 21 Oct 2015 07:28:09 GMT"}}},
                              {.body = "1"}});
  EXPECT_EQ(Fetch("/a").kind, Kind::kBody);
  EXPECT_THAT(waiter_.waits(), ElementsAre(7s, 9s));
}

TEST_F(HttpSourceTest, ARetryAfterTooLongEndsItAtOnceAndIsPassedOn) {
  server_.Answer("/a", {.status = 429, .headers = {{"Retry-After", "3600"}}});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.kind, Kind::kDown);
  EXPECT_EQ(fetched.retry_after, 1h);
  EXPECT_EQ(fetched.requests, 1u);
  EXPECT_TRUE(waiter_.waits().empty());
}

TEST_F(HttpSourceTest, WhatOneIsToldHoldsForAll) {
  config_.rate_tokens = 100;
  server_.Answer("/a", {.status = 429, .headers = {{"Retry-After", "3600"}}});
  server_.Answer("/b", {.body = "1"});
  Fetch("/a");
  const Fetched other = Fetch("/b");
  EXPECT_EQ(other.kind, Kind::kDown);
  EXPECT_EQ(other.status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(other.retry_after, 1h);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(HttpSourceTest, TheRateIsKept) {
  config_.rate_tokens = 3;
  config_.rate_window = 60s;
  server_.Answer("/a", {.body = "1"});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(Fetch("/a").kind, Kind::kBody);
  EXPECT_THAT(waiter_.waits(), ElementsAre(60s));
}

TEST_F(HttpSourceTest, RetriesAndRedirectsCountForTheRate) {
  config_.rate_tokens = 3;
  config_.rate_wait = 0s;
  server_.Answer("/a", {.status = 302, .headers = {{"Location", "/b"}}});
  server_.AnswerInTurn("/b", {{.status = 500}, {.body = "1"}});
  const Fetched fetched = Fetch("/a");
  EXPECT_EQ(fetched.status.code(), StatusCode::kResourceExhausted) << "the fourth request is above the rate";
  EXPECT_EQ(server_.requests().size(), 3u);
}

TEST_F(HttpSourceTest, AConditionalRequestCanBeAnsweredUnchanged) {
  server_.Answer("/a", {.body = "1", .headers = {{"Last-Modified", "yesterday"}}, .etag = "\"v1\""});
  const Fetched first = Fetch("/a");
  EXPECT_EQ(first.validator, "\"v1\"\nyesterday");
  EXPECT_EQ(Fetch("/a", first.validator).kind, Kind::kUnchanged);
  const auto request = server_.requests().back();
  EXPECT_EQ(request.headers.at("if-none-match"), "\"v1\"");
  EXPECT_EQ(request.headers.at("if-modified-since"), "yesterday");
  EXPECT_EQ(Fetch("/a", "\"v0\"\n").kind, Kind::kBody);
}

TEST_F(HttpSourceTest, UnchangedWithoutAskingForItIsNoAnswer) {
  server_.Answer("/a", {.status = 304});
  EXPECT_EQ(Fetch("/a").kind, Kind::kDown);
}

TEST_F(HttpSourceTest, RedirectsAreFollowedWithinBounds) {
  config_.redirects = 2;
  server_.Answer("/1", {.status = 301, .headers = {{"Location", "/2"}}});
  server_.Answer("/2", {.status = 307, .headers = {{"Location", server_.url() + "/3"}}});
  server_.Answer("/3", {.body = "3"});
  EXPECT_EQ(Fetch("/1").body, "3");
  server_.Answer("/3", {.status = 302, .headers = {{"Location", "/1"}}});
  const Fetched endless = Fetch("/1");
  EXPECT_EQ(endless.kind, Kind::kDown);
  EXPECT_THAT(endless.status.message(), HasSubstr("more than 2 redirects"));
  EXPECT_EQ(endless.requests, 3u);
}

TEST_F(HttpSourceTest, ARedirectDoesNotLeaveTheScheme) {
  for (const char* to : {"file:///etc/passwd", "https://127.0.0.1/", "ftp://127.0.0.1/"}) {
    server_.Answer("/a", {.status = 302, .headers = {{"Location", to}}});
    EXPECT_EQ(Fetch("/a").status.code(), StatusCode::kPermissionDenied) << to;
  }
}

TEST_F(HttpSourceTest, HeadersTakeSecretsFromTheEnvironmentAndKeepThemFromOtherHosts) {
  TestServer other;
  other.Answer("/b", {.body = "1"});
  server_.Answer("/a", {.status = 302, .headers = {{"Location", other.url() + "/b"}}});
  config_.headers = {{"X-Key", "token ${KEY}!"}};
  EXPECT_EQ(Fetch("/a").body, "1");
  EXPECT_EQ(server_.requests()[0].headers.at("x-key"), "token k1!");
  EXPECT_FALSE(other.requests()[0].headers.contains("x-key"));
  config_.headers = {{"X-Key", "${NO_SUCH}"}};
  const auto made =
      HttpSource::Make(config_, {&transport_, &waiter_, &clock_, [] { return std::uint64_t{0}; }, {}}, {});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message(), HasSubstr("NO_SUCH"));
}

TEST_F(HttpSourceTest, NoMoreAtOnceThanSaid) {
  config_.concurrency = 2;
  server_.Answer("/held", {.body = "1", .held = true});
  std::vector<std::thread> threads;
  std::atomic<int> answered{0};
  HttpSource& source = Source();
  for (int i = 0; i < 5; ++i) {
    threads.emplace_back([&] {
      if (source.Fetch(operation_, server_.url() + "/held", "", {}).kind == Kind::kBody) ++answered;
    });
  }
  server_.AwaitHeld(2);
  EXPECT_EQ(server_.connections(), 2u);
  server_.Release();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 5);
  EXPECT_EQ(server_.connections(), 2u);
}

TEST_F(HttpSourceTest, AStopEndsTheWaitForATurn) {
  config_.rate_tokens = 1;
  server_.Answer("/a", {.body = "1"});
  Fetch("/a");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(Source().Fetch(operation_, server_.url() + "/a", "", stop.get_token()).status.code(),
            StatusCode::kCancelled);
  EXPECT_EQ(server_.requests().size(), 1u);
}

}  // namespace
}  // namespace cairn
