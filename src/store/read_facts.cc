#include <fmt/format.h>

#include <algorithm>

#include "record/facet_map.h"
#include "store/embedded_repository.h"

namespace cairn {
namespace {

constexpr std::int64_t kMinNs = Timestamp::Min().ns;
constexpr std::int64_t kMaxNs = Timestamp::Max().ns;

Status NoFact(std::string_view kind, const NodeView& node) {
  return {StatusCode::kNotFound, fmt::format("no {} of {}", kind, NodeId(node))};
}

// Those with from <= produced_at < until; the bounds at the ends of time hold for all.
std::span<const Posting> Between(std::span<const Posting> postings, std::int64_t from, std::int64_t until) {
  const auto before = [](const Posting& posting, std::int64_t time) { return posting.produced_at < time; };
  const auto begin =
      from == kMinNs ? postings.begin() : std::lower_bound(postings.begin(), postings.end(), from, before);
  const auto end = until == kMaxNs ? postings.end() : std::lower_bound(begin, postings.end(), until, before);
  return {begin, end};
}

}  // namespace

Result<Fact> EmbeddedRepository::Latest(std::string_view kind, const NodeView& node) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::string_view series_kind = PlatformKind(kind);
  SegmentList segments;
  Posting latest;
  {
    const std::shared_lock lock(views_mutex_);
    const Series* series = state_.views.FindSeries(series_kind, node);
    if (series == nullptr) return NoFact(kind, node);
    latest = series->latest;
    if (IsDeletion(latest.facet)) {
      return Status(StatusCode::kNotFound, fmt::format("no {} of {}: deleted at {} (record {})", kind, NodeId(node),
                                                       FormatTimestamp({latest.produced_at}), latest.seq.value));
    }
    const auto* segment = state_.segments.Find(latest.seq);
    if (segment == nullptr || !(*segment)->sealed()) return state_.segments.FactOf(latest);
    segments = state_.segments;
  }
  return segments.FactOf(latest);
}

// Under views_mutex_.
bool EmbeddedRepository::TakeSeries(std::uint32_t series, const PostingSpan& span, Pause& pause,
                                    Picture<Posting>* out) const {
  return EachPosting(series, span, pause, &out->sealed_key,
                     [&](const Posting& posting) { out->open.push_back(posting); });
}

std::vector<Posting> EmbeddedRepository::PostingsOf(Picture<Posting>& picture, const PostingSpan& span,
                                                    const SegmentList& segments, const SegmentList::Part& part) {
  std::vector<Posting>& open = picture.open;
  // Those that came late stand behind the others.
  const auto late = std::is_sorted_until(open.begin(), open.end());
  std::sort(late, open.end());
  std::inplace_merge(open.begin(), late, open.end());
  if (picture.sealed_key.empty()) return std::move(open);
  std::vector<Posting> postings = segments.SealedPostings(picture.sealed_key, span, part);
  const auto middle = static_cast<std::ptrdiff_t>(postings.size());
  postings.insert(postings.end(), open.begin(), open.end());
  if (!open.empty() && middle != 0 && open.front() < postings[static_cast<std::size_t>(middle) - 1]) {
    std::inplace_merge(postings.begin(), postings.begin() + middle, postings.end());
  }
  return postings;
}

// Under views_mutex_. Where the lines of unsealed segments stand.
bool EmbeddedRepository::TakeLocations(std::span<const Seq> seqs, Pause& pause, std::vector<Location>* out) const {
  constexpr std::size_t kLocationsPerTick = 256;
  for (std::size_t i = 0; i < seqs.size(); ++i) {
    if (i % kLocationsPerTick == kLocationsPerTick - 1 && !pause.Tick()) return false;
    out->push_back(state_.LocationOf(seqs[i]));
  }
  return true;
}

Result<FactList> EmbeddedRepository::FactsOf(const SegmentList& segments, std::span<const Posting> postings,
                                             const HistorySpec& spec) {
  const std::size_t limit = spec.limit == 0 ? postings.size() : std::min(spec.limit, postings.size());
  FactList out;
  out.reserve(limit);
  if (Status status = segments.AppendFacts(postings, spec.order, limit, &out); !status.ok()) return status;
  return out;
}

Result<FactList> EmbeddedRepository::History(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::string_view series_kind = PlatformKind(kind);
  PostingSpan span;
  if (spec.from) span.from = spec.from->ns;
  if (spec.until) span.until = spec.until->ns;
  constexpr std::size_t kFactsAtOnce = 1024;
  {
    const std::shared_lock lock(views_mutex_);
    const Series* series = state_.views.FindSeries(series_kind, node);
    if (series == nullptr) return FactList();
    if (!state_.pruning() && series->open().size() == series->count && series->count <= kFactsAtOnce) {
      // Few, and nothing is sealed: the postings are read where they stand.
      Result<FactList> out(FactList{});
      series->open().Read([&](std::span<const Posting> open) {
        out = FactsOf(state_.segments, Between(open, span.from, span.until), spec);
      });
      return out;
    }
  }
  Picture<Posting> picture;
  SegmentList segments;
  InSlices([&](LockPause& pause) {
    picture = {};
    segments = state_.segments;
    span.last = state_.place.tail.last;
    const Series* series = state_.views.FindSeries(series_kind, node);
    return series == nullptr || TakeSeries(state_.views.series().NumberOf(*series), span, pause, &picture);
  });
  const auto read = [&](const SegmentList::Part& part) {
    return FactsOf(segments, PostingsOf(picture, span, segments, part), spec);
  };
  auto facts = read({spec.order, spec.limit});
  // Damaged ones take no place among so many.
  if (facts && facts->damaged != 0 && facts->size() < spec.limit && !picture.sealed_key.empty()) return read({});
  return facts;
}
}  // namespace cairn
