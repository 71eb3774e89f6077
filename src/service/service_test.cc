#include "service/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "service/fake_repository.h"

namespace cairn {
namespace {

using testing::HasSubstr;

// Knows one node, and a history of it.
class OneHistory : public FakeRepository {
 public:
  explicit OneHistory(FactList history) : history_(std::move(history)) {}
  Result<FactList> History(std::string_view, const NodeView&, const HistorySpec&) override { return history_; }
  Result<EntityInfo> Entity(const NodeView& node) override {
    EntityInfo out;
    out.node = node.Own();
    return out;
  }
  Result<std::vector<NodeKey>> FindNodes(std::string_view, std::string_view, std::size_t) override {
    return std::vector<NodeKey>{*ParseNodeId("dataset:crm:orders")};
  }

 private:
  FactList history_;
};

Status HistoryOf(const FactList& history) {
  return Service(std::make_unique<OneHistory>(history), "").History("volume", "dataset:crm:orders", {}).status();
}

TEST(Service, TellsADamagedHistoryFromNone) {
  EXPECT_EQ(HistoryOf({}).code(), StatusCode::kNotFound);
  FactList damaged;
  damaged.damaged = 3;
  const Status status = HistoryOf(damaged);
  EXPECT_EQ(status.code(), StatusCode::kDataLoss);
  EXPECT_THAT(status.message(), HasSubstr("3"));
}

}  // namespace
}  // namespace cairn
