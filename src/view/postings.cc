#include "view/postings.h"

#include <algorithm>

namespace cairn {

void PostingList::Add(const Posting& posting) {
  if (late_.empty() && (sorted_.empty() || !(posting < sorted_.back()))) {
    sorted_.push_back(posting);
    return;
  }
  late_.push_back(posting);
  constexpr std::size_t kLateMin = 32;
  if (late_.size() > sorted_.size() / 8 + kLateMin) {
    sorted_ = Merged();
    late_.clear();
  }
}

std::vector<Posting> PostingList::Merged() const {
  std::vector<Posting> all = sorted_;
  all.insert(all.end(), late_.begin(), late_.end());
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(sorted_.size());
  std::sort(middle, all.end());
  std::inplace_merge(all.begin(), middle, all.end());
  return all;
}

void PostingList::Prune(Seq first, Seq last) {
  const auto sealed = [&](const Posting& posting) { return posting.seq >= first && posting.seq <= last; };
  std::erase_if(sorted_, sealed);
  std::erase_if(late_, sealed);
  if (sorted_.empty()) std::vector<Posting>().swap(sorted_);
  if (late_.empty()) std::vector<Posting>().swap(late_);
}

}  // namespace cairn
