#include "lookup/curl_transport.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "lookup/server_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

class CurlTransportTest : public testing::Test {
 protected:
  HttpRequest To(const std::string& target) {
    HttpRequest request;
    request.url = server_.url() + target;
    return request;
  }
  StatusCode CodeOf(const HttpRequest& request) { return transport_.Send(request).status().code(); }

  TestServer server_;
  CurlTransport transport_;
};

TEST_F(CurlTransportTest, BringsStatusBodyAndTheHeadersThatCount) {
  server_.Answer("/a?b=c", {.status = 200,
                            .body = "{}",
                            .headers = {{"Retry-After", "7"}, {"last-modified", "yesterday"}, {"X-Other", "x"}},
                            .etag = "\"v1\""});
  HttpRequest request = To("/a?b=c");
  request.headers = {{"X-Mine", "1"}};
  const auto response = transport_.Send(request);
  ASSERT_TRUE(response) << response.error();
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->etag, "\"v1\"");
  EXPECT_EQ(response->last_modified, "yesterday");
  EXPECT_EQ(response->retry_after, "7");
  EXPECT_EQ(server_.requests()[0].headers.at("x-mine"), "1");
}

TEST_F(CurlTransportTest, AConnectionIsUsedAgain) {
  server_.Answer("/a", {.body = "x"});
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(transport_.Send(To("/a")));
  EXPECT_EQ(server_.connections(), 1u);
}

TEST_F(CurlTransportTest, StatusesAreAnswers) {
  server_.Answer("/broken", {.status = 500, .body = "x"});
  EXPECT_EQ(transport_.Send(To("/broken"))->status, 500);
  EXPECT_EQ(transport_.Send(To("/nothing"))->status, 404);
}

TEST_F(CurlTransportTest, ACutAnswerIsNone) {
  server_.Answer("/cut", {.body = std::string(1000, 'x'), .cut = true});
  EXPECT_EQ(CodeOf(To("/cut")), StatusCode::kUnavailable);
}

TEST_F(CurlTransportTest, AnAnswerThatIsCutWithinItsHeadIsNone) {
  server_.Answer("/cut", {.body = "x", .cut_head = true});
  EXPECT_EQ(CodeOf(To("/cut")), StatusCode::kUnavailable);
}

TEST_F(CurlTransportTest, ASilentServerMeetsTheTimeout) {
  server_.Answer("/silent", {.silent = true});
  HttpRequest request = To("/silent");
  request.total_timeout = milliseconds(50);
  EXPECT_EQ(CodeOf(request), StatusCode::kDeadlineExceeded);
}

TEST_F(CurlTransportTest, AHugeBodyIsRefusedAtItsBound) {
  server_.Answer("/huge", {.endless_body = std::size_t{1} << 30});
  HttpRequest request = To("/huge");
  request.body_bytes_max = 1000;
  EXPECT_EQ(CodeOf(request), StatusCode::kResourceExhausted);
  server_.Answer("/fits", {.body = std::string(1000, 'x')});
  request.url = server_.url() + "/fits";
  EXPECT_EQ(transport_.Send(request)->body.size(), 1000u);
}

TEST_F(CurlTransportTest, ARedirectIsToldNotFollowed) {
  server_.Answer("/old", {.status = 302, .headers = {{"Location", "/new?x=1"}}});
  const auto response = transport_.Send(To("/old"));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->location, server_.url() + "/new?x=1");
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(CurlTransportTest, OtherSchemesAreRefused) {
  HttpRequest request;
  for (const char* url : {"file:///etc/passwd", "gopher://x/", "x", "", "http:/x"}) {
    request.url = url;
    EXPECT_EQ(CodeOf(request), StatusCode::kInvalidArgument) << url;
  }
}

TEST_F(CurlTransportTest, NobodyThereIsUnavailable) {
  HttpRequest request;
  request.url = "http://127.0.0.1:1/";
  EXPECT_EQ(CodeOf(request), StatusCode::kUnavailable);
  request.url = "http://no-such-host.invalid/";
  EXPECT_EQ(CodeOf(request), StatusCode::kUnavailable);
}

TEST_F(CurlTransportTest, AStopEndsTheRequest) {
  server_.Answer("/held", {.held = true});
  std::stop_source stop;
  HttpRequest request = To("/held");
  request.stop = stop.get_token();
  std::thread other([&] {
    server_.AwaitHeld(1);
    stop.request_stop();
  });
  EXPECT_EQ(CodeOf(request), StatusCode::kCancelled);
  other.join();
  EXPECT_EQ(CodeOf(request), StatusCode::kCancelled);
}

TEST_F(CurlTransportTest, AForkedChildTakesConnectionsOfItsOwn) {
  server_.Answer("/a", {.body = "x"});
  ASSERT_TRUE(transport_.Send(To("/a")));
  const std::string url = server_.url() + "/a";
  const pid_t child = fork();
  if (child == 0) {
    HttpRequest request;
    request.url = url;
    _exit(transport_.Send(request) ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  ASSERT_TRUE(transport_.Send(To("/a")));
  EXPECT_EQ(server_.connections(), 2u);
}

TEST(Http, SchemeAndOrigin) {
  EXPECT_EQ(HttpScheme("HTTPS://Host/x"), "https");
  EXPECT_EQ(HttpScheme("ftp://x"), "");
  EXPECT_EQ(HttpOrigin("HTTP://Host:80/x?y"), "http://host:80");
  EXPECT_EQ(HttpOrigin("http://host?y"), "http://host");
  EXPECT_EQ(HttpOrigin("nothing"), "");
}

}  // namespace
}  // namespace cairn
