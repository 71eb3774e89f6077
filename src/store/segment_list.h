#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"
#include "log/sealed_segment.h"
#include "log/segment.h"
#include "view/postings.h"

namespace cairn {

/// The segments of a log, by first sequence number. A copy costs nothing and stays readable whatever becomes of the
/// store's own list.
class SegmentList {
 public:
  void Add(std::shared_ptr<Segment> segment);
  void Replace(const std::shared_ptr<Segment>& segment);

  [[nodiscard]] const std::shared_ptr<Segment>* Find(Seq seq) const;
  /// The line of a record. Returns DATA_LOSS where its bytes are damaged.
  [[nodiscard]] Result<PinnedLine> LineOf(Seq seq, Location location) const;
  [[nodiscard]] Result<Fact> FactOf(const Posting& posting) const;
  /// Appends the facts of the first postings, or of the last backwards, until `out` holds `limit`; what is damaged is
  /// passed over and counted. Postings that follow each other mostly stand in one segment, which is looked up once.
  Status AppendFacts(std::span<const Posting> postings, Order order, std::size_t limit, FactList* out) const;

  /// The record of such a line. Returns DATA_LOSS where its bytes are damaged.
  [[nodiscard]] Result<Fact> RecordAt(Seq seq, Location location) const;
  /// A series' postings in sealed segments with from <= produced_at < until, in order. `part` spares reading what is
  /// not asked for: of each segment so many come at most, the oldest or the newest.
  struct Part {
    Order order = Order::kOldestFirst;
    std::size_t limit = 0;  ///< 0: all.
  };
  [[nodiscard]] std::vector<Posting> SealedPostings(std::string_view series_key, const PostingSpan& span,
                                                    const Part& part) const;
  /// Puts the series' newest posting in sealed segments with produced_at <= time in `newest`, where it is newer.
  void TakeNewestBy(std::string_view series_key, std::int64_t time, std::optional<Posting>* newest) const;
  /// Adds a run's records in sealed segments.
  void AddSealed(const std::string& run_key, std::vector<Seq>* seqs) const;

  [[nodiscard]] auto begin() const { return segments_->begin(); }
  [[nodiscard]] auto end() const { return segments_->end(); }
  [[nodiscard]] bool empty() const { return segments_->empty(); }
  [[nodiscard]] std::size_t size() const { return segments_->size(); }
  [[nodiscard]] const std::shared_ptr<Segment>& at(std::size_t i) const { return (*segments_)[i]; }
  [[nodiscard]] Seq last_first() const { return empty() ? Seq{0} : segments_->back()->first(); }

 private:
  class Cursor;
  struct SealedSeries {
    const SealedSegment* segment;
    IndexReader::Postings postings;
  };
  /// The sealed segments that hold facts of a series, oldest first.
  [[nodiscard]] std::vector<SealedSeries> FindSealed(std::string_view series_key) const;
  using List = std::vector<std::shared_ptr<Segment>>;
  std::shared_ptr<const List> segments_ = std::make_shared<const List>();
};

}  // namespace cairn
