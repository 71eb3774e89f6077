#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "cairn/query.h"
#include "log/sealed_segment.h"
#include "view/postings.h"

namespace cairn {

/// A posting and the series it is of.
struct Candidate {
  Posting posting;
  std::uint32_t series = 0;
};

/// Gives the postings of many series in the order of (produced_at, seq), newest or oldest first, sorting no more than
/// what is asked for: those of unsealed segments are sorted piece by piece, those of sealed ones are read from their
/// indexes side by side.
class PostingMerge {
 public:
  explicit PostingMerge(Order order) : newest_(order == Order::kNewestFirst) {}

  void AddOpen(const Candidate& candidate) { open_.push_back(candidate); }
  /// A series' postings in a sealed segment with from <= produced_at < until.
  void AddSealed(std::shared_ptr<const SealedSegment> segment, const IndexReader::Postings& postings,
                 std::uint32_t series, std::int64_t from, std::int64_t until);

  std::optional<Candidate> Next();

 private:
  struct Source {
    std::shared_ptr<const SealedSegment> segment;
    IndexReader::Postings postings;
    std::uint32_t series;
    std::size_t at;
    std::size_t left;
    [[nodiscard]] Candidate Current() const;
  };
  [[nodiscard]] bool Before(const Posting& a, const Posting& b) const { return newest_ ? b < a : a < b; }
  void SortMore();

  bool newest_;
  std::vector<Candidate> open_;
  std::size_t open_at_ = 0;
  std::size_t open_sorted_ = 0;
  std::vector<Source> sources_;
  std::vector<std::pair<Candidate, std::size_t>> heap_;  // The next of each source.
  bool started_ = false;
};

}  // namespace cairn
