#include "view/views.h"

#include <algorithm>

#include "base/json.h"
#include "record/json_scan.h"

namespace cairn {

NodeFold& Views::Fold(std::uint32_t node) {
  if (node >= node_folds_.size()) node_folds_.resize(node + 1);
  return node_folds_[node];
}

NodeStated& Views::Stated(std::uint32_t node) {
  NodeFold& fold = Fold(node);
  if (fold.stated == NumberSet::kNone) {
    fold.stated = static_cast<std::uint32_t>(stated_.size());
    stated_.emplace_back();
  }
  return stated_[fold.stated];
}

void Views::SeeFamily(std::uint32_t node, std::int64_t time) {
  const std::uint32_t family = nodes_.FamilyOf(node);
  if (family >= families_seen_.size()) families_seen_.resize(family + 1);
  TimesSeen& seen = families_seen_[family];
  seen.first = std::min(seen.first, time);
  seen.last = std::max(seen.last, time);
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
    SeeFamily(series.node, posting.produced_at);
  }
  series.Add(posting);
  CountFacts(series.kind, 1);
  Touch(series.node);
}

void Views::CountFacts(std::uint32_t kind, std::uint64_t count) {
  if (kind >= kind_counts_.size()) kind_counts_.resize(kind + 1, 0);
  kind_counts_[kind] += count;
}

void Views::Apply(Seq seq, Location location, const ParsedRecord& record, const Keys& keys) {
  ++records_;
  AddFact(record.kind, record.target, keys.series, {record.produced_at.ns, seq, Fact::kWholeRecord, location});
  std::uint32_t run_number = NumberSet::kNone;
  if (!record.run_id.empty()) {
    RunFold& run = runs_.Intern(record.target.tenant, record.run_id, keys.run, texts_);
    const std::uint32_t job = run.job;
    RunTable::Fold(record, seq, run, texts_, nodes_);
    run_number = runs_.NumberOf(run);
    if (run.job != job) runs_.SetJob(run_number, job);
    // Who tells of a job tells of its runs.
    Touch(job);
    Touch(run.job);
  }
  if (record.event != nullptr) ApplyEvent(seq, location, record, run_number);
}

// Nodes are numbered by whoever names them first; the graph learns what one is when an event or an edge does.
std::uint32_t Views::InternNode(const NodeView& node) {
  const std::uint32_t number = nodes_.Intern(node);
  const NodeClass what = node.type == kTypeJob     ? NodeClass::kJob
                         : node.type == kTypeField ? NodeClass::kField
                         : node.type == kTypeRun   ? NodeClass::kRun
                                                   : NodeClass::kThing;
  if (what == NodeClass::kThing || lineage_.graph().ClassOf(number) == what) return number;
  lineage_.graph().SetClass(number, what);
  if (what == NodeClass::kField && !node.part.empty()) {
    lineage_.SetPart(number, nodes_.Intern({node.tenant, kTypeDataset, node.ns, node.name}));
  }
  return number;
}

void Views::ApplyEvent(Seq seq, Location location, const ParsedRecord& record, std::uint32_t run) {
  const EventStatements& event = *record.event;
  const std::int64_t time = record.produced_at.ns;
  std::vector<std::uint32_t>& numbers = room_.numbers;
  numbers.clear();
  for (NodeView node : event.nodes) {
    node.tenant = record.target.tenant;
    numbers.push_back(InternNode(node));
    Touch(numbers.back());
    NodeStated& fold = Stated(numbers.back());
    fold.first_seen = std::min(fold.first_seen, time);
    fold.last_seen = std::max(fold.last_seen, time);
    SeeFamily(numbers.back(), time);
  }
  std::uint32_t ordinal = 0;
  for (const FacetStatement& facet : event.facets) {
    const NodeView node = nodes_.at(numbers[facet.node]);
    AddFact(facet.kind, node, HashSeries(facet.kind, node),
            {time, seq, ordinal | (facet.deleted ? kFacetDeleted : 0), location});
    ++ordinal;
  }
  ApplyClaims(record, run, numbers);
  for (const AttributeStatement& statement : event.attributes) {
    ApplyAttributes(statement, numbers[statement.node], seq, time);
  }
  for (const MetadataStatement& statement : event.metadata) {
    ApplyMetadata(numbers[statement.node], statement.key, statement.value, seq, time);
  }
}

void Views::ApplyClaims(const ParsedRecord& record, std::uint32_t run, const std::vector<std::uint32_t>& numbers) {
  const EventStatements& event = *record.event;
  const Stamp stamp{record.produced_at.ns, static_cast<std::uint32_t>(record.fingerprint)};
  const bool of_job = record.form == Form::kRunEvent || record.form == Form::kJobEvent;
  const std::uint32_t target = of_job ? numbers.front() : NumberSet::kNone;  // A record's target comes first.
  // The edges claim by claim, as they are stated in any order.
  std::vector<std::uint32_t>& ends = room_.ends;
  std::vector<std::uint32_t>& next = room_.next;
  std::vector<std::uint32_t>& order = room_.order;
  std::vector<Claim>& edges = room_.edges;
  ends.assign(event.claims.size() + 1, 0);
  order.resize(event.edges.size());
  for (const EdgeStatement& edge : event.edges) ++ends[edge.claim + 1];
  for (std::size_t i = 1; i < ends.size(); ++i) ends[i] += ends[i - 1];
  next.assign(ends.begin(), ends.end() - 1);
  for (std::uint32_t i = 0; i < event.edges.size(); ++i) order[next[event.edges[i].claim]++] = i;
  for (std::uint32_t number = 0; number < event.claims.size(); ++number) {
    const ClaimStatement& claim = event.claims[number];
    edges.clear();
    for (std::uint32_t i = ends[number]; i < ends[number + 1]; ++i) {
      const EdgeStatement& edge = event.edges[order[i]];
      const EdgeNumber interned = lineage_.graph().Intern(edge.type, numbers[edge.from], numbers[edge.to]);
      if (interned != kNoNumber) edges.push_back({interned, steps_.Intern(event.steps[edge.step])});
    }
    if (claim.deleted) {
      lineage_.Delete(claim.scope, numbers[claim.holder], stamp);
    } else if (claim.scope == ClaimScope::kDeclared) {
      if (edges.empty()) continue;
      const DeclaredStatement& declared = *event.declared;
      lineage_.Declare(edges.front(), stamp, {declared.valid_from.ns, declared.valid_until.ns}, declared.stands);
    } else if (claim.scope == ClaimScope::kInputsOutputs) {
      if (!edges.empty()) lineage_.State({claim.scope, target, kNoNumber}, stamp, run, edges);
    } else {
      const bool anyones = claim.scope != ClaimScope::kColumnLineage && claim.scope != ClaimScope::kLineage;
      lineage_.State({claim.scope, numbers[claim.holder], anyones ? kNoNumber : target}, stamp, run, edges);
    }
  }
  for (const EndStatement& end : event.ends) lineage_.End(numbers[end.node], stamp, end.emptied);
}

void Views::ApplyAttributes(const AttributeStatement& statement, std::uint32_t node, Seq seq, std::int64_t time) {
  using What = AttributeStatement::What;
  std::string json = "null";
  if (!statement.deleted && statement.what == What::kDocumentation) {
    json = JsonString(statement.values.front());
  } else if (!statement.deleted) {
    json = "[";
    for (const std::string_view value : statement.values) {
      if (json.size() > 1) json += ',';
      AppendJsonString(json, value);
    }
    json += ']';
  }
  ApplyMetadata(node,
                statement.what == What::kTags     ? "tags"
                : statement.what == What::kOwners ? "owners"
                                                  : "documentation",
                json, seq, time);
  if (statement.what == What::kDocumentation) return;
  NodeStated& fold = Stated(node);
  if (fold.attributes == NumberSet::kNone) {
    fold.attributes = static_cast<std::uint32_t>(attributes_.size());
    attributes_.emplace_back();
  }
  NodeAttributes& attributes = attributes_[fold.attributes];
  AttributeFold& kept = statement.what == What::kTags ? attributes.tags : attributes.owners;
  // Several statements of one event about one node (a tag facet may be on an input and an output): the last counts.
  if (std::make_pair(time, seq) < std::make_pair(kept.produced_at, kept.seq)) return;
  kept.produced_at = time;
  kept.seq = seq;
  kept.values.clear();
  if (!statement.deleted) kept.values.assign(statement.values.begin(), statement.values.end());
}

void Views::ApplyMetadata(std::uint32_t node, std::string_view key, std::string_view json, Seq seq, std::int64_t time) {
  MetadataValue value{texts_.Intern(key), kNoNumber, 0, 0, false, 0, time, seq.value};
  if (json != "null") value.value = texts_.Intern(json);
  if (json.starts_with('[')) {
    value.is_list = true;
    value.first_item = metadata_.items();
    JsonCursor cursor(json);
    WalkArray(cursor, [&] {
      std::string_view item;
      if (!TakeValue(cursor, &item)) return false;
      metadata_.AddItem(texts_.Intern(item));
      return true;
    });
    value.items = metadata_.items() - value.first_item;
  }
  if (metadata_.State(node, value)) lineage_.graph().Touch(node);
}

bool Views::IsDeleted(std::uint32_t node) const {
  const std::uint32_t key = texts_.Find(kMetadataDeleted);
  if (key == NumberSet::kNone) return false;  // Nothing ever was.
  for (const MetadataValue& value : metadata_.Of(node)) {
    if (value.key != key) continue;
    if (value.value == kNoNumber || texts_.at(value.value) != "true") return false;
    const NodeStated* stated_of = stated(node);
    return stated_of == nullptr || stated_of->last_seen <= value.produced_at;
  }
  return false;
}

void Views::Prune(Seq first, Seq last) {
  std::uint32_t row = 0;
  while (PruneSome(first, last, &row, ~0U)) {
  }
}

// The runs follow the series.
bool Views::PruneSome(Seq first, Seq last, std::uint32_t* row, std::uint32_t rows) {
  const std::uint32_t all = series_.size() + runs_.size();
  const std::uint32_t end = *row + std::min(rows, all - *row);
  for (; *row < end; ++*row) {
    if (*row < series_.size()) {
      series_.at(*row).Prune(first, last);
      continue;
    }
    auto& open = runs_.at(*row - series_.size()).open;
    std::erase_if(open, [&](std::uint64_t seq) { return seq >= first.value && seq <= last.value; });
    if (open.empty()) std::vector<std::uint64_t>().swap(open);
  }
  return *row < all;
}

}  // namespace cairn
