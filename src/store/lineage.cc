#include <fmt/format.h>

#include <algorithm>

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
  return AskLineage<LineageDiff>(spec.filter.time,
                                 [&](const LineageQuestion& views) { return views.Difference(spec); });
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
