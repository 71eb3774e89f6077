#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lineage/fold.h"
#include "lineage/metadata.h"
#include "record/statements.h"
#include "view/names.h"
#include "view/runs.h"
#include "view/series.h"
#include "view/steps.h"

namespace cairn {

/// What the entity view keeps of a node beside its series.
struct NodeFold {
  std::uint32_t first_series = NumberSet::kNone;
  std::uint32_t stated = NumberSet::kNone;  ///< Its `NodeStated`, which only nodes that events name have.
};

/// What events say of a node.
struct NodeStated {
  std::int64_t first_seen = Timestamp::Max().ns;  ///< Over the events that name it; records are in its series.
  std::int64_t last_seen = Timestamp::Min().ns;
  std::uint32_t attributes = NumberSet::kNone;
};

/// When something was named first and last.
struct TimesSeen {
  std::int64_t first = Timestamp::Max().ns;
  std::int64_t last = Timestamp::Min().ns;
};

/// Tags or owners: the newest statement, whole.
struct AttributeFold {
  std::int64_t produced_at = Timestamp::Min().ns;
  Seq seq;
  std::vector<std::string> values;
};

struct NodeAttributes {
  AttributeFold tags;
  AttributeFold owners;
};

/// The folds over the log: series, runs, lineage, entities. `Apply` and nothing else changes what they say; records
/// are applied in the order of the log. Whoever owns them guards them: many may read, or one may write.
class Views {
 public:
  /// Under what a record is looked up: hashes, which its parser computes for many at once and without a lock.
  struct Keys {
    std::uint64_t series = 0;
    std::uint64_t run = 0;
  };
  static Keys KeysOf(const ParsedRecord& record);
  /// To be called some records ahead of `Apply`.
  void Prefetch(const Keys& keys) const {
    series_.Prefetch(keys.series);
    runs_.Prefetch(keys.run);
  }
  void Apply(Seq seq, Location location, const ParsedRecord& record, const Keys& keys);
  void Apply(Seq seq, Location location, const ParsedRecord& record) { Apply(seq, location, record, KeysOf(record)); }

  /// Forgets the postings of a segment that was sealed: its index has them.
  void Prune(Seq first, Seq last);
  /// The same piece by piece: goes on at `*row` with as many rows; false when all is done.
  bool PruneSome(Seq first, Seq last, std::uint32_t* row, std::uint32_t rows);

  [[nodiscard]] const TextTable& texts() const { return texts_; }
  [[nodiscard]] const NodeTable& nodes() const { return nodes_; }
  [[nodiscard]] const SeriesTable& series() const { return series_; }
  [[nodiscard]] const RunTable& runs() const { return runs_; }
  [[nodiscard]] const Graph& graph() const { return lineage_.graph(); }
  [[nodiscard]] Graph& graph() { return lineage_.graph(); }
  [[nodiscard]] const LineageFold& lineage() const { return lineage_; }
  [[nodiscard]] const StepTable& steps() const { return steps_; }
  [[nodiscard]] const MetadataTable& metadata() const { return metadata_; }
  [[nodiscard]] std::uint64_t records() const { return records_; }
  /// Facts of each kind, by its number in `texts`; zero for what is beyond the end.
  [[nodiscard]] const std::vector<std::uint64_t>& kind_counts() const { return kind_counts_; }
  [[nodiscard]] const NodeFold* node(std::uint32_t number) const {
    return number < node_folds_.size() ? &node_folds_[number] : nullptr;
  }
  /// Null where no event names it.
  [[nodiscard]] const NodeStated* stated(std::uint32_t number) const {
    const NodeFold* fold = node(number);
    return fold == nullptr || fold->stated == NumberSet::kNone ? nullptr : &stated_[fold->stated];
  }
  [[nodiscard]] const NodeAttributes* attributes(std::uint32_t number) const {
    const NodeStated* fold = stated(number);
    return fold == nullptr || fold->attributes == NumberSet::kNone ? nullptr : &attributes_[fold->attributes];
  }
  /// Of the nodes of one tenant, type and namespace, by its number in `nodes`: when events named one, or the first fact
  /// of a kind came about one.
  [[nodiscard]] TimesSeen family_seen(std::uint32_t family) const {
    return family < families_seen_.size() ? families_seen_[family] : TimesSeen{};
  }
  /// Whether a record said that the node is gone, and nothing named it since.
  [[nodiscard]] bool IsDeleted(std::uint32_t node) const;
  [[nodiscard]] const Series* FindSeries(std::string_view kind, const NodeView& node) const {
    return series_.Find(kind, node, texts_, nodes_);
  }
  [[nodiscard]] const RunFold* FindRun(std::string_view tenant, std::string_view id) const {
    return runs_.Find(tenant, id, texts_);
  }

 private:
  friend class SnapshotWriter;
  friend class SnapshotReader;

  void Touch(std::uint32_t node) {
    TouchMarks* marks = lineage_.graph().marks();
    if (marks == nullptr || node == NumberSet::kNone) return;
    marks->Touch(node);
    // Who tells of a dataset tells of its fields.
    if (lineage_.graph().ClassOf(node) == NodeClass::kField) marks->Touch(lineage_.WholeOf(node));
  }
  void AddFact(std::string_view kind, const NodeView& node, std::uint64_t hash, const Posting& posting);
  void CountFacts(std::uint32_t kind, std::uint64_t count);
  void ApplyEvent(Seq seq, Location location, const ParsedRecord& record, std::uint32_t run);
  void ApplyClaims(const ParsedRecord& record, std::uint32_t run, const std::vector<std::uint32_t>& numbers);
  void ApplyAttributes(const AttributeStatement& statement, std::uint32_t node, Seq seq, std::int64_t time);
  void ApplyMetadata(std::uint32_t node, std::string_view key, std::string_view json, Seq seq, std::int64_t time);
  std::uint32_t InternNode(const NodeView& node);
  NodeFold& Fold(std::uint32_t node);
  void SeeFamily(std::uint32_t node, std::int64_t time);
  NodeStated& Stated(std::uint32_t node);

  TextTable texts_;
  NodeTable nodes_;
  SeriesTable series_;
  RunTable runs_;
  LineageFold lineage_;
  StepTable steps_;
  MetadataTable metadata_;
  /// For the record that is applied; kept for the next.
  struct Room {
    std::vector<std::uint32_t> numbers;  // Of the event's nodes.
    std::vector<std::uint32_t> ends;     // Of each claim's edges in `order`.
    std::vector<std::uint32_t> next;
    std::vector<std::uint32_t> order;
    std::vector<Claim> edges;
  };
  Room room_;
  std::vector<NodeFold> node_folds_;
  std::vector<NodeStated> stated_;
  std::vector<NodeAttributes> attributes_;
  std::vector<TimesSeen> families_seen_;
  std::vector<std::uint64_t> kind_counts_;
  std::uint64_t records_ = 0;
};

}  // namespace cairn
