#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cairn/lineage.h"
#include "lineage/reader.h"
#include "lineage/walk.h"
#include "view/views.h"

namespace cairn {

/// How a walk at the level of fields goes between fields and what holds them.
class FieldsBeside final : public WalkBeside {
 public:
  FieldsBeside(const Views& views, GraphReader& reader) : views_(views), reader_(reader) {}
  [[nodiscard]] NodeNumber Also(NodeNumber node) const override;
  bool With(NodeNumber node, std::vector<NodeNumber>* out) const override;
  void Names(NodeNumber node, std::vector<NodeNumber>* out) const override;

 private:
  const Views& views_;
  GraphReader& reader_;
};

/// What of the graph a question goes through, read from its filter. One thread; lives as long as the question.
class LineageScope {
 public:
  /// Returns INVALID_ARGUMENT where a type is none, or a window ends before it begins.
  static Result<LineageScope> Make(const Views& views, const LineageFilter& filter, const NodeView& about);

  [[nodiscard]] LineageLevel level() const { return level_; }
  [[nodiscard]] const GraphReader::Wanted& wanted() const { return wanted_; }
  /// The nodes that stand for `node` at this level. Returns NOT_FOUND for a node that no fact names.
  [[nodiscard]] Result<std::vector<NodeNumber>> StartsOf(const NodeView& node) const;
  /// Null where every node may be entered; the nodes that are asked about may be in any case.
  [[nodiscard]] const Walk::Enter* enter() const { return exclude_.empty() ? nullptr : &enter_; }

  LineageScope(LineageScope&& other) noexcept;
  LineageScope& operator=(LineageScope&&) = delete;

 private:
  explicit LineageScope(const Views& views) : views_(views) {}
  void MakeEnter();

  const Views& views_;
  LineageLevel level_ = LineageLevel::kThings;
  GraphReader::Wanted wanted_;
  std::vector<std::string> exclude_;
  Walk::Enter enter_;
};

/// Whether the id of a node is what one of the globs describes.
bool MatchesAny(const std::vector<std::string>& globs, const NodeView& node);

/// How data is transformed along an edge, in a line; empty where nothing is stated.
std::string DescribeStep(const StepStatement& step);

Status NoSuchNode(const NodeView& node);
/// What a question that must be asked anew is answered with.
Status AskAnew();

}  // namespace cairn
