#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "cairn/repository.h"
#include "log/sealed_segment.h"
#include "log/segment.h"
#include "store/parsed_log.h"
#include "view/snapshot.h"
#include "view/views.h"

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
  /// Adds a series' postings in sealed segments with from <= produced_at < until, and keeps all in order.
  void AddSealed(const std::string& series_key, const PostingSpan& span, std::vector<Posting>* postings) const;
  /// Puts the series' newest posting in sealed segments with produced_at <= time in `newest`, where it is newer.
  void TakeNewestBy(const std::string& series_key, std::int64_t time, std::optional<Posting>* newest) const;
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
  using List = std::vector<std::shared_ptr<Segment>>;
  std::shared_ptr<const List> segments_ = std::make_shared<const List>();
};

/// Counters by which a reader that let writers in sees what became of the state it read.
struct StateVersions {
  std::uint64_t epoch = 0;   ///< The views were made anew: no number of a node, edge, series or run is what it was.
  std::uint64_t layout = 0;  ///< That, or a segment was sealed: its postings stand elsewhere.
  std::uint64_t any = 0;     ///< That, or a commit was applied.
};

/// What readers see: the views, and the segments that their postings point into. Guarded by its owner: many may read,
/// or one may write.
struct StoreState {
  Views views;
  SegmentList segments;
  std::vector<Damage> damage;
  SnapshotPlace place;        ///< Up to where the log was applied.
  std::uint64_t unsaved = 0;  ///< Records applied since the newest snapshot.
  /// A stretch of the log that was sealed and is being pruned: its postings may stand in the views and are not counted
  /// there. Empty: {1, 0}.
  Seq pruning_first{1};
  Seq pruning_last{0};
  StateVersions versions;

  /// Applies a batch read from the log.
  void Apply(const ParsedLogBatch& batch);
  /// Applies the records of a batch just written, in its order.
  void ApplyAppended(const LogBatch& batch, const LogTail& tail, std::span<const ParsedRecord* const> records,
                     std::span<const Views::Keys> keys);

  [[nodiscard]] bool pruning() const { return pruning_first <= pruning_last; }
  /// Where a record's line stands; nothing where only its segment knows.
  [[nodiscard]] Location LocationOf(Seq seq) const;

 private:
  void Reach(const LogBatch& batch);
};

}  // namespace cairn
