#include "view/postings.h"

#include <algorithm>
#include <iterator>

namespace cairn {

void PostingList::Add(const Posting& posting) {
  if (late_.empty() && (sorted_.empty() || !(posting < sorted_.back()))) {
    sorted_.push_back(posting);
    return;
  }
  late_.push_back(posting);
  constexpr std::size_t kLateMin = 32;
  if (late_.size() > std::min(sorted_.size() / 8 + kLateMin, kLateMax)) {
    sorted_ = View().Merged();
    late_.clear();
  }
}

std::vector<Posting> OpenPostings::Merged() const {
  std::vector<Posting> all(sorted.begin(), sorted.end());
  all.insert(all.end(), late.begin(), late.end());
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(sorted.size());
  std::sort(middle, all.end());
  std::inplace_merge(all.begin(), middle, all.end());
  return all;
}

const Posting* OpenPostings::NewestBy(std::int64_t time, Seq last) const {
  const Posting* newest = nullptr;
  auto at = std::upper_bound(sorted.begin(), sorted.end(), time,
                             [](std::int64_t wanted, const Posting& posting) { return wanted < posting.produced_at; });
  while (at != sorted.begin() && newest == nullptr) {
    --at;
    if (at->seq <= last) newest = &*at;
  }
  for (const Posting& posting : late) {
    if (posting.produced_at > time || posting.seq > last) continue;
    if (newest == nullptr || *newest < posting) newest = &posting;
  }
  return newest;
}

void PostingList::Prune(Seq first, Seq last) {
  const auto sealed = [&](const Posting& posting) { return posting.seq >= first && posting.seq <= last; };
  std::erase_if(sorted_, sealed);
  std::erase_if(late_, sealed);
  if (sorted_.empty()) std::vector<Posting>().swap(sorted_);
  if (late_.empty()) std::vector<Posting>().swap(late_);
}

std::span<const Posting>::iterator PostingReading::Begin(const OpenPostings& list) {
  const std::span<const Posting> sorted = list.sorted;
  if (begun_) return std::upper_bound(sorted.begin(), sorted.end(), at_);
  begun_ = true;
  std::copy_if(list.late.begin(), list.late.end(), std::back_inserter(late_),
               [&](const Posting& posting) { return span_.Has(posting); });
  std::sort(late_.begin(), late_.end());
  told_.resize(late_.size());
  return std::lower_bound(sorted.begin(), sorted.end(), span_.from,
                          [](const Posting& posting, std::int64_t time) { return posting.produced_at < time; });
}

void PostingReading::Tell(const Posting& posting) {
  while (late_at_ < late_.size() && late_[late_at_] < posting) ++late_at_;
  if (late_at_ < late_.size() && late_[late_at_].Rank() == posting.Rank()) told_[late_at_] = true;
}

}  // namespace cairn
