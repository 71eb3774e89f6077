#include "view/views.h"

#include <algorithm>

namespace cairn {

NodeFold& Views::Fold(std::uint32_t node) {
  if (node >= node_folds_.size()) node_folds_.resize(node + 1);
  return node_folds_[node];
}

Views::Keys Views::KeysOf(const ParsedRecord& record) {
  return {HashSeries(record.kind, record.target),
          record.run_id.empty() ? 0 : HashRun(record.target.tenant, record.run_id)};
}

void Views::AddFact(std::string_view kind, const NodeView& node, std::uint64_t hash, const Posting& posting) {
  bool added = false;
  const std::uint32_t number = series_.Intern(kind, node, hash, texts_, nodes_, &added);
  Series& series = series_.at(number);
  if (added) {
    NodeFold& fold = Fold(series.node);
    series.next_of_node = fold.first_series;
    fold.first_series = number;
  }
  SeriesTable::Add(series, posting);
}

void Views::Apply(Seq seq, Location location, const ParsedRecord& record, const Keys& keys) {
  ++records_;
  AddFact(record.kind, record.target, keys.series, {record.produced_at.ns, seq, Fact::kWholeRecord, location});
  if (!record.run_id.empty()) {
    RunFold& run = runs_.Intern(record.target.tenant, record.run_id, keys.run, texts_);
    RunTable::Fold(record, seq, run, texts_, nodes_);
  }
  if (record.event != nullptr) ApplyEvent(seq, location, record);
}

void Views::ApplyEvent(Seq seq, Location location, const ParsedRecord& record) {
  const EventStatements& event = *record.event;
  const std::int64_t time = record.produced_at.ns;
  std::vector<std::uint32_t> numbers;
  numbers.reserve(event.nodes.size());
  for (NodeView node : event.nodes) {
    node.tenant = record.target.tenant;
    numbers.push_back(nodes_.Intern(node));
    NodeFold& fold = Fold(numbers.back());
    fold.first_seen = std::min(fold.first_seen, time);
    fold.last_seen = std::max(fold.last_seen, time);
  }
  std::uint32_t ordinal = 0;
  for (const FacetStatement& facet : event.facets) {
    const NodeView node = nodes_.at(numbers[facet.node]);
    AddFact(facet.kind, node, HashSeries(facet.kind, node),
            {time, seq, ordinal | (facet.deleted ? kFacetDeleted : 0), location});
    ++ordinal;
  }
  for (const EdgeStatement& edge : event.edges) {
    graph_.AddEdge(edge.type, numbers[edge.from], numbers[edge.to], record.produced_at);
  }
  for (const AttributeStatement& statement : event.attributes) {
    NodeFold& fold = Fold(numbers[statement.node]);
    if (fold.attributes == NumberSet::kNone) {
      fold.attributes = static_cast<std::uint32_t>(attributes_.size());
      attributes_.emplace_back();
    }
    NodeAttributes& attributes = attributes_[fold.attributes];
    AttributeFold& kept = statement.what == AttributeStatement::What::kTags ? attributes.tags : attributes.owners;
    // Several statements of one event about one node (a tag facet may be on an input and an output): the last counts.
    if (std::make_pair(time, seq) < std::make_pair(kept.produced_at, kept.seq)) continue;
    kept.produced_at = time;
    kept.seq = seq;
    kept.values.clear();
    if (!statement.deleted) kept.values.assign(statement.values.begin(), statement.values.end());
  }
}

void Views::Prune(Seq first, Seq last) {
  for (std::uint32_t i = 0; i < series_.size(); ++i) series_.at(i).open.Prune(first, last);
  for (std::uint32_t i = 0; i < runs_.size(); ++i) {
    auto& open = runs_.at(i).open;
    std::erase_if(open, [&](std::uint64_t seq) { return seq >= first.value && seq <= last.value; });
    if (open.empty()) std::vector<std::uint64_t>().swap(open);
  }
}

}  // namespace cairn
