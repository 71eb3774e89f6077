#include "server/router.h"

#include <gtest/gtest.h>

#include "server/parameters.h"

namespace cairn {
namespace {

Router Made() {
  Router router;
  for (const char* pattern : {"/a", "/a/{x}", "/a/fixed", "/a/{x}/b/{y}"}) router.Add({"GET", pattern, {}});
  router.Add({"POST", "/a", {}});
  return router;
}

TEST(Router, FindsByMethodAndPath) {
  const Router router = Made();
  EXPECT_EQ(router.Find("GET", "/a")->route->pattern, "/a");
  EXPECT_EQ(router.Find("POST", "/a")->route->method, "POST");
  EXPECT_EQ(router.Find("HEAD", "/a")->route->method, "GET");
  EXPECT_EQ(router.Find("GET", "/a/fixed")->route->pattern, "/a/fixed") << "a literal goes first";
  EXPECT_EQ(router.Find("GET", "/a/other")->route->pattern, "/a/{x}");
  EXPECT_EQ(router.Find("GET", "/b")->route, nullptr);
  EXPECT_TRUE(router.Find("GET", "/b")->allowed.empty());
  EXPECT_EQ(router.Find("DELETE", "/a")->allowed, (std::vector<std::string>{"GET", "POST"}));
  EXPECT_EQ(router.Find("GET", "a")->route, nullptr);
}

TEST(Router, ASlashAtTheEndMeansNothing) {
  const Router router = Made();
  EXPECT_EQ(router.Find("POST", "/a/")->route->pattern, "/a");
  EXPECT_EQ(router.Find("GET", "/a/fixed/")->route->pattern, "/a/fixed");
  EXPECT_EQ(*router.Find("GET", "/a/x/")->parameters.Find("x"), "x");
  EXPECT_EQ(*router.Find("GET", "/a//b/c")->parameters.Find("x"), "") << "but in the middle";
  const auto last = router.Find("GET", "/a/x/b/");
  ASSERT_NE(last->route, nullptr);
  EXPECT_EQ(*last->parameters.Find("y"), "") << "and where nothing else is there";
  EXPECT_EQ(router.Find("GET", "/a//")->route->pattern, "/a/{x}");
}

// Marquez takes a GET there, and clients of OpenLineage may be told to post there.
TEST(Router, APatternWithASlashAtTheEndHidesNoOther) {
  Router router;
  router.Add({"POST", "/a", {}});
  router.Add({"GET", "/a", {}});
  router.Add({"GET", "/a/", {}});
  ASSERT_NE(router.Find("POST", "/a/")->route, nullptr);
  EXPECT_EQ(router.Find("POST", "/a/")->route->pattern, "/a");
  EXPECT_EQ(router.Find("GET", "/a/")->route->pattern, "/a");
}

TEST(Router, ParametersAreUnescapedAfterThePathWasCut) {
  const Router router = Made();
  const auto match = router.Find("GET", "/a/x%2Fy%3Az/b/%C3%A9+");
  ASSERT_NE(match->route, nullptr);
  EXPECT_EQ(*match->parameters.Find("x"), "x/y:z");
  EXPECT_EQ(*match->parameters.Find("y"), "é+") << "plus is itself in a path";
  EXPECT_FALSE(router.Find("GET", "/a/%2"));
  EXPECT_EQ(router.Find("GET", "/a/../b")->route, nullptr) << "dots mean nothing";
}

TEST(ParameterReader, KeepsWhatIsWrong) {
  const auto status_of = [](std::string_view query) {
    const auto parameters = ParseQuery(query);
    std::uint64_t limit = 7;
    std::size_t order = 0;
    std::optional<Timestamp> from;
    std::string kind;
    ParameterReader reader(*parameters);
    return reader.Number("limit", 100, limit)
        .Choice("order", {"up", "down"}, order)
        .Time("from", from)
        .Required("kind", kind)
        .Finish();
  };
  EXPECT_TRUE(status_of("kind=a&limit=100&order=down&from=2026-01-01").ok());
  EXPECT_NE(status_of("limit=1").message().find("kind is missing"), std::string::npos);
  EXPECT_NE(status_of("kind=a&limit=101").message().find("\"101\""), std::string::npos);
  EXPECT_FALSE(status_of("kind=a&limit=-1").ok());
  EXPECT_FALSE(status_of("kind=a&limit=").ok());
  EXPECT_NE(status_of("kind=a&order=left").message().find("up, down"), std::string::npos);
  EXPECT_FALSE(status_of("kind=a&from=tomorrow").ok());
  EXPECT_NE(status_of("kind=a&limt=3").message().find("did you mean limit?"), std::string::npos);
}

// As its document says, which knows no other spelling.
TEST(ParameterReader, AFlagIsTrueOrFalse) {
  const auto flag_of = [](std::string_view query) {
    const auto parameters = ParseQuery(query);
    bool flag = false;
    const Status status = ParameterReader(*parameters).Flag("more", flag).Finish();
    return status.ok() ? std::string(flag ? "set" : "not set") : status.message();
  };
  EXPECT_EQ(flag_of(""), "not set");
  EXPECT_EQ(flag_of("more=true"), "set");
  EXPECT_EQ(flag_of("more=false"), "not set");
  for (const char* other : {"more", "more=", "more=1", "more=0", "more=True"}) {
    EXPECT_NE(flag_of(other).find("is neither true nor false"), std::string::npos) << other;
  }
}

TEST(ParseQuery, ReadsFormEncoding) {
  const auto query = ParseQuery("a=1&b=x%26y+z&a=2&&c");
  EXPECT_EQ(query->All("a"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(*query->Find("b"), "x&y z");
  EXPECT_EQ(*query->Find("c"), "");
  EXPECT_EQ(query->Find("d"), nullptr);
  EXPECT_FALSE(ParseQuery("a=%zz"));
}

}  // namespace
}  // namespace cairn
