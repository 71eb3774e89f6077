#include "server/cache_routes.h"

#include <gmock/gmock.h>

#include <thread>

#include "lookup/lookup_for_test.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A service with one source of its own, at a server that is there.
class CacheRoutesTest : public LookupTest {
 protected:
  class Service : public ApiTestBase {
   public:
    void TestBody() override {}
    using ApiTestBase::Ask;
    using ApiTestBase::Get;
    using ApiTestBase::headers;
    using ApiTestBase::Post;
    using ApiTestBase::Start;
  };
  void SetUp() override {
    LookupTest::SetUp();
    config_.cache.location = dir_.path() + "/cache";
    config_.sources = {source_};
    LookupHooks hooks;
    hooks.transport = &transport_;
    hooks.cache_clock = &cache_clock_;
    auto opened = LookupService::Open(config_, hooks);
    ASSERT_TRUE(opened) << opened.status();
    lookups_ = std::move(*opened);
    Api::Options options;
    options.access.is_open = true;
    options.cache = {lookups_.get(), config_.cache, nullptr};
    service_.Start(options);
    for (const char* id : {"7", "8", "9"}) {
      server_.Answer(std::string("/animals/") + id + "?lang=en", {.body = "[1]"});
    }
  }
  void AskAbout(const std::string& id) { ASSERT_TRUE(lookups_->Ask({"zoo", "animal", {{"id", id}}}, {})); }
  std::string Await() {
    std::string body;
    do {
      std::this_thread::yield();
      body = service_.Get("/api/v1/cache/warm").body;
    } while (body.find(R"("running":true)") != std::string::npos);
    return body;
  }

  Config config_;
  std::unique_ptr<LookupService> lookups_;
  Service service_;
};

TEST_F(CacheRoutesTest, WhatIsKeptIsToldPageByPage) {
  for (const char* id : {"7", "8", "9"}) AskAbout(id);
  ASSERT_TRUE(lookups_->cache().Flush().ok());
  const std::string stats = service_.Get("/api/v1/cache").body;
  EXPECT_THAT(stats, HasSubstr(R"("operation":"zoo:animal","calls":3,"loads":3)"));
  EXPECT_THAT(stats, HasSubstr(R"("answers":{)"));
  const std::string first = service_.Get("/api/v1/cache/entries?limit=2").body;
  EXPECT_THAT(first, HasSubstr("id=7"));
  EXPECT_THAT(first, HasSubstr("id=8"));
  EXPECT_THAT(first, Not(HasSubstr("id=9")));
  EXPECT_THAT(first, HasSubstr(R"("cursor":"zoo:animal:id=8&lang=en")"));
  const std::string second = service_.Get("/api/v1/cache/entries?limit=2&cursor=zoo:animal:id%3D8%26lang%3Den").body;
  EXPECT_THAT(second, HasSubstr("id=9"));
  EXPECT_THAT(second, Not(HasSubstr("cursor")));
  EXPECT_THAT(service_.Get("/api/v1/cache/entries?select=tag:animal:8").body, Not(HasSubstr("id=7")));
  EXPECT_EQ(service_.Get("/api/v1/cache/entries?limit=0").body, R"({"entries":[]})");
  EXPECT_EQ(service_.Get("/api/v1/cache/entries?select=everything").status, 400);
}

TEST_F(CacheRoutesTest, AnEntryIsToldAtEachLevel) {
  AskAbout("7");
  const std::string entry = service_.Get("/api/v1/cache/entry?key=zoo:animal:id%3D7%26lang%3Den").body;
  EXPECT_THAT(entry, HasSubstr(R"("level":"memory","state":"fresh")"));
  EXPECT_THAT(entry, HasSubstr(R"("value":"[1]")"));
  EXPECT_EQ(service_.Get("/api/v1/cache/entry?key=zoo:animal:id%3D1").status, 404);
  EXPECT_EQ(service_.Get("/api/v1/cache/entry").status, 400);
}

TEST_F(CacheRoutesTest, EntriesAreCleared) {
  AskAbout("7");
  AskAbout("8");
  EXPECT_EQ(service_.Post("/api/v1/cache/clear", "").status, 400) << "what?";
  EXPECT_EQ(service_.Post("/api/v1/cache/clear?select=nonsense", "").status, 400);
  EXPECT_THAT(service_.Post("/api/v1/cache/clear?select=tag:animal:7", "").body, HasSubstr(R"("verb":"remove")"));
  EXPECT_FALSE(lookups_->Ask({"zoo", "animal", {{"id", "7"}}}, {.offline = true}));
  EXPECT_TRUE(lookups_->Ask({"zoo", "animal", {{"id", "8"}}}, {.offline = true}));
  EXPECT_THAT(service_.Post("/api/v1/cache/clear?select=all&expire=true", "").body, HasSubstr(R"("verb":"expire")"));
}

TEST_F(CacheRoutesTest, AListIsWarmed) {
  EXPECT_THAT(service_.Get("/api/v1/cache/warm").body, HasSubstr(R"("warming":null)"));
  const ServerResponse begun = service_.Post("/api/v1/cache/warm", "zoo animal id=7\n# later\nzoo animal id=8\n");
  EXPECT_EQ(begun.status, 202) << begun.body;
  EXPECT_THAT(Await(), HasSubstr(R"("total":2,"done":2,"loaded":2)"));
  EXPECT_THAT(Await(), HasSubstr(R"("state":"done")"));
  EXPECT_TRUE(lookups_->Ask({"zoo", "animal", {{"id", "8"}}}, {.offline = true}));
  EXPECT_EQ(service_.Ask("DELETE", "/api/v1/cache/warm").status, 200) << "it is over already";
}

TEST_F(CacheRoutesTest, WhatCannotBeWarmedIsRefusedAtOnce) {
  EXPECT_EQ(service_.Post("/api/v1/cache/warm", "").status, 400) << "nothing";
  EXPECT_EQ(service_.Post("/api/v1/cache/warm?used=1", "zoo animal id=7").status, 400) << "two things";
  const ServerResponse wrong = service_.Post("/api/v1/cache/warm", "zoo animal id=7\nzoo animl id=7\n");
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("line 2"));
  EXPECT_EQ(service_.Post("/api/v1/cache/warm?used=3", "").status, 409) << "no use is noted";
  EXPECT_THAT(service_.Get("/api/v1/cache/warm").body, HasSubstr(R"("warming":null)"));
}

class NoLookupsTest : public OpenApiTest {};

TEST_F(NoLookupsTest, WithoutSourcesTheRoutesSaySo) {
  EXPECT_THAT(Get("/api/v1/cache").body, HasSubstr(R"("lookups":null)"));
  EXPECT_THAT(Get("/api/v1/cache/entries").body, HasSubstr(R"("entries":[])"));
  EXPECT_THAT(Post("/api/v1/cache/clear?select=all", "").body, HasSubstr(R"("cleared":[])"));
  EXPECT_EQ(Post("/api/v1/cache/warm", "zoo animal id=7").status, 409);
  EXPECT_EQ(Get("/api/v1/cache/entry?key=x").status, 404);
}

}  // namespace
}  // namespace cairn
