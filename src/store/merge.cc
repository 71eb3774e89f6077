#include "store/merge.h"

#include <algorithm>

namespace cairn {

Candidate PostingMerge::Source::Current() const {
  return {{postings.times[at], {segment->first().value + postings.records[at]}, postings.facet(at), {}}, series};
}

void PostingMerge::AddSealed(std::shared_ptr<const SealedSegment> segment, const IndexReader::Postings& postings,
                             std::uint32_t series, std::int64_t from, std::int64_t until) {
  const auto begin = std::lower_bound(postings.times.begin(), postings.times.end(), from);
  const auto end = std::lower_bound(begin, postings.times.end(), until);
  if (begin == end) return;
  const auto first = static_cast<std::size_t>(begin - postings.times.begin());
  const auto count = static_cast<std::size_t>(end - begin);
  sources_.push_back({std::move(segment), postings, series, newest_ ? first + count - 1 : first, count});
}

// Sorts the next stretch of the unsealed postings, each longer than the one before: a first page costs one pass, the
// whole costs a sort.
void PostingMerge::SortMore() {
  constexpr std::size_t kFirst = 1024;
  const std::size_t count = std::min(std::max(kFirst, open_sorted_), open_.size() - open_sorted_);
  const auto begin = open_.begin() + static_cast<std::ptrdiff_t>(open_sorted_);
  const auto middle = begin + static_cast<std::ptrdiff_t>(count);
  const auto before = [this](const Candidate& a, const Candidate& b) { return Before(a.posting, b.posting); };
  if (middle != open_.end()) std::nth_element(begin, middle, open_.end(), before);
  std::sort(begin, middle, before);
  open_sorted_ += count;
}

std::optional<Candidate> PostingMerge::Next() {
  const auto after = [this](const auto& a, const auto& b) { return Before(b.first.posting, a.first.posting); };
  if (!started_) {
    started_ = true;
    for (std::size_t i = 0; i < sources_.size(); ++i) heap_.emplace_back(sources_[i].Current(), i);
    std::make_heap(heap_.begin(), heap_.end(), after);
  }
  if (open_at_ == open_sorted_ && open_sorted_ < open_.size()) SortMore();
  const bool has_open = open_at_ < open_sorted_;
  if (heap_.empty() && !has_open) return {};
  if (has_open && (heap_.empty() || Before(open_[open_at_].posting, heap_.front().first.posting))) {
    return open_[open_at_++];
  }
  std::pop_heap(heap_.begin(), heap_.end(), after);
  const Candidate out = heap_.back().first;
  Source& source = sources_[heap_.back().second];
  if (--source.left == 0) {
    heap_.pop_back();
  } else {
    source.at = newest_ ? source.at - 1 : source.at + 1;
    heap_.back().first = source.Current();
    std::push_heap(heap_.begin(), heap_.end(), after);
  }
  return out;
}

}  // namespace cairn
