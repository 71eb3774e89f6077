#include "store/state.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "log/line.h"
#include "record/produced_at.h"

namespace cairn {
namespace {

// How many records ahead the places that the views will look at are fetched: about as much work as one access to
// memory.
constexpr std::size_t kPrefetchAhead = 6;

}  // namespace

void StoreState::Reach(const LogBatch& batch) {
  if (segments.last_first() < batch.segment->first()) {
    segments.Add(batch.segment);
  } else if (segments.last_first() == batch.segment->first() && !batch.segment->sealed()) {
    // A roll that failed half way left an empty segment of that name here; lines are written to the one made after.
    const auto& had = *segments.Find(batch.segment->first());
    const bool empty = !had->sealed() && static_cast<const OpenSegment&>(*had).locations().empty();
    if (empty && had != batch.segment) segments.Replace(batch.segment);
  }
  place.segment = batch.segment->first();
  place.tail.last = std::max(place.tail.last, batch.last);
}

void StoreState::Apply(const ParsedLogBatch& parsed) {
  const LogBatch& batch = parsed.batch;
  Reach(batch);
  const std::string file = SegmentName(batch.segment->first()) + std::string(kOpenSuffix);
  if (batch.damaged) {
    damage.push_back({file, batch.offset, batch.first, batch.last, batch.what});
    place.tail.crc_known = false;
    return;
  }
  for (const std::string& mistake : parsed.mistakes) {
    damage.push_back({file, batch.offset, batch.first, batch.last, mistake});
  }
  OpenSegment* open = batch.segment->sealed() ? nullptr : static_cast<OpenSegment*>(batch.segment.get());
  for (std::size_t i = 0; i < parsed.lines.size(); ++i) {
    const auto& line = parsed.lines[i];
    if (i + kPrefetchAhead < parsed.lines.size()) views.Prefetch(parsed.keys[i + kPrefetchAhead]);
    if (open != nullptr) open->AddLocation(line.seq, line.location);
    views.Apply(line.seq, line.location, parsed.parsed->records[i], parsed.keys[i]);
  }
  unsaved += parsed.lines.size();
  place.tail.crc = batch.crc;
  place.tail.crc_known = true;
  place.tail.ingested_at = std::max(place.tail.ingested_at, batch.ingested_at);
  place.tail.offset = batch.end;
  place.commit_bytes = static_cast<std::uint32_t>(batch.end - batch.offset - batch.lines.size());
}

void StoreState::ApplyAppended(const LogBatch& batch, const LogTail& tail, std::span<const ParsedRecord* const> records,
                               std::span<const Views::Keys> keys) {
  Reach(batch);
  auto* open = static_cast<OpenSegment*>(batch.segment.get());
  Seq seq = batch.first;
  std::uint64_t offset = batch.offset;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (i + kPrefetchAhead < records.size()) views.Prefetch(keys[i + kPrefetchAhead]);
    const std::size_t bytes = RecordLineBytes(seq, records[i]->json.size());
    const Location location{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(bytes - 1)};
    open->AddLocation(seq, location);
    views.Apply(seq, location, *records[i], keys[i]);
    offset += bytes;
    ++seq.value;
  }
  unsaved += records.size();
  place.tail = tail;
  place.commit_bytes = static_cast<std::uint32_t>(batch.end - offset);
}

void SegmentList::Add(std::shared_ptr<Segment> segment) {
  auto list = std::make_shared<List>(*segments_);
  list->push_back(std::move(segment));
  segments_ = std::move(list);
}

void SegmentList::Replace(const std::shared_ptr<Segment>& segment) {
  auto list = std::make_shared<List>(*segments_);
  for (auto& had : *list) {
    if (had->first() == segment->first()) had = segment;
  }
  segments_ = std::move(list);
}

const std::shared_ptr<Segment>* SegmentList::Find(Seq seq) const {
  const auto after =
      std::upper_bound(begin(), end(), seq, [](Seq wanted, const auto& segment) { return wanted < segment->first(); });
  return after == begin() ? nullptr : &*(after - 1);
}

Result<PinnedLine> SegmentList::LineOf(Seq seq, Location location) const {
  const auto* segment = Find(seq);
  if (segment == nullptr) {
    return Status(StatusCode::kDataLoss, fmt::format("record {}: its segment is missing", seq.value));
  }
  if (!(*segment)->sealed()) return (*segment)->Line(location);
  const auto& sealed = static_cast<const SealedSegment&>(**segment);
  if (auto kept = sealed.kept_lines()) {
    const auto offset = location.length != 0 ? std::optional(location.offset) : sealed.OffsetOf(seq);
    const std::string_view line = offset ? sealed.KeptLine(*kept, seq, *offset) : std::string_view();
    if (!line.empty()) return PinnedLine{line, std::move(kept)};
  }
  auto line = location.length != 0 ? sealed.Line(location)
                                   : sealed.LineOfRecord(static_cast<std::uint32_t>(seq.value - sealed.first().value));
  if (!line) return line;
  // A damaged index must not pass for an answer.
  const auto parsed = ParseRecordLine(line->line);
  if (!parsed || parsed->seq != seq) {
    return Status(StatusCode::kDataLoss, fmt::format("record {}: the index of segment {} is damaged; run cairn rebuild",
                                                     seq.value, SegmentName(sealed.first())));
  }
  return line;
}

Result<Fact> SegmentList::FactOf(const Posting& posting) const {
  auto line = LineOf(posting.seq, posting.location);
  if (!line) return line.error();
  return Fact(posting.seq, {posting.produced_at}, line->line, FacetOrdinal(posting.facet), std::move(line->pin));
}

// Postings that follow each other mostly stand in one segment, which is looked up once.
class SegmentList::Cursor {
 public:
  explicit Cursor(const SegmentList& list) : list_(list) {}

  // False where there is no segment that may hold it.
  bool Find(Seq seq) {
    if (segment_ != nullptr && seq >= segment_->first() && seq < end_) return true;
    const auto* found = list_.Find(seq);
    if (found == nullptr) return false;
    segment_ = found->get();
    end_ = found == &list_.segments_->back() ? Seq{~std::uint64_t{0}} : (*(found + 1))->first();
    kept_ = segment_->sealed() ? sealed().kept_lines() : nullptr;
    return true;
  }
  [[nodiscard]] const OpenSegment* open() const {
    return segment_->sealed() ? nullptr : static_cast<const OpenSegment*>(segment_);
  }
  [[nodiscard]] const SealedSegment& sealed() const { return static_cast<const SealedSegment&>(*segment_); }
  /// Of a sealed segment: its lines where they were kept, else null.
  [[nodiscard]] const std::shared_ptr<const Mapping>& kept() const { return kept_; }

 private:
  const SegmentList& list_;
  const Segment* segment_ = nullptr;
  std::shared_ptr<const Mapping> kept_;
  Seq end_;  // Of its stretch.
};

Status SegmentList::AppendFacts(std::span<const Posting> postings, Order order, std::size_t limit,
                                FactList* out) const {
  // Kept lines stand far apart: of so many it is found out first where they begin, and all those places are fetched.
  constexpr std::size_t kAtOnce = 64;
  std::array<std::uint32_t, kAtOnce> offsets{};
  const auto nth = [&](std::size_t i) -> const Posting& {
    return order == Order::kOldestFirst ? postings[i] : postings[postings.size() - 1 - i];
  };
  const auto add = [out](const Posting& posting, std::string_view line, std::shared_ptr<const void> pin) {
    out->emplace_back(posting.seq, Timestamp{posting.produced_at}, line, FacetOrdinal(posting.facet), std::move(pin));
  };
  Cursor cursor(*this);
  for (std::size_t begin = 0, end = 0; begin < postings.size() && out->size() < limit; begin = end) {
    end = std::min({postings.size(), begin + kAtOnce, begin + limit - out->size()});
    for (std::size_t i = begin; i < end; ++i) {
      if (!cursor.Find(nth(i).seq) || cursor.kept() == nullptr) continue;
      const auto offset = cursor.sealed().OffsetOf(nth(i).seq);
      offsets[i - begin] = offset.value_or(0);
      if (offset) cursor.sealed().FetchKeptLine(*cursor.kept(), nth(i).seq, *offset);
    }
    for (std::size_t i = begin; i < end; ++i) {
      const Posting& posting = nth(i);
      const bool found = cursor.Find(posting.seq);
      if (found && cursor.open() != nullptr && posting.location.length != 0) {
        add(posting, cursor.open()->BytesAt(posting.location), cursor.open()->pin());
        continue;
      }
      if (found && cursor.kept() != nullptr) {
        const std::string_view line = cursor.sealed().KeptLine(*cursor.kept(), posting.seq, offsets[i - begin]);
        if (!line.empty()) {
          add(posting, line, cursor.kept());
          continue;
        }
      }
      if (auto line = LineOf(posting.seq, posting.location)) {
        add(posting, line->line, std::move(line->pin));
      } else if (line.error().code() == StatusCode::kDataLoss) {
        ++out->damaged;
      } else {
        return line.error();
      }
    }
  }
  return Status::Ok();
}

Location StoreState::LocationOf(Seq seq) const {
  const auto* segment = segments.Find(seq);
  if (segment == nullptr || (*segment)->sealed()) return {};
  const auto& locations = static_cast<const OpenSegment&>(**segment).locations();
  const std::size_t index = seq.value - (*segment)->first().value;
  return index < locations.size() ? locations[index] : Location{};
}

Result<Fact> SegmentList::RecordAt(Seq seq, Location location) const {
  auto line = LineOf(seq, location);
  if (!line) return line.error();
  const auto parsed = ParseRecordLine(line->line);
  if (!parsed) return Status(StatusCode::kDataLoss, fmt::format("record {}: no record line", seq.value));
  auto produced_at = ProducedAt(parsed->record);
  if (!produced_at) {
    return Status(StatusCode::kDataLoss, fmt::format("record {}: {}", seq.value, produced_at.error().message()));
  }
  return Fact(seq, *produced_at, line->line, Fact::kWholeRecord, std::move(line->pin));
}

void SegmentList::AddSealed(const std::string& series_key, const PostingSpan& span,
                            std::vector<Posting>* postings) const {
  for (const auto& segment : *segments_) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const auto found = sealed.index().FindSeries(series_key);
    const auto first = std::lower_bound(found.times.begin(), found.times.end(), span.from);
    const auto last =
        span.until == Timestamp::Max().ns ? found.times.end() : std::lower_bound(first, found.times.end(), span.until);
    if (first >= last) continue;
    const auto middle = static_cast<std::ptrdiff_t>(postings->size());
    for (auto at = first; at != last; ++at) {
      const auto i = static_cast<std::size_t>(at - found.times.begin());
      postings->push_back({*at, {sealed.first().value + found.records[i]}, found.facet(i), {}});
    }
    std::inplace_merge(postings->begin(), postings->begin() + middle, postings->end());
  }
}

void SegmentList::TakeNewestBy(const std::string& series_key, std::int64_t time, std::optional<Posting>* newest) const {
  for (const auto& segment : *segments_) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const auto found = sealed.index().FindSeries(series_key);
    const auto after = std::upper_bound(found.times.begin(), found.times.end(), time);
    if (after == found.times.begin()) continue;
    const auto i = static_cast<std::size_t>(after - found.times.begin()) - 1;
    const Posting posting{found.times[i], {sealed.first().value + found.records[i]}, found.facet(i), {}};
    if (!*newest || **newest < posting) *newest = posting;
  }
}

void SegmentList::AddSealed(const std::string& run_key, std::vector<Seq>* seqs) const {
  for (const auto& segment : *segments_) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    for (const std::uint32_t record : sealed.index().FindRun(run_key)) {
      seqs->push_back({sealed.first().value + record});
    }
  }
  std::sort(seqs->begin(), seqs->end());
}

}  // namespace cairn
