#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/keep_first.h"
#include "lineage/fold_reader.h"
#include "lineage/same_things.h"
#include "store/embedded_repository.h"
#include "view/lineage_scope.h"

namespace cairn {
namespace {

constexpr std::size_t kReasonsPerRest = 64;
constexpr std::size_t kEdgesPerRest = 256;
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

// The edges of the wanted type between any names of the two, by type. False: anew.
bool EdgesBetween(const Views& views, const LineageWhySpec& spec, GraphReader& reader, const FoldReader& stated,
                  std::vector<EdgeNumber>* out) {
  const FieldsBeside fields(views, reader);
  SameThings same(reader, &fields);
  const std::vector<NodeNumber> from = same.NamesOf(views.nodes().Find(spec.from));
  const std::vector<NodeNumber> to = same.NamesOf(views.nodes().Find(spec.to));
  std::size_t looked_at = 0;
  for (const EdgeType type : kTypes) {
    if (!spec.type.empty() && EdgeTypeName(type) != spec.type) continue;
    for (const NodeNumber begin : from) {
      for (const NodeNumber end : to) {
        // Of a name it tells once who claims it, whichever of the two was asked for first.
        const bool is_name = type == EdgeType::kSame;
        const EdgeNumber edge = views.graph().Find(type, begin, end);
        if (edge != kNoNumber && (!is_name || stated.IsClaim(edge))) out->push_back(edge);
        const EdgeNumber back = is_name ? views.graph().Find(type, end, begin) : kNoNumber;
        if (back != kNoNumber && stated.IsClaim(back)) out->push_back(back);
        if (++looked_at % kEdgesPerRest == 0 && !reader.Rest()) return false;
      }
    }
  }
  std::sort(out->begin(), out->end());
  out->erase(std::unique(out->begin(), out->end()), out->end());
  return true;
}

}  // namespace

// Where the fact may stand of which only time and content are remembered: in a series of a node, at that time.
struct EmbeddedRepository::PlaceOfReason {
  std::string_view kind;
  NodeKey node;
  PostingSpan span;
  Picture<Posting> postings;
};
struct EmbeddedRepository::ReasonFound {
  Stamp stamp;
  std::vector<PlaceOfReason> places;
};

// Where the fact may stand that states what is in `reason`.
std::vector<EmbeddedRepository::PlaceOfReason> EmbeddedRepository::PlacesOf(const EdgeAndReason& found,
                                                                            Seq last) const {
  const Views& views = state_.views;
  const auto& [edge, reason] = found;
  const NodeNumber to = views.graph().edge(edge).to;
  std::vector<std::pair<std::string_view, NodeNumber>> series;
  switch (reason.scope.what) {
    case ClaimScope::kInputsOutputs:
      series = {{kKindRunEvent, reason.scope.holder}, {kKindJobEvent, reason.scope.holder}};
      break;
    case ClaimScope::kDeclared:
      series = {{kKindLineageEdge, to}, {kKindLineageEdge, views.lineage().WholeOf(to)}};
      break;
    default:
      series = {{RuleName(reason.scope.what), reason.scope.holder}};
  }
  std::vector<PlaceOfReason> out;
  for (const auto& [kind, node] : series) {
    PlaceOfReason& place = out.emplace_back();
    place.kind = kind;
    place.node = views.nodes().at(node).Own();
    place.span = {.from = reason.stamp.time, .until = reason.stamp.time + 1};
    place.span.last = last;
  }
  return out;
}

// Under views_mutex_: the newest reasons, and what is said of the edge as a whole. False: anew.
bool EmbeddedRepository::FindReasons(const LineageWhySpec& spec, GraphReader& reader, std::vector<EdgeAndReason>* found,
                                     LineageWhy* out) const {
  const Views& views = state_.views;
  FoldReader stated(views.lineage(), reader);
  std::vector<EdgeNumber> edges;
  if (!EdgesBetween(views, spec, reader, stated, &edges)) return false;
  for (const EdgeNumber edge : edges) {
    Interval room;
    for (const Interval& interval : reader.ValidityOf(edge, &room)) {
      LineageWhy::Span span{std::string(EdgeTypeName(views.graph().edge(edge).type)), {interval.from}, std::nullopt};
      if (interval.until != kForever) span.until = Timestamp{interval.until};
      const auto is_span = [&](const LineageWhy::Span& one) {
        return std::tie(one.type, one.from, one.until) == std::tie(span.type, span.from, span.until);
      };
      // Several names may have stood alike.
      if (std::none_of(out->spans.begin(), out->spans.end(), is_span)) out->spans.push_back(std::move(span));
    }
  }
  const auto before = [](const EdgeAndReason& a, const EdgeAndReason& b) {
    return a.second.stamp != b.second.stamp ? a.second.stamp > b.second.stamp : a.first < b.first;
  };
  for (const EdgeNumber edge : edges) {
    const auto visit = [&](const LineageFold::Reason& reason) {
      ++out->total;
      if (spec.limit == 0) {
        found->emplace_back(edge, reason);
      } else {
        KeepFirst(*found, {edge, reason}, spec.limit, before);
      }
    };
    if (!stated.ForEachReason(edge, visit)) return false;
  }
  std::vector<EdgeAndReason> room;
  return SortResting(reader, *found, room, before);
}

// Under views_mutex_. False: anew.
bool EmbeddedRepository::TellReasons(const LineageWhySpec& spec, Pause* pause, std::vector<ReasonFound>* places,
                                     LineageWhy* out) const {
  const Views& views = state_.views;
  GraphReader reader(views.graph(), {}, pause);
  const Seq last = state_.place.tail.last;
  std::vector<EdgeAndReason> found;
  if (!FindReasons(spec, reader, &found, out)) return false;
  std::size_t told = 0;
  for (const EdgeAndReason& one : found) {
    if (++told % kReasonsPerRest == 0 && !reader.Rest()) return false;
    places->push_back({one.second.stamp, PlacesOf(one, last)});
    EdgeReason reason;
    const Graph::Edge& edge = views.graph().edge(one.first);
    reason.type = EdgeTypeName(edge.type);
    reason.from = views.nodes().at(edge.from).Own();
    reason.to = views.nodes().at(edge.to).Own();
    reason.rule = RuleName(one.second.scope.what);
    reason.stated_at = {one.second.stamp.time};
    if (one.second.run != kNoNumber) reason.run_id = views.texts().at(views.runs().at(one.second.run).id);
    reason.transformation = DescribeStep(views.steps().at(one.second.step));
    out->reasons.push_back(std::move(reason));
  }
  return true;
}

Result<LineageWhy> EmbeddedRepository::Why(const LineageWhySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  LineageWhy out;
  std::vector<ReasonFound> found;
  for (bool told = false; !told;) {
    std::shared_lock lock(views_mutex_);
    for (const NodeKey* node : {&spec.from, &spec.to}) {
      if (state_.views.nodes().Find(*node) == NumberSet::kNone) return NoSuchNode(*node);
    }
    out = {};
    found.clear();
    LockPause pause(lock, state_.versions.epoch, hold_);
    told = TellReasons(spec, &pause, &found, &out);
  }
  if (out.total == 0) {
    return Status(StatusCode::kNotFound, fmt::format("nothing states that {} goes into {}{}", NodeId(spec.from),
                                                     NodeId(spec.to), spec.type.empty() ? "" : " by " + spec.type));
  }
  SegmentList segments;
  InSlices([&](LockPause& pause) {
    segments = state_.segments;
    for (ReasonFound& one : found) {
      for (PlaceOfReason& place : one.places) {
        place.postings = {};
        const Series* series = state_.views.FindSeries(place.kind, place.node);
        if (series == nullptr) continue;
        const std::uint32_t number = state_.views.series().NumberOf(*series);
        if (!TakeSeries(number, place.span, pause, &place.postings)) return false;
      }
      if (!pause.Tick()) return false;
    }
    return true;
  });
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (PlaceOfReason& place : found[i].places) {
      for (const Posting& posting : PostingsOf(place.postings, place.span, segments)) {
        auto fact = segments.FactOf(posting);
        if (!fact || static_cast<std::uint32_t>(Fingerprint(fact->record())) != found[i].stamp.hash) continue;
        out.reasons[i].fact = std::move(*fact);
        break;
      }
      if (out.reasons[i].fact) break;
    }
  }
  return out;
}

}  // namespace cairn
