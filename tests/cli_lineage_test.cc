// The program as a user runs it: questions about lineage.

#include <gmock/gmock.h>

#include "cli_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Two ways from `top` to `bottom`; `left` has metadata of its own.
class LineageCliTest : public CliTest {
 protected:
  void SetUp() override {
    std::string lines;
    for (const auto& [from, to] :
         {std::pair{"top", "left"}, {"top", "right"}, {"left", "bottom"}, {"right", "bottom"}}) {
      lines += fmt::format(R"({{"kind":"lineage_edge","target":{{"namespace":"n","name":"{}"}},"producer_id":"p",)"
                           R"("produced_at":"2026-01-01T00:00:00Z","payload":{{"from":"dataset:n:{}"}}}})"
                           "\n",
                           to, from);
    }
    lines += R"({"kind":"metadata","target":{"namespace":"n","name":"left"},"producer_id":"p",)"
             R"("produced_at":"2026-01-01T00:00:00Z","payload":{"sla":4}})"
             "\n";
    const ProgramEnd end = Cairn({"ingest", "-"}, lines);
    ASSERT_EQ(end.code, 0) << end.err;
  }
};

TEST_F(LineageCliTest, ExcludedNodesAreGoneAround) {
  EXPECT_THAT(Cairn({"path", "top", "bottom"}).out, HasSubstr("left"));
  const ProgramEnd around = Cairn({"path", "top", "bottom", "--exclude", "dataset:n:left"});
  EXPECT_THAT(around.out, HasSubstr("right"));
  EXPECT_THAT(around.out, Not(HasSubstr("left")));
  EXPECT_EQ(Cairn({"path", "top", "bottom", "--exclude", "*:left", "--exclude", "*:right"}).code, 1);
  EXPECT_THAT(Cairn({"shared", "bottom", "left"}).out, HasSubstr("top"));
  EXPECT_THAT(Cairn({"shared", "bottom", "left", "--exclude", "*:top"}).out, Not(HasSubstr("top")));
  EXPECT_THAT(Cairn({"inherit", "bottom"}).out, HasSubstr("sla"));
  EXPECT_THAT(Cairn({"inherit", "bottom", "--exclude", "*:left"}).out, Not(HasSubstr("sla")));
  EXPECT_THAT(Cairn({"impact", "top", "--exclude", "*:left"}).out, Not(HasSubstr("left")));
}

}  // namespace
}  // namespace cairn
