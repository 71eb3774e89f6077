#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "base/grow_array.h"
#include "cairn/lineage.h"
#include "cairn/time.h"
#include "lineage/adjacency.h"
#include "lineage/touch_marks.h"
#include "record/statements.h"

namespace cairn {

/// `reads`, `writes`, `derives`, `triggers`, `influences`, `renames`, `same`, `contains`.
std::string_view EdgeTypeName(EdgeType type);

/// A stretch of event time, [from, until) in nanoseconds.
struct Interval {
  std::int64_t from = 0;
  std::int64_t until = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};
/// An interval that has not ended.
inline constexpr std::int64_t kForever = Timestamp::Max().ns;

/// What a node is to a walk.
enum class NodeClass : std::uint8_t {
  kThing = 0,  ///< A dataset, file, record, or whatever else holds data: what hops and levels count.
  kJob = 1,
  kField = 2,
  kRun = 3,
};
/// What an edge is to a walk: fields are walked apart from what holds them.
enum class EdgeClass : std::uint8_t { kThings = 0, kFields = 1, kSameThing = 2 };

/// The lineage graph by itself: numbered nodes, edges along which data flows, and when each stands. What makes them
/// stand is `LineageFold`'s affair. Whoever owns it guards it: many may read, or one may write. A reader that lets
/// writers in between (`GraphReader`) still sees one state: edges are numbered as they come, and what an older edge's
/// validity was is kept for it.
class Graph {
 public:
  struct Edge {
    NodeNumber from : 28;
    EdgeType type : 4;
    NodeNumber to : 28;
    std::uint32_t has_history : 1;  ///< Its intervals are not [begun, forever).
    std::int64_t begun;             ///< Where its first interval begins; kForever where it never stood.
  };
  static_assert(sizeof(Edge) == 16 && kNodesMax == 1U << 28);

  /// The class of a node, before it has an edge.
  void SetClass(NodeNumber node, NodeClass what);
  [[nodiscard]] NodeClass ClassOf(NodeNumber node) const {
    return node < classes_.size() ? classes_[node] : NodeClass::kThing;
  }

  [[nodiscard]] std::uint32_t classes() const { return static_cast<std::uint32_t>(classes_.size()); }

  /// The edge; a new one never stood yet. kNoNumber where the graph is full.
  EdgeNumber Intern(EdgeType type, NodeNumber from, NodeNumber to);
  [[nodiscard]] EdgeNumber Find(EdgeType type, NodeNumber from, NodeNumber to) const;

  /// `intervals` are in order, apart from each other, none of them empty.
  void SetValidity(EdgeNumber edge, std::span<const Interval> intervals);
  /// The same for one that begins and has not ended.
  void SetBegun(EdgeNumber edge, std::int64_t begun);

  [[nodiscard]] const Edge& edge(EdgeNumber number) const { return edges_[number]; }
  [[nodiscard]] std::uint32_t edges() const { return static_cast<std::uint32_t>(edges_.size()); }
  /// The intervals of an edge; `room` serves where there is but one.
  [[nodiscard]] std::span<const Interval> ValidityOf(EdgeNumber number, Interval* room) const;
  [[nodiscard]] const Adjacency& out() const { return out_; }
  [[nodiscard]] const Adjacency& in() const { return in_; }
  [[nodiscard]] std::uint32_t node_bound() const { return node_bound_; }  ///< Above every node with an edge.

  /// From here on the nodes are kept whose edges in changed, until they are taken: for what is derived from them.
  void TrackTouched(bool on) { tracking_ = on; }
  [[nodiscard]] std::vector<NodeNumber> TakeTouched() { return std::exchange(touched_, {}); }
  void Touch(NodeNumber node) {
    if (tracking_) touched_.push_back(node);
  }

  /// From here on the ends of edges that change are touched there, too. Not owned; null: nowhere.
  void SetMarks(TouchMarks* marks) { marks_ = marks; }
  [[nodiscard]] TouchMarks* marks() const { return marks_; }

  /// What an edge's validity was before it was changed while somebody read.
  struct Undo {
    EdgeNumber edge;
    std::vector<Interval> was;
  };
  [[nodiscard]] const std::vector<Undo>& undo() const { return undo_; }
  /// Who reads with writers in between keeps this as long as it reads; that the graph is replaced meanwhile does no
  /// harm.
  [[nodiscard]] std::shared_ptr<const void> EnterReader() const { return readers_; }

  /// Whether some node has a further name.
  [[nodiscard]] bool has_names() const { return !names_.empty(); }
  /// The edges `same` from a node, whether they stand or not: what is told of its further names without going through
  /// all that it is connected with.
  [[nodiscard]] std::span<const EdgeNumber> NamesAt(NodeNumber node) const {
    const auto found = names_.find(node);
    return found == names_.end() ? std::span<const EdgeNumber>() : found->second;
  }

  /// Bytes held for all of it.
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Key {
    NodeNumber from;
    NodeNumber to;
    EdgeType type;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      std::uint64_t mixed =
          (std::uint64_t{key.from} << 32 | key.to) + static_cast<std::uint64_t>(key.type) * 0x9E3779B97F4A7C15;
      mixed ^= mixed >> 32;
      mixed *= 0xD6E8FEB86659FD93;
      return mixed ^ mixed >> 32;
    }
  };
  // A node with more edges out than this has them in `hubs_`; with fewer, looking through them is faster.
  static constexpr std::uint32_t kHubEdges = 16;

  [[nodiscard]] EdgeNumber FindIn(const Adjacency::List& list, EdgeType type, NodeNumber other) const;
  void RememberForReaders(EdgeNumber edge);
  void Publish(EdgeNumber edge);

  GrowArray<Edge> edges_;
  GrowArray<NodeClass> classes_;
  Adjacency out_;
  Adjacency in_;
  std::uint32_t node_bound_ = 0;
  boost::unordered_flat_map<NodeNumber, std::vector<EdgeNumber>> names_;
  boost::unordered_flat_map<Key, EdgeNumber, KeyHash> hubs_;
  boost::unordered_flat_map<EdgeNumber, std::vector<Interval>> histories_;  // Of edges that stood.
  std::vector<Undo> undo_;
  TouchMarks* marks_ = nullptr;
  bool tracking_ = false;
  std::vector<NodeNumber> touched_;
  std::shared_ptr<const void> readers_ = std::make_shared<char>();  // Each of them holds it too.
};

}  // namespace cairn
