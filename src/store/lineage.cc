#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/embedded_repository.h"
#include "store/lock_pause.h"
#include "view/lineage_question.h"

namespace cairn {
namespace {

// Questions that were interrupted by a rebuild are asked anew so often.
constexpr int kTries = 8;
constexpr std::size_t kRecordsPerPage = 512;

}  // namespace

template <typename Answer, typename Ask>
Result<Answer> EmbeddedRepository::AskLineage(const LineageTime& time, Ask ask) {
  if (Status status = CatchUp(); !status.ok()) return status;
  if (time.known_at) {
    const auto views = KnownAt(*time.known_at);
    if (!views) return views.error();
    return ask(LineageQuestion(**views, nullptr));
  }
  Result<Answer> answer(StatusCode::kAborted, "");
  for (int i = 0; i < kTries && !answer && answer.error().code() == StatusCode::kAborted; ++i) {
    std::shared_lock lock(views_mutex_);
    LockPause pause(lock, state_.versions.epoch, hold_);
    answer = ask(LineageQuestion(state_.views, &pause));
  }
  return answer;
}

Result<LineageGraph> EmbeddedRepository::Lineage(const LineageSpec& spec) {
  return AskLineage<LineageGraph>(spec.filter.time, [&](const LineageQuestion& views) { return views.Graph(spec); });
}

Result<LineagePaths> EmbeddedRepository::Paths(const LineagePathsSpec& spec) {
  return AskLineage<LineagePaths>(spec.filter.time, [&](const LineageQuestion& views) { return views.Paths(spec); });
}

Result<LineageImpact> EmbeddedRepository::Impact(const LineageSpec& spec) {
  return AskLineage<LineageImpact>(spec.filter.time, [&](const LineageQuestion& views) { return views.Impact(spec); });
}

Result<LineageShared> EmbeddedRepository::Shared(const LineageSharedSpec& spec) {
  return AskLineage<LineageShared>(spec.filter.time, [&](const LineageQuestion& views) { return views.Shared(spec); });
}

Result<LineageDiff> EmbeddedRepository::Difference(const LineageDiffSpec& spec) {
  Seq last;
  {
    const std::shared_lock lock(views_mutex_);
    last = state_.place.tail.last;
  }
  std::vector<LineageQuestion::Restated> restated;
  auto diff = AskLineage<LineageDiff>(spec.filter.time,
                                      [&](const LineageQuestion& views) { return views.Difference(spec, &restated); });
  if (!diff || restated.empty()) return diff;
  std::shared_ptr<const Views> known;
  if (spec.filter.time.known_at) {
    auto views = KnownAt(*spec.filter.time.known_at);
    if (!views) return views.error();
    known = std::move(*views);
  }
  AddRestated(spec, last, known.get(), restated, &*diff);
  return diff;
}

// Of series that were stated between the two instants, those whose newest fact by the one says other than by the other.
void EmbeddedRepository::AddRestated(const LineageDiffSpec& spec, Seq last, const Views* known,
                                     std::span<const LineageQuestion::Restated> restated, LineageDiff* diff) {
  struct Newest {
    std::optional<Posting> before;
    std::optional<Posting> after;
    std::string sealed_key;
  };
  std::vector<Newest> found;
  SegmentList segments;
  InSlices([&](LockPause& pause) {
    found.clear();
    segments = state_.segments;
    for (const auto& [node, kind] : restated) {
      if (found.size() % 64 == 0 && !pause.Tick()) return false;
      Newest& one = found.emplace_back();
      const Series* series = (known != nullptr ? *known : state_.views).FindSeries(kind, node);
      if (series == nullptr) continue;
      if (const Posting* at = series->open().NewestBy(spec.before.ns, last)) one.before = *at;
      if (const Posting* at = series->open().NewestBy(spec.after.ns, last)) one.after = *at;
      if (known == nullptr && series->open().size() != series->count) one.sealed_key = SeriesKeyBytes(kind, node);
    }
    return true;
  });
  std::vector<Posting> postings;  // The one before where there is one, then the one after.
  std::vector<Seq> seqs;
  for (Newest& one : found) {
    if (!one.sealed_key.empty()) {
      segments.TakeNewestBy(one.sealed_key, spec.before.ns, &one.before);
      segments.TakeNewestBy(one.sealed_key, spec.after.ns, &one.after);
    }
    if (one.before && one.after && one.before->Rank() == one.after->Rank()) one.after.reset();
    if (!one.after) continue;
    for (const std::optional<Posting>& posting : {one.before, one.after}) {
      if (posting) postings.push_back(*posting), seqs.push_back(posting->seq);
    }
  }
  std::vector<Location> locations;
  InSlices([&](LockPause& pause) {
    segments = state_.segments;
    locations.clear();
    return TakeLocations(seqs, pause, &locations);
  });
  std::size_t at = 0;
  // What is damaged counts as said: that it was stated anew is known.
  const auto said = [&](const std::optional<Posting>& posting) -> std::string {
    if (!posting) return {};
    Posting here = postings[at];
    here.location = locations[at++];
    if (IsDeletion(here.facet)) return {};
    const auto fact = segments.FactOf(here);
    const auto details = fact ? fact->Parse() : fact.error();
    return details ? details->payload : fmt::format("damaged {}", here.seq.value);
  };
  std::map<NodeKey, std::vector<std::string>> kinds;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].after) continue;
    const std::string before = said(found[i].before);
    if (said(found[i].after) != before) kinds[restated[i].node].push_back(restated[i].kind);
  }
  for (auto& [node, changed] : kinds) {
    std::sort(changed.begin(), changed.end());
    diff->nodes.push_back({node, LineageChange::kChanged, std::move(changed)});
  }
  std::sort(diff->nodes.begin(), diff->nodes.end(),
            [](const ChangedNode& a, const ChangedNode& b) { return a.node < b.node; });
  if (diff->nodes.size() <= spec.limit) return;
  diff->nodes.resize(spec.limit);
  diff->partial = true;
}

// The views folded from the records that were ingested by `time`: those of the log from its beginning, since no fact
// remembers when it came to be known. The last such views are kept.
Result<std::shared_ptr<const Views>> EmbeddedRepository::KnownAt(Timestamp time) {
  const std::lock_guard known_lock(known_mutex_);
  Seq last;
  {
    const std::shared_lock lock(views_mutex_);
    last = state_.place.tail.last;
  }
  if (known_views_.views != nullptr && known_views_.time == time && (known_views_.whole || known_views_.last == last)) {
    return known_views_.views;
  }
  auto views = std::make_shared<Views>();
  RecordParser parser;
  ParsedBatch batch;
  std::string padded;
  bool whole = false;
  for (Seq next{1}; next <= last && !whole;) {
    auto page = Tail(next, kRecordsPerPage);
    if (!page) return page.error();
    for (const Fact& fact : page->facts) {
      whole = fact.ingested_at() > time;
      if (whole) break;
      batch.Clear();
      padded.assign(fact.record());
      padded.append(kJsonPadding, '\0');
      const auto json = std::string_view(padded).substr(0, padded.size() - kJsonPadding);
      // What cannot be read is damage, which `Verify` tells.
      if (!parser.ParseStored(json, batch).ok()) continue;
      const ParsedRecord& record = batch.records.front();
      if (record.event != nullptr || !record.run_id.empty()) views->Apply(fact.seq(), {}, record);
    }
    next = page->next;
  }
  known_views_ = {time, last, whole, std::move(views)};
  return known_views_.views;
}

}  // namespace cairn
