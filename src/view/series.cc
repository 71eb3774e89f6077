#include "view/series.h"

#include <algorithm>

namespace cairn {
namespace {

std::uint64_t HashSeries(std::string_view kind, std::uint64_t node_hash) {
  return (HashText(kind) ^ node_hash) * 0x9FB21C651E98DF25 ^ node_hash >> 31;
}

}  // namespace

const Series* SeriesTable::Find(std::string_view kind, const NodeView& node, const TextTable& kinds,
                                const NodeTable& nodes) const {
  const std::uint32_t found = set_.Find(HashSeries(kind, HashNode(node)), [&](std::uint32_t number) {
    return kinds.at(series_[number].kind) == kind && nodes.at(series_[number].node) == node;
  });
  return found == NumberSet::kNone ? nullptr : &series_[found];
}

std::uint32_t SeriesTable::Intern(std::string_view kind, const NodeView& node, TextTable& kinds, NodeTable& nodes,
                                  bool* added) {
  const std::uint64_t node_hash = HashNode(node);
  const std::uint64_t hash = HashSeries(kind, node_hash);
  const std::uint32_t found = set_.Find(hash, [&](std::uint32_t number) {
    return kinds.at(series_[number].kind) == kind && nodes.at(series_[number].node) == node;
  });
  *added = found == NumberSet::kNone;
  if (!*added) return found;
  Series& series = series_.emplace_back();
  series.kind = kinds.Intern(kind);
  series.node = nodes.Intern(node, node_hash);
  set_.Add(hash, [&](std::uint32_t number) {
    const Series& other = series_[number];
    return HashSeries(kinds.at(other.kind), HashNode(nodes.at(other.node)));
  });
  return set_.size() - 1;
}

void SeriesTable::Add(Series& series, const Posting& posting) {
  if (series.count == 0 || series.latest < posting) series.latest = posting;
  series.first_produced =
      series.count == 0 ? posting.produced_at : std::min(series.first_produced, posting.produced_at);
  ++series.count;
  if (posting.facet == Fact::kWholeRecord) ++series.records;
  series.open.Add(posting);
}

}  // namespace cairn
