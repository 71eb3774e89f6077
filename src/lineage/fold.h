#pragma once

#include <algorithm>
#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "base/grow_array.h"
#include "base/past.h"
#include "lineage/graph.h"
#include "lineage/name_claims.h"

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
/// of that event; emptying it ends what flows into it. A further name (`kSymlinks`) is that of one thing at a time: of
/// those that claim it, the one whose claim began last has it as long as that stands; of claims that began at once none
/// counts.
/// The outcome follows from the set of statements alone. Whoever owns it guards it: many may read, or one may write.
class LineageFold {
 public:
  [[nodiscard]] const Graph& graph() const { return graph_; }
  /// For naming nodes and their classes, and for edges that are about to be stated.
  Graph& graph() { return graph_; }

  /// `part` is a part of `whole`: a field of a dataset. What ends the one ends the other.
  void SetPart(NodeNumber part, NodeNumber whole);
  [[nodiscard]] NodeNumber WholeOf(NodeNumber node) const;
  /// The parts of a node, one by one; kNoNumber after the last. What came later comes first.
  [[nodiscard]] NodeNumber FirstPart(NodeNumber whole) const {
    const auto found = parts_.find(whole);
    return found == parts_.end() ? kNoNumber : found->second.first_part;
  }
  [[nodiscard]] NodeNumber NextPart(NodeNumber part) const { return parts_.at(part).next_part; }

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
  /// Calls `visit(edge, stamp, span)` for each declaration; an empty span says that the edge stands no more.
  template <typename Visit>
  void ForEachDeclaration(Visit&& visit) const {
    for (const auto& [key, scope] : facet_scopes_) {
      if (key.what != ClaimScope::kDeclared) continue;
      const EdgeNumber edge{key.holder};
      ForEachEntry(scope, [&](const Entry& entry) { visit(edge, entry.stamp(), SpanOf(entry.shape)); });
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
  /// Sets of claims and statements that were gone through so far: what folding cost, apart from the clock.
  [[nodiscard]] std::uint64_t gone_through() const { return gone_through_; }

 private:
  friend class LineageSnapshot;
  friend class FoldReader;

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
    std::uint32_t arrived;  // How many there were when it came: readers leave out what came since they began.
    [[nodiscard]] Stamp stamp() const { return {time, hash}; }
    [[nodiscard]] auto Rank() const { return std::tie(time, hash, shape, run); }
    friend bool operator<(const Entry& a, const Entry& b) { return a.Rank() < b.Rank(); }
    friend bool operator==(const Entry& a, const Entry& b) { return a.Rank() == b.Rank(); }
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
    std::uint32_t arrived;
    std::int64_t time;
    [[nodiscard]] ScopeKey key() const { return {what, holder, by}; }
    [[nodiscard]] Entry entry() const { return {time, hash, shape, run, arrived}; }
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
  [[nodiscard]] static bool HasMany(const Scope& scope) { return scope.shapes > kShapesLookedThrough; }
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
  /// The entries of a scope; `room` serves where there is but one.
  [[nodiscard]] std::span<const Entry> EntriesOf(std::uint32_t scope, Entry* room) const {
    const Scope& one = scopes_[scope];
    if (one.more != kNoNumber) return more_[one.more];
    *room = one.entry();
    return {room, one.shape != kNoNumber ? 1U : 0U};
  }
  template <typename Visit>
  void ForEachEntry(std::uint32_t scope, Visit&& visit) const {
    Entry room;
    for (const Entry& entry : EntriesOf(scope, &room)) visit(entry);
  }
  /// The step of the edge in a shape, or kNoNumber.
  [[nodiscard]] std::uint32_t StepIn(const Shape& shape, EdgeNumber edge) const;
  template <typename Visit>
  void ForEachShapeOf(EdgeNumber edge, Visit&& visit) {
    // Inputs and outputs are found through the job, which is one end; all else is written down.
    const Graph::Edge& ends = graph_.edge(edge);
    for (const NodeNumber end : std::array<NodeNumber, 2>{ends.from, ends.to}) {
      if (end >= io_scopes_.size() || io_scopes_[end] == kNoNumber) continue;
      for (std::uint32_t at = scopes_[io_scopes_[end]].first_shape; at != kNoNumber; at = shapes_[at].next) {
        ++gone_through_;
        if (StepIn(shapes_[at], edge) != kNoNumber) visit(at, 0U);
      }
      if (ends.from == ends.to) break;
    }
    const auto found = stated_in_.find(edge);
    if (found == stated_in_.end()) return;
    for (const std::uint32_t at : found->second.shapes) {
      ++gone_through_;
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
  void SetStated(std::uint32_t shape, std::int64_t time);
  void Put(std::uint32_t scope, const Entry& entry);
  void PutReplacing(std::uint32_t scope, const Entry& entry);
  void PutBetween(std::uint32_t before, const Entry& entry, std::int64_t next);
  [[nodiscard]] bool StatedElsewhere(EdgeNumber edge) const;
  [[nodiscard]] std::int64_t FirstAsInputOrOutput(EdgeNumber edge);
  void NoteFirst(const ClaimsView& claims, std::int64_t time);
  void NoteStated(std::uint32_t shape, std::uint32_t scope, EdgeNumber edge);
  void RefoldShape(std::uint32_t shape);
  void Refold(EdgeNumber edge);
  void GatherAdding(std::uint32_t scope, EdgeNumber edge);
  void GatherReplacing(std::uint32_t scope, EdgeNumber edge);
  void GatherDeclared(std::uint32_t scope);
  void GatherEndings(EdgeNumber edge);
  [[nodiscard]] bool HasEndings(EdgeNumber edge) const;
  void Gather(Stamp from, std::int64_t until);
  void JoinGathered();
  void PublishGathered(EdgeNumber edge);

  // Names: an edge `same` joins a thing, which claims the name, with the name. A name that several claim has a contest,
  // which is made anew from their statements when it is first asked for.
  struct Contest {
    std::vector<NameClaim> claims;    // By BeganLater.
    std::vector<NameClaim> counting;  // What of them counts.
    bool is_new = true;               // The graph does not know of it yet.
  };
  [[nodiscard]] bool Claims(NodeNumber holder, EdgeNumber edge) const;
  [[nodiscard]] std::vector<NodeNumber> HoldersOf(NodeNumber name) const;
  std::vector<Interval> WhenClaimed(NodeNumber holder, NodeNumber name);
  std::vector<NameClaim> ClaimsOn(NodeNumber name, const std::vector<NodeNumber>& holders);
  Contest* ContestOf(NodeNumber name);
  void Decide(NodeNumber name, Contest& contest);
  void PublishName(NodeNumber holder, NodeNumber name);
  void RefoldName(NodeNumber holder, NodeNumber name);
  void RefoldNames(EdgeNumber edge);
  void RefoldNamesOf(NodeNumber node);
  bool RefoldContested(EdgeNumber edge, std::uint32_t shape);

  Graph graph_;
  GrowArray<std::uint32_t> io_scopes_;  // By node: the scope of its inputs and outputs.
  GrowArray<Scope> scopes_;
  GrowArray<Shape> shapes_;
  PastLog<Interval> shapes_past_;  // When they were stated first and last.
  std::uint32_t arrived_ = 0;      // Entries that came.
  GrowArray<EdgeNumber> io_edges_;
  GrowArray<Claim> claims_;
  std::vector<std::vector<Entry>> more_;
  std::vector<bool> unsorted_;  // By index in more_.
  boost::unordered_flat_map<ScopeKey, std::uint32_t, Hash> facet_scopes_;
  boost::unordered_flat_map<HolderKey, Holder, Hash> holders_;
  boost::unordered_flat_map<std::uint64_t, std::uint32_t> many_shapes_;  // (scope, hash) -> a shape.
  boost::unordered_flat_map<std::uint32_t, Interval> spans_;             // By shape: of declarations.
  struct StatedIn {
    std::vector<std::uint32_t> shapes;
    bool of_several = false;  // Scopes.
  };
  boost::unordered_flat_map<EdgeNumber, StatedIn> stated_in_;
  // Of jobs that have many sets of inputs and outputs: when an edge was first among them.
  boost::unordered_flat_map<EdgeNumber, std::int64_t> first_io_;
  std::uint64_t gone_through_ = 0;
  std::unordered_map<NodeNumber, Contest> contests_;  // By name; what is in it stays in its place.
  boost::unordered_flat_map<NodeNumber, Parts> parts_;
  boost::unordered_flat_map<NodeNumber, std::vector<Ending>> endings_;  // Sorted.

  // Room for folding one edge.
  std::vector<Interval> gathered_;
  std::vector<const Ending*> edge_endings_;
  std::vector<std::uint32_t> edge_scopes_;
};

}  // namespace cairn
