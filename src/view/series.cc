#include "view/series.h"

#include <algorithm>
#include <limits>

namespace cairn {

std::uint64_t HashSeries(std::string_view kind, const NodeView& node) {
  const std::uint64_t node_hash = HashNode(node);
  return (HashText(kind) ^ node_hash) * 0x9FB21C651E98DF25 ^ node_hash >> 31;
}

const Series* SeriesTable::Find(std::string_view kind, const NodeView& node, const TextTable& kinds,
                                const NodeTable& nodes) const {
  const std::uint32_t found = set_.Find(HashSeries(kind, node), [&](std::uint32_t number) {
    return kinds.at(series_[number].kind) == kind && nodes.at(series_[number].node) == node;
  });
  return found == NumberSet::kNone ? nullptr : &series_[found];
}

std::uint32_t SeriesTable::Intern(std::string_view kind, const NodeView& node, std::uint64_t hash, TextTable& kinds,
                                  NodeTable& nodes, bool* added) {
  const std::uint32_t found = set_.Find(hash, [&](std::uint32_t number) {
    return kinds.at(series_[number].kind) == kind && nodes.at(series_[number].node) == node;
  });
  *added = found == NumberSet::kNone;
  if (!*added) return found;
  Series& series = series_.emplace_back();
  series.kind = kinds.Intern(kind);
  series.node = nodes.Intern(node);
  set_.Add(hash);
  return set_.size() - 1;
}

void Series::Add(const Posting& posting) {
  const bool newest = count == 0 || latest < posting;
  if (list_ == nullptr && (is_latest_open || !newest)) {
    list_ = std::make_unique<PostingList>();
    if (is_latest_open) list_->Append(latest);
  }
  is_latest_open = list_ == nullptr;
  if (newest) latest = posting;
  first_produced = count == 0 ? posting.produced_at : std::min(first_produced, posting.produced_at);
  if (count != std::numeric_limits<std::uint32_t>::max()) {
    ++count;
    if (posting.facet == Fact::kWholeRecord) ++records;
  }
  if (list_ == nullptr) return;
  if (newest) {
    list_->Append(posting);
  } else {
    list_->Add(posting);
  }
}

void Series::Prune(Seq first, Seq last) {
  if (list_ == nullptr) {
    is_latest_open = is_latest_open && (latest.seq < first || latest.seq > last);
    return;
  }
  list_->Prune(first, last);
  if (list_->View().empty()) list_.reset();
}

void Series::SetOpen(std::vector<Posting> postings) {
  is_latest_open = postings.size() == 1 && postings.front().Rank() == latest.Rank();
  list_.reset();
  if (!is_latest_open && !postings.empty()) list_ = std::make_unique<PostingList>(std::move(postings));
}

}  // namespace cairn
