#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"
#include "view/lineage_scope.h"

namespace cairn {
namespace {

constexpr EdgeType kTypes[] = {EdgeType::kReads,      EdgeType::kWrites,  EdgeType::kDerives, EdgeType::kTriggers,
                               EdgeType::kInfluences, EdgeType::kRenames, EdgeType::kSame,    EdgeType::kContains};

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
    case ClaimScope::kContents:
      return kKindContents;
    case ClaimScope::kBook:
      return kKindBook;
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

struct EmbeddedRepository::ReasonFound {
  // Where the fact may stand of which only time and content are remembered: in a series of a node, at that time.
  struct Place {
    PostingSpan span;
    Picture<Posting> postings;
  };
  EdgeNumber edge;
  LineageFold::Reason reason;
  std::vector<Place> places;
};

// Under views_mutex_.
bool EmbeddedRepository::FindPlaces(Pause& pause, ReasonFound* found) const {
  const Views& views = state_.views;
  const LineageFold::Reason& reason = found->reason;
  const Graph::Edge& ends = views.graph().edge(found->edge);
  std::vector<std::pair<std::string_view, NodeNumber>> series;
  switch (reason.scope.what) {
    case ClaimScope::kInputsOutputs:
      series = {{kKindRunEvent, reason.scope.holder}, {kKindJobEvent, reason.scope.holder}};
      break;
    case ClaimScope::kDeclared:
      series = {{kKindLineageEdge, ends.to}, {kKindLineageEdge, views.lineage().WholeOf(ends.to)}};
      break;
    default:
      series = {{RuleName(reason.scope.what), reason.scope.holder}};
  }
  for (const auto& [kind, node] : series) {
    const Series* one = views.FindSeries(kind, views.nodes().at(node));
    if (one == nullptr) continue;
    ReasonFound::Place place;
    place.span = {.from = reason.stamp.time, .until = reason.stamp.time + 1};
    place.span.last = state_.place.tail.last;
    if (!TakeSeries(views.series().NumberOf(*one), place.span, pause, &place.postings)) return false;
    found->places.push_back(std::move(place));
  }
  return true;
}

// Under views_mutex_: the newest reasons, and in `out` what is said of the edge as a whole.
Status EmbeddedRepository::FindReasons(const LineageWhySpec& spec, std::vector<EdgeAndReason>* found,
                                       LineageWhy* out) const {
  const Views& views = state_.views;
  const std::uint32_t from = views.nodes().Find(spec.from);
  if (from == NumberSet::kNone) return NoSuchNode(spec.from);
  const std::uint32_t to = views.nodes().Find(spec.to);
  if (to == NumberSet::kNone) return NoSuchNode(spec.to);
  for (const EdgeType type : kTypes) {
    if (!spec.type.empty() && EdgeTypeName(type) != spec.type) continue;
    const EdgeNumber edge = views.graph().Find(type, from, to);
    if (edge == kNoNumber) continue;
    Interval room;
    for (const Interval& interval : views.graph().ValidityOf(edge, &room)) {
      LineageWhy::Span span{std::string(EdgeTypeName(type)), {interval.from}, std::nullopt};
      if (interval.until != kForever) span.until = Timestamp{interval.until};
      out->spans.push_back(std::move(span));
    }
    // Some 3 ns each: an edge stated 300,000 times is gone through in the time that a reader may take.
    views.lineage().ForEachReason(edge, [&](const LineageFold::Reason& reason) { found->emplace_back(edge, reason); });
  }
  if (found->empty()) {
    return {StatusCode::kNotFound, fmt::format("nothing states that {} goes into {}{}", NodeId(spec.from),
                                               NodeId(spec.to), spec.type.empty() ? "" : " by " + spec.type)};
  }
  return Status::Ok();
}

Result<LineageWhy> EmbeddedRepository::Why(const LineageWhySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  LineageWhy out;
  Status status;
  SegmentList segments;
  std::vector<ReasonFound> found;
  InSlices([&](LockPause& pause) {
    out = {};
    segments = state_.segments;
    std::vector<EdgeAndReason> all;
    status = FindReasons(spec, &all, &out);
    if (!status.ok()) return true;
    pause.Release();
    out.total = all.size();
    const std::size_t count = spec.limit == 0 ? all.size() : std::min(spec.limit, all.size());
    std::partial_sort(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count), all.end(),
                      [](const EdgeAndReason& a, const EdgeAndReason& b) {
                        return a.second.stamp != b.second.stamp ? a.second.stamp > b.second.stamp : a.first < b.first;
                      });
    found.clear();
    for (std::size_t i = 0; i < count; ++i) found.push_back({all[i].first, all[i].second, {}});
    if (!pause.Again()) return false;
    for (ReasonFound& one : found) {
      if (!FindPlaces(pause, &one) || !pause.Tick()) return false;
      EdgeReason reason;
      reason.type = EdgeTypeName(state_.views.graph().edge(one.edge).type);
      reason.rule = RuleName(one.reason.scope.what);
      reason.stated_at = {one.reason.stamp.time};
      if (one.reason.run != kNoNumber) {
        reason.run_id = state_.views.texts().at(state_.views.runs().at(one.reason.run).id);
      }
      reason.transformation = Describe(state_.views.steps().at(one.reason.step));
      out.reasons.push_back(std::move(reason));
    }
    return true;
  });
  if (!status.ok()) return status;
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (ReasonFound::Place& place : found[i].places) {
      for (const Posting& posting : PostingsOf(std::move(place.postings), place.span, segments)) {
        auto fact = segments.FactOf(posting);
        if (!fact || static_cast<std::uint32_t>(Fingerprint(fact->record())) != found[i].reason.stamp.hash) continue;
        out.reasons[i].fact = std::move(*fact);
        break;
      }
      if (out.reasons[i].fact) break;
    }
  }
  return out;
}

}  // namespace cairn
