// Answers that are kept are those that would be given anew.
#include "server/hot_answers.h"

#include <gmock/gmock.h>

#include "random_facts.h"
#include "server/api_for_test.h"

namespace cairn {
namespace {

using ::testing::HasSubstr;

class HotAnswersTest : public OpenApiTest {
 protected:
  std::uint64_t Hits() const {
    const std::string stats = const_cast<HotAnswersTest*>(this)->Get("/api/v1/cache").body;
    const std::size_t at = stats.find(R"("operation":"answer:lineage","level":"memory")");
    if (at == std::string::npos) return 0;
    const std::size_t hits = stats.find(R"("hits":)", at) + 7;
    return std::stoull(stats.substr(hits));
  }
  /// What a service says that has kept nothing.
  std::string Anew(const std::string& target) {
    Api::Options options;
    options.access.is_open = true;
    auto kept = std::exchange(api, std::make_unique<Api>(repository, options));
    std::string body = Get(target).body;
    api = std::move(kept);
    return body;
  }
};

std::string Edge(std::string_view from, std::string_view to) {
  return fmt::format(
      R"({{"kind":"lineage_edge","target":{{"namespace":"db","name":"{}"}},"produced_at":"2026-01-10T00:00:00Z",)"
      R"("producer_id":"p","payload":{{"from":"dataset:db:{}"}}}})",
      to, from);
}

TEST_F(HotAnswersTest, AnAnswerIsKeptUntilAFactTouchesIt) {
  ASSERT_EQ(Post("/api/v1/records", Edge("a", "b")).status, 201);
  const std::string target = "/api/v1/graph/lineage?node=dataset:db:b";
  const std::string before = Get(target).body;
  EXPECT_EQ(Hits(), 0u);
  EXPECT_EQ(Get(target).body, before);
  EXPECT_EQ(Hits(), 1u);
  EXPECT_EQ(Get("/api/v1/graph/lineage?node=b").body, before) << "however it is named";
  EXPECT_EQ(Hits(), 2u);
  ASSERT_EQ(Post("/api/v1/records", RecordJson("elsewhere", 1)).status, 201);
  EXPECT_EQ(Get(target).body, before);
  EXPECT_EQ(Hits(), 3u) << "what it is not about does not touch it";
  ASSERT_EQ(Post("/api/v1/records", Edge("z", "a")).status, 201);
  EXPECT_THAT(Get(target).body, HasSubstr("dataset:db:z")) << "an edge to a node far from the one that was asked about";
  EXPECT_NE(Get(target).body, before);
}

TEST_F(HotAnswersTest, WhatAnotherProcessWroteIsSeen) {
  ASSERT_EQ(Post("/api/v1/records", Edge("a", "b")).status, 201);
  const std::string target = "/api/v1/graph/lineage?node=dataset:db:b";
  Get(target);
  auto other = OpenRepository(temp.Sub("store"), {});
  ASSERT_TRUE(other) << other.error();
  ASSERT_TRUE((*other)->Store(Edge("c", "b")));
  EXPECT_THAT(Get(target).body, HasSubstr("dataset:db:c"));
  ASSERT_TRUE(repository->Rebuild().ok());
  EXPECT_EQ(Get(target).body, Anew(target));
}

TEST_F(HotAnswersTest, NoneIsStaleWhateverComes) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  RandomFacts random(seed);
  std::uint64_t hits = 0;
  for (int step = 0; step < 60; ++step) {
    for (const std::string& json : random.Batch(step < 20 ? 8 : 1)) (void)repository->Store(json);
    const auto nodes = repository->FindNodes("", "", 1000);
    ASSERT_TRUE(nodes);
    for (int i = 0; i < 12 && !nodes->empty(); ++i) {
      const NodeKey& node = (*nodes)[random.UpTo(nodes->size() - 1)];
      std::string id;
      for (const char c : NodeId(node)) id += c == '%' ? std::string("%25") : std::string(1, c);
      const std::string depth = std::to_string(random.UpTo(3));
      const std::string direction = random.OneIn(2) ? "upstream" : "both";
      const std::string own = "/api/v1/graph/lineage?node=" + id + "&depth=" + depth + "&direction=" + direction;
      const std::string target = random.OneIn(4)   ? "/api/v1/graph/impact?node=" + id
                                 : random.OneIn(2) ? "/api/v1/lineage?nodeId=" + id + "&depth=" + depth
                                                   : own + (random.OneIn(3) ? "&as_of=2026-01-15" : "");
      ASSERT_EQ(Get(target).body, Anew(target)) << target << " at step " << step;
    }
    hits = Hits();
  }
  EXPECT_GT(hits, 20u) << "else nothing was kept, and nothing tried";
}

}  // namespace
}  // namespace cairn
