#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "cairn/record.h"
#include "log/index_format.h"
#include "log/segment.h"

namespace cairn {

/// A fact of a series: when it was produced and where it stands.
struct Posting {
  std::int64_t produced_at = 0;
  Seq seq;
  std::uint32_t facet = Fact::kWholeRecord;  ///< As index_format.h says.
  Location location;                         ///< Of its line; length 0 where only the sealed segment knows.
  std::uint32_t number = kUnnumbered;        ///< In its sealed segment's index, where it was read from there.
  static constexpr std::uint32_t kUnnumbered = 0xFFFFFFFF;

  [[nodiscard]] auto Rank() const { return std::make_tuple(produced_at, seq.value, FacetOrdinal(facet)); }
  friend bool operator<(const Posting& a, const Posting& b) { return a.Rank() < b.Rank(); }
};

/// The postings of one series in the unsealed part of the log, wherever they are kept. A view: valid until they change.
struct OpenPostings {
  std::span<const Posting> sorted;  ///< By (produced_at, seq).
  std::span<const Posting> late;    ///< Came behind newer ones; in no order, and few.

  [[nodiscard]] bool empty() const { return sorted.empty() && late.empty(); }
  [[nodiscard]] std::size_t size() const { return sorted.size() + late.size(); }
  /// The newest up to `last` with produced_at <= time; null where there is none.
  [[nodiscard]] const Posting* NewestBy(std::int64_t time, Seq last) const;
  /// Calls `visit(span)` with those in order, then with the others.
  template <typename Visit>
  void ReadParts(Visit&& visit) const {
    visit(sorted);
    visit(late);
  }
  /// Calls `visit(span)` with all of them in order. Copies only where some came late.
  template <typename Visit>
  void Read(Visit&& visit) const {
    if (late.empty()) {
      visit(sorted);
    } else {
      const std::vector<Posting> all = Merged();
      visit(std::span<const Posting>(all));
    }
  }
  [[nodiscard]] std::vector<Posting> Merged() const;
};

/// A list of such postings, which grows. Facts mostly come in the order of
/// their time and are appended; what comes late is kept beside and merged when it has grown to an eighth, so that
/// adding costs little in any order.
class PostingList {
 public:
  PostingList() = default;
  explicit PostingList(std::vector<Posting> postings) : sorted_(std::move(postings)) {
    if (!std::is_sorted(sorted_.begin(), sorted_.end())) std::sort(sorted_.begin(), sorted_.end());
  }

  void Add(const Posting& posting);
  /// The same for one that is known to come behind all others: does not look at them, which are not in the processor's
  /// cache.
  void Append(const Posting& posting) {
    if (late_.empty()) {
      sorted_.push_back(posting);
    } else {
      Add(posting);
    }
  }
  /// Forgets those of a stretch of the log: it was sealed.
  void Prune(Seq first, Seq last);
  [[nodiscard]] OpenPostings View() const { return {sorted_, late_}; }

  /// Those that came late stay so few, whatever the list's length: they are read in one go.
  static constexpr std::size_t kLateMax = 16384;

 private:
  std::vector<Posting> sorted_;
  std::vector<Posting> late_;
};

/// Which postings are wanted: from <= produced_at < until, of the log up to `last`, and none of [`sealed_first`,
/// `sealed_last`].
struct PostingSpan {
  std::int64_t from = Timestamp::Min().ns;
  std::int64_t until = Timestamp::Max().ns;  ///< The greatest holds for all.
  Seq last{~std::uint64_t{0}};
  Seq sealed_first{1};
  Seq sealed_last{0};

  [[nodiscard]] bool Has(const Posting& posting) const {
    return posting.produced_at >= from && (posting.produced_at < until || until == Timestamp::Max().ns) &&
           posting.seq <= last && (posting.seq < sealed_first || posting.seq > sealed_last);
  }
};

/// Reads a list piece by piece. It may grow in between: nothing of `span` is missed or told twice. It must not be
/// pruned but of what `span` leaves out.
class PostingReading {
 public:
  explicit PostingReading(const PostingSpan& span) : span_(span) {}

  /// Goes on with about `count` and calls `visit(posting)` for those that are wanted, in order; but those that came
  /// late follow at the end, in an order of their own. True once all is read.
  template <typename Visit>
  bool Step(const OpenPostings& list, std::size_t count, Visit&& visit) {
    auto next = Begin(list);
    const std::span<const Posting> sorted = list.sorted;
    const auto left = static_cast<std::size_t>(sorted.end() - next);
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(count, left));
    bool done = end == sorted.end();
    for (; next != end; ++next) {
      if (next->produced_at >= span_.until && span_.until != Timestamp::Max().ns) {
        done = true;
        break;
      }
      at_ = *next;
      if (!span_.Has(*next)) continue;
      if (!late_.empty()) Tell(*next);
      visit(*next);
    }
    if (!done) return false;
    for (std::size_t i = 0; i < late_.size(); ++i) {
      if (!told_[i]) visit(late_[i]);
    }
    return true;
  }

 private:
  std::span<const Posting>::iterator Begin(const OpenPostings& list);
  void Tell(const Posting& posting);

  PostingSpan span_;
  bool begun_ = false;
  Posting at_;                 // The last that was looked at.
  std::vector<Posting> late_;  // Sorted. They may join the others at any time, behind or before what is read.
  std::vector<bool> told_;
  std::size_t late_at_ = 0;
};

}  // namespace cairn
