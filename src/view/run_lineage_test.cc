#include "view/run_lineage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

#include "view/lineage_question.h"
#include "view/view_for_test.h"

namespace cairn {
namespace {

// Lets one event in at the first rest.
class OneEventMeanwhile : public Pause {
 public:
  OneEventMeanwhile(FoldedViews& folded, std::string event) : folded_(folded), event_(std::move(event)) {}
  bool Tick() override {
    if (!event_.empty()) folded_.Apply(std::exchange(event_, ""));
    return true;
  }
  void Release() override {}
  bool Again() override { return Tick(); }

 private:
  FoldedViews& folded_;
  std::string event_;
};

TEST(RunLineage, AParentThatIsToldMeanwhileIsOfTheNextAnswer) {
  FoldedViews folded{TestEvent("COMPLETE", "r1", "2026-01-01T00:00:00Z",
                               R"("job":{"namespace":"etl","name":"j"},)"
                               R"("outputs":[{"namespace":"crm","name":"a"}])"),
                     TestEvent("COMPLETE", "r2", "2026-01-02T00:00:00Z",
                               R"("job":{"namespace":"etl","name":"k"},)"
                               R"("inputs":[{"namespace":"crm","name":"a"}],)"
                               R"("outputs":[{"namespace":"crm","name":"b"}])")};
  const auto parents = [&](Pause* pause) {
    LineageSpec spec{.node = Dataset("b").Own()};
    spec.filter.level = LineageLevel::kRuns;
    const auto graph = LineageQuestion(folded.views, pause).Graph(spec);
    EXPECT_TRUE(graph) << graph.status();
    EXPECT_EQ(graph->nodes.size(), 4u);
    return std::count_if(graph->edges.begin(), graph->edges.end(),
                         [](const auto& edge) { return edge.type == "parent"; });
  };
  OneEventMeanwhile meanwhile(folded, R"({"eventType":"RUNNING","eventTime":"2026-01-02T00:00:00Z","producer":"p",)"
                                      R"("run":{"runId":"r2","facets":{"parent":{"run":{"runId":"r1"},)"
                                      R"("job":{"namespace":"etl","name":"j"}}}},)"
                                      R"("job":{"namespace":"etl","name":"k"}})");
  EXPECT_EQ(parents(&meanwhile), 0);
  EXPECT_EQ(parents(nullptr), 1);
}

}  // namespace
}  // namespace cairn
