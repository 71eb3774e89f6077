#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "cairn/repository.h"
#include "log/sealed_segment.h"
#include "log/segment.h"
#include "store/parsed_log.h"
#include "view/snapshot.h"
#include "view/views.h"

namespace cairn {

/// The segments of a log, by first sequence number. A copy stays readable whatever becomes of the store's own list.
class SegmentList {
 public:
  void Add(std::shared_ptr<Segment> segment) { segments_.push_back(std::move(segment)); }
  void Replace(const std::shared_ptr<Segment>& segment);

  [[nodiscard]] const std::shared_ptr<Segment>* Find(Seq seq) const;
  /// The line of a record. Returns DATA_LOSS where its bytes are damaged.
  [[nodiscard]] Result<PinnedLine> LineOf(Seq seq, Location location) const;
  [[nodiscard]] Result<Fact> FactOf(const Posting& posting) const;
  /// Appends the facts of the first postings, or of the last backwards, until `out` holds `limit`; what is damaged is
  /// passed over and counted. Postings that follow each other mostly stand in one segment, which is looked up once.
  Status AppendFacts(std::span<const Posting> postings, Order order, std::size_t limit, FactList* out) const;

  [[nodiscard]] auto begin() const { return segments_.begin(); }
  [[nodiscard]] auto end() const { return segments_.end(); }
  [[nodiscard]] bool empty() const { return segments_.empty(); }
  [[nodiscard]] std::size_t size() const { return segments_.size(); }
  [[nodiscard]] const std::shared_ptr<Segment>& at(std::size_t i) const { return segments_[i]; }
  [[nodiscard]] Seq last_first() const { return segments_.empty() ? Seq{0} : segments_.back()->first(); }

 private:
  std::vector<std::shared_ptr<Segment>> segments_;
};

/// What readers see: the views, and the segments that their postings point into. Guarded by its owner: many may read,
/// or one may write.
struct StoreState {
  Views views;
  SegmentList segments;
  std::vector<Damage> damage;
  SnapshotPlace place;        ///< Up to where the log was applied.
  std::uint64_t unsaved = 0;  ///< Records applied since the newest snapshot.
  std::uint64_t epoch = 0;  ///< Another one: the views were made anew, and no number of a node or edge is what it was.

  /// Applies a batch read from the log.
  void Apply(const ParsedLogBatch& batch);
  /// Applies the records of a batch just written, in its order.
  void ApplyAppended(const LogBatch& batch, const LogTail& tail, std::span<const ParsedRecord* const> records,
                     std::span<const Views::Keys> keys);

  /// The record at a sequence number, whose time is read from it. Returns DATA_LOSS where its bytes are damaged.
  [[nodiscard]] Result<Fact> RecordAt(Seq seq) const;

 private:
  void Reach(const LogBatch& batch);
};

}  // namespace cairn
