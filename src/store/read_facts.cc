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
  const std::shared_lock lock(views_mutex_);
  const Series* series = state_.views.FindSeries(series_kind, node);
  if (series == nullptr) return NoFact(kind, node);
  if (IsDeletion(series->latest.facet)) {
    return Status(StatusCode::kNotFound,
                  fmt::format("no {} of {}: deleted at {} (record {})", kind, NodeId(node),
                              FormatTimestamp({series->latest.produced_at}), series->latest.seq.value));
  }
  return state_.segments.FactOf(series->latest);
}

// Under views_mutex_: all postings of a series with from <= produced_at < until, in order.
std::vector<Posting> EmbeddedRepository::PostingsOf(const Series& series, std::int64_t from, std::int64_t until) const {
  std::vector<Posting> out;
  series.open.Read([&](std::span<const Posting> open) {
    const auto between = Between(open, from, until);
    out.assign(between.begin(), between.end());
  });
  if (series.open.size() == series.count) return out;
  const std::string key = SeriesKeyBytes(state_.views.texts().at(series.kind), state_.views.nodes().at(series.node));
  for (const auto& segment : state_.segments) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const auto postings = sealed.index().FindSeries(key);
    const auto begin = std::lower_bound(postings.times.begin(), postings.times.end(), from);
    const auto end = until == kMaxNs ? postings.times.end() : std::lower_bound(begin, postings.times.end(), until);
    if (begin >= end) continue;
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    for (auto at = begin; at != end; ++at) {
      const auto i = static_cast<std::size_t>(at - postings.times.begin());
      out.push_back({*at, {sealed.first().value + postings.records[i]}, postings.facet(i), {}});
    }
    std::inplace_merge(out.begin(), out.begin() + middle, out.end());
  }
  return out;
}

Result<FactList> EmbeddedRepository::FactsOf(std::span<const Posting> postings, const HistorySpec& spec) const {
  const std::size_t limit = spec.limit == 0 ? postings.size() : std::min(spec.limit, postings.size());
  FactList out;
  out.reserve(limit);
  if (Status status = state_.segments.AppendFacts(postings, spec.order, limit, &out); !status.ok()) return status;
  return out;
}

Result<FactList> EmbeddedRepository::History(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const Series* series = state_.views.FindSeries(PlatformKind(kind), node);
  if (series == nullptr) return FactList();
  const std::int64_t from = spec.from ? spec.from->ns : kMinNs;
  const std::int64_t until = spec.until ? spec.until->ns : kMaxNs;
  if (series->open.size() != series->count) return FactsOf(PostingsOf(*series, from, until), spec);
  // Nothing is sealed: the postings are read where they stand.
  Result<FactList> out(FactList{});
  series->open.Read([&](std::span<const Posting> open) { out = FactsOf(Between(open, from, until), spec); });
  return out;
}
}  // namespace cairn
