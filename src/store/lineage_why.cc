#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"
#include "view/lineage_scope.h"

namespace cairn {
namespace {

constexpr EdgeType kTypes[] = {EdgeType::kReads,      EdgeType::kWrites,  EdgeType::kDerives, EdgeType::kTriggers,
                               EdgeType::kInfluences, EdgeType::kRenames, EdgeType::kSame};

std::string_view RuleName(ClaimScope scope) {
  switch (scope) {
    case ClaimScope::kInputsOutputs:
      return "inputs and outputs";
    case ClaimScope::kColumnLineage:
      return "columnLineage";
    case ClaimScope::kLineage:
      return "lineage";
    case ClaimScope::kSymlinks:
      return "symlinks";
    case ClaimScope::kRename:
      return "lifecycleStateChange";
    case ClaimScope::kDeclared:
      return "lineage_edge";
  }
  return "";
}

std::string Describe(const StepStatement& step) {
  std::string out(step.subtype);
  if (!step.description.empty()) out += fmt::format("{}{}", out.empty() ? "" : ": ", step.description);
  if (step.masking) out += out.empty() ? "masked" : ", masked";
  return out;
}

}  // namespace

// Under views_mutex_: the fact of which only time and content are remembered, found through the series it is in.
std::optional<Fact> EmbeddedRepository::FactOfReason(const LineageFold::Reason& reason, EdgeNumber edge) const {
  const Views& views = state_.views;
  const Graph::Edge& ends = views.graph().edge(edge);
  std::vector<std::pair<std::string_view, NodeNumber>> places;
  switch (reason.scope.what) {
    case ClaimScope::kInputsOutputs:
      places = {{kKindRunEvent, reason.scope.holder}, {kKindJobEvent, reason.scope.holder}};
      break;
    case ClaimScope::kDeclared:
      places = {{kKindLineageEdge, ends.to}, {kKindLineageEdge, views.lineage().WholeOf(ends.to)}};
      break;
    default:
      places = {{RuleName(reason.scope.what), reason.scope.holder}};
  }
  for (const auto& [kind, node] : places) {
    const Series* series = views.FindSeries(kind, views.nodes().at(node));
    if (series == nullptr) continue;
    for (const Posting& posting : PostingsOf(*series, reason.stamp.time, reason.stamp.time + 1)) {
      auto fact = state_.segments.FactOf(posting);
      if (fact && static_cast<std::uint32_t>(Fingerprint(fact->record())) == reason.stamp.hash) return std::move(*fact);
    }
  }
  return std::nullopt;
}

Result<LineageWhy> EmbeddedRepository::Why(const LineageWhySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const Views& views = state_.views;
  const std::uint32_t from = views.nodes().Find(spec.from);
  if (from == NumberSet::kNone) return NoSuchNode(spec.from);
  const std::uint32_t to = views.nodes().Find(spec.to);
  if (to == NumberSet::kNone) return NoSuchNode(spec.to);
  struct Found {
    EdgeNumber edge;
    LineageFold::Reason reason;
  };
  std::vector<Found> found;
  LineageWhy out;
  for (const EdgeType type : kTypes) {
    if (!spec.type.empty() && EdgeTypeName(type) != spec.type) continue;
    const EdgeNumber edge = views.graph().Find(type, from, to);
    if (edge == kNoNumber) continue;
    Interval room;
    for (const Interval& interval : views.graph().ValidityOf(edge, &room)) {
      LineageWhy::Span span{std::string(EdgeTypeName(type)), {interval.from}, std::nullopt};
      if (interval.until != kForever) span.until = Timestamp{interval.until};
      out.spans.push_back(std::move(span));
    }
    views.lineage().ForEachReason(edge, [&](const LineageFold::Reason& reason) { found.push_back({edge, reason}); });
  }
  if (found.empty()) {
    return Status(StatusCode::kNotFound, fmt::format("nothing states that {} goes into {}{}", NodeId(spec.from),
                                                     NodeId(spec.to), spec.type.empty() ? "" : " by " + spec.type));
  }
  out.total = found.size();
  const std::size_t count = spec.limit == 0 ? found.size() : std::min(spec.limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end(),
                    [](const Found& a, const Found& b) {
                      return a.reason.stamp != b.reason.stamp ? a.reason.stamp > b.reason.stamp : a.edge < b.edge;
                    });
  for (std::size_t i = 0; i < count; ++i) {
    const LineageFold::Reason& reason = found[i].reason;
    EdgeReason one;
    one.type = EdgeTypeName(views.graph().edge(found[i].edge).type);
    one.rule = RuleName(reason.scope.what);
    one.stated_at = {reason.stamp.time};
    if (reason.run != kNoNumber) one.run_id = views.texts().at(views.runs().at(reason.run).id);
    one.transformation = Describe(views.steps().at(reason.step));
    one.fact = FactOfReason(reason, found[i].edge);
    out.reasons.push_back(std::move(one));
  }
  return out;
}

}  // namespace cairn
