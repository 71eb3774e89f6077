#include "server/web_page.h"

#include <gmock/gmock.h>

#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array kAssets = {
    WebAsset{"/index.html", "text/html; charset=utf-8", "\"page\"", "<html>", "gz", "br"},
    WebAsset{"/assets/main-1f.js", "text/javascript", "\"script\"", "script", "", ""},
};

std::optional<ServerResponse> Ask(std::string target, std::map<std::string, std::string, std::less<>> headers = {},
                                  std::string method = "GET") {
  Asked asked;
  asked.method_ = std::move(method);
  asked.target_ = std::move(target);
  asked.headers_ = std::move(headers);
  return AnswerWebPage(asked, kAssets);
}

std::string HeaderOf(const ServerResponse& response, std::string_view name) {
  for (const auto& [each, value] : response.headers) {
    if (each == name) return value;
  }
  return "";
}

TEST(WebPage, EveryPathOfAPageGivesThePage) {
  for (const char* target : {"/", "/search?q=a", "/node/dataset%3Acrm%3Apublic.orders", "/lineage/x?as_of=2026",
                             "/run/1", "/cache", "/scans", "/signin"}) {
    const auto response = Ask(target);
    ASSERT_TRUE(response) << target;
    EXPECT_EQ(response->body, "<html>");
    EXPECT_EQ(response->content_type, "text/html; charset=utf-8");
  }
  ASSERT_TRUE(Ask("/other", {{"Accept", "text/html,*/*"}}));
  EXPECT_FALSE(Ask("/other")) << "who asks for no page is told that there is nothing";
}

TEST(WebPage, WhatIsTheApisOrNotThereIsLeftToOthers) {
  for (const char* target :
       {"/api/v1/nothing", "/docs/x", "/health", "/metrics/x", "/assets/none.js", "/favicon.ico"}) {
    EXPECT_FALSE(Ask(target, {{"Accept", "text/html"}})) << target;
  }
  EXPECT_FALSE(Ask("/", {}, "POST"));
  EXPECT_TRUE(Ask("/", {}, "HEAD"));
}

TEST(WebPage, FilesAreKeptByTheirTags) {
  const auto page = Ask("/");
  EXPECT_EQ(HeaderOf(*page, "Cache-Control"), "public, no-cache");
  EXPECT_EQ(HeaderOf(*page, "ETag"), "\"page\"");
  const auto script = Ask("/assets/main-1f.js");
  EXPECT_THAT(HeaderOf(*script, "Cache-Control"), HasSubstr("immutable"));
  const auto again = Ask("/", {{"If-None-Match", "\"page\""}});
  EXPECT_EQ(again->status, 304);
  EXPECT_EQ(again->body, "");
}

TEST(WebPage, ArePackedAsTheClientTakesThem) {
  EXPECT_EQ(Ask("/", {{"Accept-Encoding", "gzip, br"}})->body, "br");
  const auto gzip = Ask("/", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(gzip->body, "gz");
  EXPECT_EQ(HeaderOf(*gzip, "Content-Encoding"), "gzip");
  EXPECT_EQ(Ask("/", {{"Accept-Encoding", "zstd"}})->body, "<html>");
  EXPECT_EQ(Ask("/assets/main-1f.js", {{"Accept-Encoding", "gzip, br"}})->body, "script");
}

TEST(WebPage, NothingFromElsewhereNorWithinThePageRuns) {
  const auto page = Ask("/");
  const std::string policy = HeaderOf(*page, "Content-Security-Policy");
  EXPECT_THAT(policy, HasSubstr("default-src 'self'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe")));
  EXPECT_EQ(HeaderOf(*page, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(HeaderOf(*page, "Referrer-Policy"), "no-referrer");
}

TEST(WebPage, ABuildWithoutItSaysSo) {
  Asked asked;
  asked.method_ = "GET";
  asked.target_ = "/";
  const auto response = AnswerWebPage(asked, {});
  ASSERT_TRUE(response);
  EXPECT_THAT(response->body, HasSubstr("without its web page"));
}

TEST_F(OpenApiTest, ThePageIsServedBesideTheRoutes) {
  const ServerResponse page = Get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.content_type, HasSubstr("text/html"));
  EXPECT_EQ(Get("/assets/none.js").status, 404);
  EXPECT_EQ(Get("/nothing").status, 404);
}

}  // namespace
}  // namespace cairn
