#pragma once

#include <simdjson.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/node.h"
#include "cairn/record.h"

namespace cairn {

struct FoundVersion;
struct RunStatements;

/// The payload of a record, parsed. What it gives points into it.
class ReadRecord {
 public:
  /// Null where the bytes are no record.
  static std::shared_ptr<ReadRecord> Read(std::string_view record);

  [[nodiscard]] simdjson::dom::element payload() const { return payload_; }
  /// Of a facet that is shown without its event: its key there. Empty for whatever else.
  [[nodiscard]] std::string_view facet() const { return facet_; }
  /// The objects of an event in which facets of the node stand. Datasets are looked for in an index, since one event
  /// may name thousands.
  [[nodiscard]] std::vector<simdjson::dom::object> HoldersOf(const NodeView& node);

 private:
  using Name = std::pair<std::string_view, std::string_view>;  // Namespace and name.
  void Index(simdjson::dom::object event);

  simdjson::dom::parser parser_;
  simdjson::dom::element payload_;
  std::string_view facet_;
  std::optional<std::multimap<Name, simdjson::dom::object>> datasets_;
};

/// What was read for one request already: whatever many things have in common is read once. Holds some megabytes at the
/// most; one thread.
class MarquezMemory {
 public:
  std::shared_ptr<ReadRecord> Record(Seq seq, std::string_view bytes);

  std::shared_ptr<const RunStatements> FindRun(const std::string& run_id) const {
    const auto found = runs_.find(run_id);
    return found == runs_.end() ? nullptr : found->second;
  }
  /// `bytes` is how long its events are.
  void KeepRun(const std::string& run_id, std::shared_ptr<const RunStatements> said, std::size_t bytes);

  /// What its first reader says of a dataset; null where that was not asked for yet.
  std::shared_ptr<const std::vector<FoundVersion>> FindFirstRead(const NodeKey& dataset) const {
    const auto found = first_reads_.find(dataset);
    return found == first_reads_.end() ? nullptr : found->second;
  }
  void KeepFirstRead(const NodeKey& dataset, std::shared_ptr<const std::vector<FoundVersion>> said) {
    first_reads_[dataset] = std::move(said);
  }

  /// The answer depends on the node, beside those it is about.
  void DependsOn(NodeKey node) { depends_on_.insert(std::move(node)); }
  /// The answer depends on what no node tells.
  void DependsOnMore() { depends_on_more_ = true; }
  [[nodiscard]] const std::set<NodeKey>& depends_on() const { return depends_on_; }
  [[nodiscard]] bool depends_on_more() const { return depends_on_more_; }

 private:
  static constexpr std::size_t kBytesMax = std::size_t{32} << 20;  // Of what was parsed, each.

  std::map<std::uint64_t, std::shared_ptr<ReadRecord>> records_;  // By sequence number.
  std::size_t record_bytes_ = 0;
  std::map<std::string, std::shared_ptr<const RunStatements>> runs_;
  std::size_t run_bytes_ = 0;
  std::map<NodeKey, std::shared_ptr<const std::vector<FoundVersion>>> first_reads_;
  std::set<NodeKey> depends_on_;
  bool depends_on_more_ = false;
};

}  // namespace cairn
