#pragma once

#include "cairn/lineage.h"
#include "lineage/reader.h"
#include "view/views.h"

namespace cairn {

/// Answers questions about the lineage in the views. `pause` (may be null) lets writers in meanwhile; whoever owns the
/// views guards them between. Every method returns NOT_FOUND for a node that no fact names, INVALID_ARGUMENT for a
/// question that cannot be read, ABORTED where the views were replaced meanwhile: ask again.
class LineageQuestion {
 public:
  LineageQuestion(const Views& views, Pause* pause) : views_(views), pause_(pause) {}

  Result<LineageGraph> Graph(const LineageSpec& spec) const;
  Result<LineagePaths> Paths(const LineagePathsSpec& spec) const;
  Result<LineageImpact> Impact(const LineageSpec& spec) const;
  Result<LineageShared> Shared(const LineageSharedSpec& spec) const;
  /// Nodes are told as having come or gone by their edges. Whether the facts about those that stood at both instants
  /// differ is not looked at: `restated` are the series to be looked at, which were stated in between, by node and
  /// kind; the first of them where they are many times the limit, and then the answer is partial.
  struct Restated {
    NodeKey node;
    std::string kind;
  };
  Result<LineageDiff> Difference(const LineageDiffSpec& spec, std::vector<Restated>* restated) const;

 private:
  const Views& views_;
  Pause* pause_;
};

}  // namespace cairn
