#include "store/segment_list.h"

#include <fmt/format.h>

#include <algorithm>

#include "log/line.h"
#include "record/produced_at.h"

namespace cairn {

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
  const auto record = static_cast<std::uint32_t>(seq.value - sealed.first().value);
  if (auto kept = sealed.kept_lines()) {
    const std::string_view line = kept->OfRecord(record).text;
    if (!RecordOf(line, seq).empty()) return PinnedLine{line, std::move(kept)};
  }
  auto line = location.length != 0 ? sealed.Line(location) : sealed.LineOfRecord(record);
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
    kept_ = segment_->sealed() ? static_cast<const SealedSegment*>(segment_)->kept_lines() : nullptr;
    return true;
  }
  [[nodiscard]] const OpenSegment* open() const {
    return segment_->sealed() ? nullptr : static_cast<const OpenSegment*>(segment_);
  }
  /// Of a sealed segment: its lines where they were kept, else null.
  [[nodiscard]] const std::shared_ptr<const KeptLines>& kept() const { return kept_; }
  /// Of a posting of a sealed segment with kept lines: its line, empty where they have none.
  [[nodiscard]] KeptLine LineOf(const Posting& posting) const {
    const auto record = static_cast<std::uint32_t>(posting.seq.value - segment_->first().value);
    const bool is_numbered = posting.number != Posting::kUnnumbered;
    const KeptLine line = is_numbered ? kept_->OfPosting(posting.number) : kept_->OfRecord(record);
    // Where its place is known to be sound the line itself is not looked at: most of the time is what comes from
    // memory, once, to whoever sends it.
    if (kept_->is_verified()) return line;
    return {RecordOf(line.text, posting.seq).empty() ? std::string_view() : line.text, false};
  }

 private:
  const SegmentList& list_;
  const Segment* segment_ = nullptr;
  std::shared_ptr<const KeptLines> kept_;
  Seq end_;  // Of its stretch.
};

Status SegmentList::AppendFacts(std::span<const Posting> postings, Order order, std::size_t limit,
                                FactList* out) const {
  const auto nth = [&](std::size_t i) -> const Posting& {
    return order == Order::kOldestFirst ? postings[i] : postings[postings.size() - 1 - i];
  };
  const auto add = [out](const Posting& posting, std::string_view line, std::shared_ptr<const void> pin,
                         bool is_own_json = false) {
    const std::uint32_t facet = FacetOrdinal(posting.facet);
    out->emplace_back(posting.seq, Timestamp{posting.produced_at}, line, facet, std::move(pin),
                      is_own_json && facet == Fact::kWholeRecord);
  };
  Cursor cursor(*this);
  for (std::size_t i = 0; i < postings.size() && out->size() < limit; ++i) {
    const Posting& posting = nth(i);
    const bool found = cursor.Find(posting.seq);
    if (found && cursor.open() != nullptr && posting.location.length != 0) {
      add(posting, cursor.open()->BytesAt(posting.location), cursor.open()->pin());
      continue;
    }
    if (found && cursor.kept() != nullptr) {
      if (const KeptLine line = cursor.LineOf(posting); !line.text.empty()) {
        add(posting, line.text, cursor.kept(), line.is_own_json);
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
  return Status::Ok();
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

std::vector<SegmentList::SealedSeries> SegmentList::FindSealed(std::string_view series_key) const {
  const std::uint64_t hash = KeyHash(series_key);
  std::vector<SealedSeries> out;
  std::vector<IndexReader::SeriesSearch> searches;
  out.reserve(segments_->size());
  searches.reserve(segments_->size());
  for (const auto& segment : *segments_) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    out.push_back({&sealed, {}});
    searches.emplace_back(sealed.index(), hash);
  }
  for (auto& search : searches) search.Nearer();
  for (auto& search : searches) search.Near();
  for (std::size_t i = 0; i < out.size(); ++i) out[i].postings = searches[i].Find(series_key);
  std::erase_if(out, [](const SealedSeries& series) { return series.postings.times.empty(); });
  return out;
}

std::vector<Posting> SegmentList::SealedPostings(std::string_view series_key, const PostingSpan& span,
                                                 const Part& part) const {
  struct Stretch {
    const SealedSeries* series;
    std::size_t first;
    std::size_t count;
  };
  const auto found = FindSealed(series_key);
  std::vector<Stretch> stretches;
  stretches.reserve(found.size());
  std::size_t count = 0;
  for (const SealedSeries& series : found) {
    const auto& times = series.postings.times;
    const auto first =
        span.from == Timestamp::Min().ns ? times.begin() : std::lower_bound(times.begin(), times.end(), span.from);
    const auto last =
        span.until == Timestamp::Max().ns ? times.end() : std::lower_bound(first, times.end(), span.until);
    Stretch stretch{&series, static_cast<std::size_t>(first - times.begin()), static_cast<std::size_t>(last - first)};
    if (part.limit != 0 && stretch.count > part.limit) {
      if (part.order == Order::kNewestFirst) stretch.first += stretch.count - part.limit;
      stretch.count = part.limit;
    }
    if (stretch.count == 0) continue;
    if (const auto kept = series.segment->kept_lines()) {
      kept->FetchPlaces(series.postings.first + stretch.first, stretch.count);
    }
    stretches.push_back(stretch);
    count += stretch.count;
  }
  std::vector<Posting> out;
  out.reserve(count);
  for (const auto& [series, first, size] : stretches) {
    const IndexReader::Postings& postings = series->postings;
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    for (std::size_t i = first; i < first + size; ++i) {
      out.push_back({postings.times[i],
                     {series->segment->first().value + postings.records[i]},
                     postings.facet(i),
                     {},
                     postings.first + static_cast<std::uint32_t>(i)});
    }
    // What was stated later is mostly about a later time.
    if (middle != 0 && out[middle] < out[middle - 1]) std::inplace_merge(out.begin(), out.begin() + middle, out.end());
  }
  return out;
}

void SegmentList::TakeNewestBy(std::string_view series_key, std::int64_t time, std::optional<Posting>* newest) const {
  for (const auto& [segment, found] : FindSealed(series_key)) {
    const auto after = std::upper_bound(found.times.begin(), found.times.end(), time);
    if (after == found.times.begin()) continue;
    const auto i = static_cast<std::size_t>(after - found.times.begin()) - 1;
    const Posting posting{found.times[i],
                          {segment->first().value + found.records[i]},
                          found.facet(i),
                          {},
                          found.first + static_cast<std::uint32_t>(i)};
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
