#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "store/embedded_repository.h"
#include "store/merge.h"
#include "store/selection.h"

namespace cairn {
namespace {

constexpr std::size_t kSeriesPerTick = 64;

// A cursor is the rank of the last fact of a page: `produced_at.seq.facet`.
std::string CursorOf(const Posting& posting) {
  return fmt::format("{}.{}.{}", posting.produced_at, posting.seq.value, FacetOrdinal(posting.facet));
}

template <typename Number>
bool TakeNumber(std::string_view& text, Number* out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

Result<Posting> ParseCursor(std::string_view text) {
  const Status wrong(StatusCode::kInvalidArgument,
                     fmt::format("cursor \"{}\": not one that a page gave", text.substr(0, 80)));
  Posting out;
  if (!TakeNumber(text, &out.produced_at) || !text.starts_with('.')) return wrong;
  text.remove_prefix(1);
  if (!TakeNumber(text, &out.seq.value) || !text.starts_with('.')) return wrong;
  text.remove_prefix(1);
  if (!TakeNumber(text, &out.facet) || !text.empty()) return wrong;
  return out;
}

}  // namespace

Result<QueryPage> EmbeddedRepository::Query(const QuerySpec& spec) {
  auto selection = Selection::Create(spec);
  if (!selection) return selection.error();
  std::optional<Posting> resume;
  if (!spec.cursor.empty()) {
    auto cursor = ParseCursor(spec.cursor);
    if (!cursor) return cursor.error();
    resume = *cursor;
  }
  if (Status status = CatchUp(); !status.ok()) return status;

  const bool newest = spec.order == Order::kNewestFirst;
  std::int64_t from = selection->from();
  std::int64_t until = selection->until();
  if (resume && newest)
    until = std::min(until, resume->produced_at == Timestamp::Max().ns ? until : resume->produced_at + 1);
  if (resume && !newest) from = std::max(from, resume->produced_at);
  const auto behind_cursor = [&](const Posting& posting) {
    return !resume || (newest ? posting < *resume : *resume < posting);
  };

  PostingMerge merge(spec.order);
  SegmentList segments;
  std::vector<Seq> of_run;
  std::vector<std::pair<std::uint32_t, std::string>> kinds;  // Of the series found, by number.
  std::vector<std::pair<std::uint32_t, std::string>> keys;   // Of those of which something is sealed.
  bool run_known = true;
  PostingSpan span{.from = from, .until = until};
  const auto in_run = [&](Seq seq) {
    return spec.run_id.empty() || std::binary_search(of_run.begin(), of_run.end(), seq);
  };
  InSlices([&](LockPause& pause) {
    merge = PostingMerge(spec.order);
    kinds.clear();
    keys.clear();
    segments = state_.segments;
    span.last = state_.place.tail.last;
    if (!spec.run_id.empty()) {
      const RunFold* run = state_.views.FindRun(spec.tenant, spec.run_id);
      run_known = run != nullptr;
      if (!run_known) return true;
      Picture<Seq> picture;
      if (!TakeRun(state_.views.runs().NumberOf(*run), span.last, pause, &picture)) return false;
      pause.Release();
      of_run = SeqsOf(std::move(picture), segments);
      if (!pause.Again()) return false;
    }
    std::vector<std::uint32_t> series;
    if (!selection->SeriesOf(state_.views, pause, &series)) return false;
    for (const std::uint32_t number : series) {
      if (kinds.size() % kSeriesPerTick == 0 && !pause.Tick()) return false;
      kinds.emplace_back(number, state_.views.texts().at(state_.views.series().at(number).kind));
      std::string sealed_key;
      const bool same = EachPosting(number, span, pause, &sealed_key, [&](const Posting& posting) {
        if (selection->Wants(posting.facet) && in_run(posting.seq) && behind_cursor(posting)) {
          merge.AddOpen({posting, number});
        }
      });
      if (!same) return false;
      if (!sealed_key.empty()) keys.emplace_back(number, std::move(sealed_key));
    }
    return true;
  });
  if (!run_known) return QueryPage{};
  for (const auto& [number, key] : keys) {
    for (const auto& segment : segments) {
      if (!segment->sealed()) continue;
      auto sealed = std::static_pointer_cast<const SealedSegment>(segment);
      const auto postings = sealed->index().FindSeries(key);
      merge.AddSealed(std::move(sealed), postings, number, from, until);
    }
  }
  std::sort(kinds.begin(), kinds.end());

  QueryPage page;
  PathScratch scratch;
  Posting last;
  while (const auto candidate = merge.Next()) {
    const Posting& posting = candidate->posting;
    if (!behind_cursor(posting) || !selection->Wants(posting.facet)) continue;
    if (!in_run(posting.seq)) continue;
    auto fact = segments.FactOf(posting);
    if (!fact) {
      if (fact.error().code() != StatusCode::kDataLoss) return fact.error();
      ++page.damaged;
      continue;
    }
    if (selection->reads_records()) {
      const auto kind = std::lower_bound(kinds.begin(), kinds.end(), candidate->series,
                                         [](const auto& entry, std::uint32_t series) { return entry.first < series; });
      const auto document = DocumentOf(posting.seq, fact->line(), posting.facet, kind->second);
      if (!document) {
        ++page.damaged;
        continue;
      }
      if (!selection->Matches(*document, scratch)) continue;
      if (!selection->Shows(*document)) {
        ++page.withheld;
        continue;
      }
    }
    if (spec.limit != 0 && page.facts.size() == spec.limit) {
      page.cursor = CursorOf(last);
      break;
    }
    page.facts.push_back(std::move(*fact));
    last = posting;
  }
  return page;
}

}  // namespace cairn
