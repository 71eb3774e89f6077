#include "view/series.h"

#include <algorithm>

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

void SeriesTable::Add(Series& series, const Posting& posting) {
  const bool newest = series.count == 0 || series.latest < posting;
  if (newest) series.latest = posting;
  series.first_produced =
      series.count == 0 ? posting.produced_at : std::min(series.first_produced, posting.produced_at);
  ++series.count;
  if (posting.facet == Fact::kWholeRecord) ++series.records;
  if (newest) {
    series.open.Append(posting);
  } else {
    series.open.Add(posting);
  }
}

}  // namespace cairn
