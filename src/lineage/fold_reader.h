#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "base/past.h"
#include "lineage/fold.h"
#include "lineage/reader.h"
#include "lineage/resting.h"

namespace cairn {

/// What was stated as a question sees it: as it stood when the question began, however many writers were let in since.
/// Methods that answer false rest in between: then the question must be asked anew. One thread; lives as long as
/// `reader`, which lets the writers in.
class FoldReader {
 public:
  FoldReader(const LineageFold& fold, GraphReader& reader)
      : fold_(fold),
        reader_(reader),
        past_(fold.shapes_past_),
        shape_bound_(static_cast<std::uint32_t>(fold.shapes_.size())),
        arrived_(fold.arrived_) {}

  /// Calls `visit(reason)` for the statements of an edge, no order promised.
  template <typename Visit>
  bool ForEachReason(EdgeNumber edge, Visit&& visit) {
    where_.clear();
    const auto gather = [&](std::uint32_t shape, std::uint32_t step) {
      where_.push_back({fold_.shapes_[shape].scope, shape, step});
    };
    if (!ForEachShapeOf(edge, gather) || !SortResting(reader_, where_, where_room_, std::less<>())) return false;
    for (std::size_t begin = 0; begin < where_.size();) {
      const std::uint32_t scope = where_[begin].scope;
      std::size_t end = begin;
      for (; end < where_.size() && where_[end].scope == scope; ++end) {
        if (!Step()) return false;
      }
      if (!ForEachReasonIn(scope, std::span(where_).subspan(begin, end - begin), visit)) return false;
      begin = end;
    }
    return true;
  }

  /// The statements of a job about its inputs and outputs: `visit(stamp, run, claims)`.
  template <typename Visit>
  bool ForEachOfJob(NodeNumber job, Visit&& visit) {
    const std::uint32_t scope = job < fold_.io_scopes_.size() ? fold_.io_scopes_[job] : kNoNumber;
    if (scope == kNoNumber) return true;
    return ForEachEntry(scope, [&](const LineageFold::Entry& entry) {
      visit(entry.stamp(), entry.run, fold_.ClaimsOf(fold_.shapes_[entry.shape]));
    });
  }

  /// Whether the node is a name that another thing claims for itself.
  [[nodiscard]] bool IsFurtherName(NodeNumber node) const {
    const std::span<const EdgeNumber> edges = fold_.graph_.NamesAt(node);
    return std::any_of(edges.begin(), edges.end(), [&](EdgeNumber edge) {
      return reader_.IsName(edge) && ClaimsThen(fold_.graph_.edge(edge).to, edge);
    });
  }

  /// Whether an edge `same`, which is there in either direction, goes from what claims the name to the name: at the
  /// instant that is asked about, or at any time of a window.
  [[nodiscard]] bool IsClaimThen(EdgeNumber edge) const { return ClaimsThen(fold_.graph_.edge(edge).from, edge); }
  /// The same, whenever it did.
  [[nodiscard]] bool IsClaim(EdgeNumber edge) const { return fold_.Claims(fold_.graph_.edge(edge).from, edge); }

  /// When the edge was stated last; the least time where it never was.
  bool LastStated(EdgeNumber edge, std::int64_t* last) {
    *last = Timestamp::Min().ns;
    return ForEachShapeOf(
        edge, [&](std::uint32_t shape, std::uint32_t) { *last = std::max(*last, StatedSpan(shape).until); });
  }

  /// Calls `visit(step, first and last)` for each way of transforming the data that was stated of the edge.
  template <typename Visit>
  bool ForEachStep(EdgeNumber edge, Visit&& visit) {
    return ForEachFacetShapeOf(edge, [&](std::uint32_t shape, std::uint32_t step) {
      if (step != 0) visit(step, StatedSpan(shape));
    });
  }

 private:
  static constexpr std::uint32_t kShapesPerRest = 64;
  static constexpr std::size_t kEntriesPerRest = 1024;

  struct Where {
    std::uint32_t scope;
    std::uint32_t shape;
    std::uint32_t step;
    friend auto operator<=>(const Where&, const Where&) = default;
  };

  bool Step() { return ++steps_ % kShapesPerRest != 0 || reader_.Rest(); }

  // Where but one of the two ever claimed the other's name there is nothing to look for.
  [[nodiscard]] bool ClaimsThen(NodeNumber holder, EdgeNumber edge) const {
    if (!fold_.Claims(holder, edge)) return false;
    if (!fold_.stated_in_.find(edge)->second.of_several) return true;
    const Moment& moment = reader_.wanted().moment;
    const bool is_instant = moment.until - moment.from == 1;
    bool claims = false;
    LineageFold::Entry room;
    const auto found = fold_.holders_.find({ClaimScope::kSymlinks, holder});
    for (std::uint32_t at = found->second.first_scope; at != kNoNumber; at = fold_.scopes_[at].next_of_holder) {
      for (const LineageFold::Entry& entry : fold_.EntriesOf(at, &room)) {
        if (entry.arrived > arrived_ || entry.time >= moment.until) continue;
        const bool says = fold_.StepIn(fold_.shapes_[entry.shape], edge) != kNoNumber;
        claims = says || (claims && !is_instant);  // Of an instant the last word before it counts.
      }
    }
    return claims;
  }

  // When a set of claims was stated first and last.
  [[nodiscard]] Interval StatedSpan(std::uint32_t shape) {
    if (const Interval* was = past_.Find(shape)) return *was;
    return {fold_.shapes_[shape].first, fold_.shapes_[shape].last};
  }

  template <typename Visit>
  bool ForEachShapeOf(EdgeNumber edge, Visit&& visit) {
    // Inputs and outputs are found through the job, which is one end; all else is written down.
    const NodeNumber ends[] = {fold_.graph_.edge(edge).from, fold_.graph_.edge(edge).to};
    for (const NodeNumber end : ends) {
      if (end >= fold_.io_scopes_.size() || fold_.io_scopes_[end] == kNoNumber) continue;
      std::uint32_t at = fold_.scopes_[fold_.io_scopes_[end]].first_shape;
      for (; at != kNoNumber; at = fold_.shapes_[at].next) {
        if (!Step()) return false;
        if (at < shape_bound_ && fold_.StepIn(fold_.shapes_[at], edge) != kNoNumber) visit(at, 0U);
      }
      if (ends[0] == ends[1]) break;
    }
    return ForEachFacetShapeOf(edge, visit);
  }

  // Sets of claims are only added, the newest last.
  template <typename Visit>
  bool ForEachFacetShapeOf(EdgeNumber edge, Visit&& visit) {
    for (std::size_t i = 0;; ++i) {
      const auto found = fold_.stated_in_.find(edge);
      if (found == fold_.stated_in_.end() || i >= found->second.shapes.size() ||
          found->second.shapes[i] >= shape_bound_)
        return true;
      const std::uint32_t at = found->second.shapes[i];
      const Claim* const begin = fold_.claims_.data() + fold_.shapes_[at].begin;
      const Claim* const end = begin + fold_.shapes_[at].count;
      const Claim* claim = std::lower_bound(begin, end, Claim{edge, 0});
      for (; claim != end && claim->edge == edge; ++claim) visit(at, claim->step);
      if (!Step()) return false;
    }
  }

  // `where` is sorted.
  template <typename Visit>
  bool ForEachReasonIn(std::uint32_t scope, std::span<const Where> where, Visit& visit) {
    const auto before = [](const Where& one, std::uint32_t shape) { return one.shape < shape; };
    return ForEachEntry(scope, [&](const LineageFold::Entry& entry) {
      auto at = std::lower_bound(where.begin(), where.end(), entry.shape, before);
      for (; at != where.end() && at->shape == entry.shape; ++at) {
        visit(LineageFold::Reason{fold_.scopes_[scope].key(), entry.stamp(), entry.run, at->step});
      }
    });
  }

  template <typename Visit>
  bool ForEachEntry(std::uint32_t scope, Visit&& visit) {
    const bool in_order_of_arrival = LineageFold::Adds(fold_.scopes_[scope].what);
    LineageFold::Entry room;
    std::size_t at = 0;
    while (true) {
      std::span<const LineageFold::Entry> entries = fold_.EntriesOf(scope, &room);
      std::size_t end = std::min(entries.size(), at + kEntriesPerRest);
      // Equal ones are not parted, since where to read on is found by the last that was read.
      while (end < entries.size() && entries[end - 1] == entries[end]) ++end;
      for (; at < end; ++at) {
        if (entries[at].arrived <= arrived_) {
          visit(entries[at]);
        } else if (in_order_of_arrival) {
          return true;
        }
      }
      if (at == entries.size()) return true;
      const LineageFold::Entry last = entries[at - 1];
      if (!reader_.Rest()) return false;
      if (in_order_of_arrival) continue;
      entries = fold_.EntriesOf(scope, &room);
      at = static_cast<std::size_t>(std::upper_bound(entries.begin(), entries.end(), last) - entries.begin());
    }
  }

  const LineageFold& fold_;
  GraphReader& reader_;
  PastReader<Interval> past_;
  std::uint32_t shape_bound_;
  std::uint32_t arrived_;
  std::uint32_t steps_ = 0;
  std::vector<Where> where_;
  std::vector<Where> where_room_;
};

}  // namespace cairn
