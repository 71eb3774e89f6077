#pragma once

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

  [[nodiscard]] auto Rank() const { return std::make_tuple(produced_at, seq.value, FacetOrdinal(facet)); }
  friend bool operator<(const Posting& a, const Posting& b) { return a.Rank() < b.Rank(); }
};

/// The postings of one series in the unsealed part of the log, by (produced_at, seq). Facts mostly come in the order of
/// their time and are appended; what comes late is kept beside and merged when it has grown to an eighth, so that
/// adding costs little in any order.
class PostingList {
 public:
  PostingList() = default;
  /// Takes postings that are in order.
  explicit PostingList(std::vector<Posting> sorted) : sorted_(std::move(sorted)) {}

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
  [[nodiscard]] bool empty() const { return sorted_.empty() && late_.empty(); }
  [[nodiscard]] std::size_t size() const { return sorted_.size() + late_.size(); }

  /// Calls `visit(span)` with all of them in order. Copies only where some came late.
  template <typename Visit>
  void Read(Visit&& visit) const {
    if (late_.empty()) {
      visit(std::span<const Posting>(sorted_));
    } else {
      const std::vector<Posting> all = Merged();
      visit(std::span<const Posting>(all));
    }
  }

 private:
  [[nodiscard]] std::vector<Posting> Merged() const;

  std::vector<Posting> sorted_;
  std::vector<Posting> late_;
};

}  // namespace cairn
