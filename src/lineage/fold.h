#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "base/grow_array.h"
#include "lineage/graph.h"

namespace cairn {

/// When something was stated. Statements are ordered by event time, those of one instant by their content, so that the
/// order in which they came does not matter.
struct Stamp {
  std::int64_t time = 0;
  std::uint32_t hash = 0;  ///< Of the record's bytes.
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

/// Who keeps a set of edges up: a later statement of the same scope stands for the earlier one or adds to it.
struct ScopeKey {
  ClaimScope what = ClaimScope::kInputsOutputs;
  NodeNumber holder = 0;      ///< What the facet is about; of kInputsOutputs the job; of kDeclared the edge.
  NodeNumber by = kNoNumber;  ///< The job whose event stated it: two jobs do not replace each other's word.
  friend bool operator==(const ScopeKey&, const ScopeKey&) = default;
};

/// An edge as a statement has it. `step` says how the data is transformed: a number that its owner gives meaning to.
struct Claim {
  EdgeNumber edge = 0;
  std::uint32_t step = 0;
  friend auto operator<=>(const Claim&, const Claim&) = default;
};

/// Folds statements about edges into a graph over time. Each edge stands while one of its statements holds:
/// a scope of inputs and outputs, or of renames, holds from each statement on; any other scope holds what its latest
/// statement says, until the next that differs. A drop of a node ends what was stated about it before, with everything
/// of that event; emptying it ends what flows into it.
/// The outcome follows from the set of statements alone. Whoever owns it guards it: many may read, or one may write.
class LineageFold {
 public:
  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// For naming nodes and their classes, and for edges that are about to be stated.
  Graph& graph() { return graph_; }

  /// `part` is a part of `whole`: a field of a dataset. What ends the one ends the other.
  void SetPart(NodeNumber part, NodeNumber whole);
  [[nodiscard]] NodeNumber WholeOf(NodeNumber node) const;
  /// Calls `visit(part)` for each part of `whole`.
  template <typename Visit>
  void ForEachPart(NodeNumber whole, Visit&& visit) const {
    const auto found = parts_.find(whole);
    NodeNumber at = found == parts_.end() ? kNoNumber : found->second.first_part;
    while (at != kNoNumber) {
      visit(at);
      at = parts_.at(at).next_part;
    }
  }

  /// States that `claims` hold. `run` is a number that its owner gives meaning to. Sorts `claims`.
  void State(const ScopeKey& scope, Stamp stamp, std::uint32_t run, std::vector<Claim>& claims);
  /// States by a declaration that the edge stands during `span`, or (`stands` off) that it does not from `span.from`
  /// on; a later declaration counts from its `span.from` on.
  void Declare(Claim claim, Stamp stamp, Interval span, bool stands);
  /// States that a facet of `holder` was deleted, whoever stated it.
  void Delete(ClaimScope what, NodeNumber holder, Stamp stamp);
  /// States that a node was dropped, or emptied.
  void End(NodeNumber node, Stamp stamp, bool emptied);

  /// One statement of an edge, for saying why it stands.
  struct Reason {
    ScopeKey scope;
    Stamp stamp;
    std::uint32_t run = kNoNumber;
    std::uint32_t step = 0;
  };
  /// Calls `visit(reason)` for the statements of an edge, no order promised.
  template <typename Visit>
  void ForEachReason(EdgeNumber edge, Visit&& visit) const {
    ForEachShapeOf(edge, [&](std::uint32_t number, std::uint32_t step) {
      const Shape& shape = shapes_[number];
      ForEachEntry(shape.scope, [&](const Entry& entry) {
        if (entry.shape == number) visit(Reason{scopes_[shape.scope].key(), entry.stamp(), entry.run, step});
      });
    });
  }
  /// The statements of a job about its inputs and outputs: `visit(stamp, run, claims)`.
  template <typename Visit>
  void ForEachOfJob(NodeNumber job, Visit&& visit) const {
    const std::uint32_t scope = job < io_scopes_.size() ? io_scopes_[job] : kNoNumber;
    if (scope == kNoNumber) return;
    ForEachEntry(scope, [&](const Entry& entry) { visit(entry.stamp(), entry.run, ClaimsOf(shapes_[entry.shape])); });
  }
  /// When the edge was stated last; the least time where it never was.
  [[nodiscard]] std::int64_t LastStated(EdgeNumber edge) const;
  /// Calls `visit(step, last)` for each way in which the edge was stated.
  template <typename Visit>
  void ForEachStep(EdgeNumber edge, Visit&& visit) const {
    ForEachShapeOf(edge, [&](std::uint32_t number, std::uint32_t step) {
      visit(step, Interval{shapes_[number].first, shapes_[number].last});
    });
  }

  /// Calls `visit(edge, stamp, span)` for each declaration; an empty span says that the edge stands no more.
  template <typename Visit>
  void ForEachDeclaration(Visit&& visit) const {
    for (const auto& [key, scope] : facet_scopes_) {
      if (key.what != ClaimScope::kDeclared) continue;
      ForEachEntry(scope,
                   [&](const Entry& entry) { visit(EdgeNumber{key.holder}, entry.stamp(), SpanOf(entry.shape)); });
    }
  }
  /// Calls `visit(node, stamp, emptied)` for each drop and each emptying.
  template <typename Visit>
  void ForEachEnding(Visit&& visit) const {
    for (const auto& [node, endings] : endings_) {
      for (const Ending& ending : endings) visit(node, ending.stamp, ending.emptied);
    }
  }

  [[nodiscard]] std::size_t bytes() const;

 private:
  friend class LineageSnapshot;

  // A set of claims of one scope, stated once or often.
  struct Shape {
    std::int64_t first;
    std::int64_t last;
    std::uint32_t scope;
    std::uint32_t
        begin;  // In claims_, where they are sorted; in io_edges_ for inputs and outputs, which have no steps.
    std::uint32_t count;
    std::uint32_t next;  // The scope's next shape.
  };
  static constexpr std::uint32_t kDeleted = kNoNumber;  // As a shape: nothing holds.
  struct Entry {
    std::int64_t time;
    std::uint32_t hash;
    std::uint32_t shape;
    std::uint32_t run;
    [[nodiscard]] Stamp stamp() const { return {time, hash}; }
    friend bool operator<(const Entry& a, const Entry& b) {
      return std::tie(a.time, a.hash, a.shape, a.run) < std::tie(b.time, b.hash, b.shape, b.run);
    }
  };
  struct Scope {
    NodeNumber holder;
    NodeNumber by;
    std::uint32_t first_shape;
    std::uint32_t more;            // Index in more_; kNoNumber where there is but one entry.
    std::uint32_t next_of_holder;  // Another scope of the same facet and holder.
    ClaimScope what;
    std::uint8_t shapes;  // How many; 255 for more.
    // The only entry.
    std::uint32_t hash;
    std::uint32_t shape;
    std::uint32_t run;
    std::int64_t time;
    [[nodiscard]] ScopeKey key() const { return {what, holder, by}; }
    [[nodiscard]] Entry entry() const { return {time, hash, shape, run}; }
  };
  struct Parts {
    NodeNumber whole = kNoNumber;
    NodeNumber first_part = kNoNumber;
    NodeNumber next_part = kNoNumber;
  };
  struct Ending {
    Stamp stamp;
    bool emptied;
    friend auto operator<=>(const Ending&, const Ending&) = default;
  };
  struct HolderKey {
    ClaimScope what;
    NodeNumber holder;
    friend bool operator==(const HolderKey&, const HolderKey&) = default;
  };
  struct Holder {
    std::uint32_t first_scope = kNoNumber;
    std::vector<Stamp> deleted;  // Sorted.
  };
  struct Hash {
    std::size_t operator()(const ScopeKey& key) const {
      return Mix((std::uint64_t{key.holder} << 32 | key.by) ^ static_cast<std::uint64_t>(key.what) << 59);
    }
    std::size_t operator()(const HolderKey& key) const {
      return Mix(std::uint64_t{key.holder} << 8 | static_cast<std::uint64_t>(key.what));
    }
    static std::size_t Mix(std::uint64_t value) {
      value = (value ^ value >> 32) * 0xD6E8FEB86659FD93;
      return (value ^ value >> 32) * 0xD6E8FEB86659FD93;
    }
  };
  // The shapes of a scope that has many are looked up by their hash.
  static constexpr std::uint32_t kShapesLookedThrough = 4;
  struct ClaimsView {
    const EdgeNumber* edges = nullptr;
    const Claim* claims = nullptr;
    std::uint32_t count = 0;
    [[nodiscard]] Claim at(std::uint32_t i) const { return edges != nullptr ? Claim{edges[i], 0} : claims[i]; }
  };

  [[nodiscard]] static bool Adds(ClaimScope what) {
    return what == ClaimScope::kInputsOutputs || what == ClaimScope::kRename;
  }
  [[nodiscard]] ClaimsView ClaimsOf(const Shape& shape) const {
    if (scopes_[shape.scope].what == ClaimScope::kInputsOutputs) {
      return {io_edges_.data() + shape.begin, nullptr, shape.count};
    }
    return {nullptr, claims_.data() + shape.begin, shape.count};
  }
  template <typename Visit>
  void ForEachEntry(std::uint32_t scope, Visit&& visit) const {
    const Scope& one = scopes_[scope];
    if (one.more == kNoNumber) {
      if (one.shape != kNoNumber) visit(one.entry());
      return;
    }
    for (const Entry& entry : more_[one.more]) visit(entry);
  }
  /// The step of the edge in a shape, or kNoNumber.
  [[nodiscard]] std::uint32_t StepIn(const Shape& shape, EdgeNumber edge) const;
  template <typename Visit>
  void ForEachShapeOf(EdgeNumber edge, Visit&& visit) const {
    // Inputs and outputs are found through the job, which is one end; all else is written down.
    const Graph::Edge& ends = graph_.edge(edge);
    for (const NodeNumber end : {ends.from, ends.to}) {
      if (end >= io_scopes_.size() || io_scopes_[end] == kNoNumber) continue;
      for (std::uint32_t at = scopes_[io_scopes_[end]].first_shape; at != kNoNumber; at = shapes_[at].next) {
        if (StepIn(shapes_[at], edge) != kNoNumber) visit(at, 0U);
      }
      if (ends.from == ends.to) break;
    }
    const auto found = stated_in_.find(edge);
    if (found == stated_in_.end()) return;
    for (const std::uint32_t at : found->second) {
      const Claim* end = claims_.data() + shapes_[at].begin + shapes_[at].count;
      const Claim* claim = std::lower_bound(end - shapes_[at].count, end, Claim{edge, 0});
      for (; claim != end && claim->edge == edge; ++claim) visit(at, claim->step);
    }
  }

  /// Makes what follows from the scopes and shapes.
  void Index();
  std::uint32_t ScopeOf(const ScopeKey& key);
  std::uint32_t ShapeOf(std::uint32_t scope, const Interval& span, const std::vector<Claim>& claims);
  bool ShapeIs(std::uint32_t number, const Interval& span, const std::vector<Claim>& claims) const;
  [[nodiscard]] Interval SpanOf(std::uint32_t shape) const;
  void AddEntry(std::uint32_t scope, const Entry& entry);
  std::vector<Entry>& SortedEntries(std::uint32_t scope);
  void Put(std::uint32_t scope, const Entry& entry);
  void PutReplacing(std::uint32_t scope, const Entry& entry);
  void PutNewest(std::uint32_t before, const Entry& entry);
  [[nodiscard]] bool StatedOnlyIn(std::uint32_t scope, EdgeNumber edge) const;
  void RefoldShape(std::uint32_t shape);
  void Refold(EdgeNumber edge);
  void GatherAdding(std::uint32_t scope, EdgeNumber edge);
  void GatherReplacing(std::uint32_t scope, EdgeNumber edge);
  void GatherDeclared(std::uint32_t scope);
  void GatherEndings(EdgeNumber edge);
  [[nodiscard]] bool HasEndings(EdgeNumber edge) const;
  void Gather(Stamp from, std::int64_t until);
  void PublishGathered(EdgeNumber edge);

  Graph graph_;
  GrowArray<std::uint32_t> io_scopes_;  // By node: the scope of its inputs and outputs.
  GrowArray<Scope> scopes_;
  GrowArray<Shape> shapes_;
  GrowArray<EdgeNumber> io_edges_;
  GrowArray<Claim> claims_;
  std::vector<std::vector<Entry>> more_;
  std::vector<bool> unsorted_;  // By index in more_.
  boost::unordered_flat_map<ScopeKey, std::uint32_t, Hash> facet_scopes_;
  boost::unordered_flat_map<HolderKey, Holder, Hash> holders_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> many_shapes_;  // (scope, hash) -> a shape.
  boost::unordered_flat_map<std::uint32_t, Interval> spans_;             // By shape: of declarations.
  boost::unordered_flat_map<EdgeNumber, std::vector<std::uint32_t>> stated_in_;
  boost::unordered_flat_map<NodeNumber, Parts> parts_;
  boost::unordered_flat_map<NodeNumber, std::vector<Ending>> endings_;  // Sorted.

  // Room for folding one edge.
  std::vector<Interval> gathered_;
  std::vector<const Ending*> edge_endings_;
  std::vector<std::uint32_t> edge_scopes_;
};

}  // namespace cairn
