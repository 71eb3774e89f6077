#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "cairn/repository.h"
#include "store/parsed_log.h"
#include "store/segment_list.h"
#include "view/snapshot.h"
#include "view/views.h"

namespace cairn {

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
