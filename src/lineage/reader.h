#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <vector>

#include "lineage/graph.h"

namespace cairn {

/// The stretch of event time that a question is about: an edge counts that stood at any instant of it.
struct Moment {
  std::int64_t from = kForever - 1;
  std::int64_t until = kForever;

  static Moment Present() { return {}; }
  static Moment At(Timestamp time) { return {time.ns, time.ns == kForever ? kForever : time.ns + 1}; }
  [[nodiscard]] bool present() const { return from == kForever - 1; }
  [[nodiscard]] bool Meets(const Interval& interval) const { return interval.from < until && interval.until > from; }
};

/// Lets writers in during a long question, where its owner holds a lock.
class Pause {
 public:
  virtual ~Pause() = default;
  /// Called every few hundred nodes. False where the state that was being read is gone; the question must be asked
  /// anew.
  virtual bool Tick() = 0;
  /// Called when nothing more is read.
  virtual void Release() = 0;
};

/// The edges of a graph as a question sees them: of one moment, of the wanted classes and types, and those alone that
/// stood in the graph when the question began. One thread; the graph must not be written but in `Rest`.
class GraphReader {
 public:
  static constexpr std::uint32_t kAllTypes = 0xFF;
  static constexpr std::uint32_t kThings = 1U << static_cast<unsigned>(EdgeClass::kThings);
  static constexpr std::uint32_t kFields = 1U << static_cast<unsigned>(EdgeClass::kFields);
  static constexpr std::uint32_t kSameThings = 1U << static_cast<unsigned>(EdgeClass::kSameThing);
  static constexpr std::uint32_t kAllClasses = kThings | kFields | kSameThings;

  struct Wanted {
    Moment moment;
    std::uint32_t classes = kAllClasses;
    std::uint32_t types = kAllTypes;  ///< A bit for each EdgeType.
  };

  GraphReader(const Graph& graph, const Wanted& wanted, Pause* pause = nullptr);
  ~GraphReader() { Leave(); }
  GraphReader(const GraphReader&) = delete;
  GraphReader& operator=(const GraphReader&) = delete;

  /// Calls `visit(neighbour, edge, edge class)` for each edge of the node, against the flow with `up`.
  template <typename Visit>
  void ForEach(bool up, NodeNumber node, Visit&& visit) const {
    const Adjacency::List list = (up ? graph_.in() : graph_.out()).At(node);
    if (plain_) {
      for (std::uint32_t i = 0; i < list.count; ++i) {
        const std::uint32_t entry = list.nodes[i];
        if ((allowed_ >> (entry >> neighbour::kFlagShift) & 1) == 0) continue;
        visit(entry & neighbour::kNode, list.edges[i], ClassIn(entry));
      }
      return;
    }
    for (std::uint32_t i = 0; i < list.count; ++i) {
      const std::uint32_t entry = list.nodes[i];
      if ((allowed_ >> (entry >> neighbour::kFlagShift) & 1) == 0) continue;
      const bool ends = (entry & neighbour::kEnds) != 0;
      if (ends || list.begun[i] >= surely_before_) {
        if (!ends && list.begun[i] > surely_not_after_) continue;
        if (!Stands(list.edges[i])) continue;
      }
      visit(entry & neighbour::kNode, list.edges[i], ClassIn(entry));
    }
  }

  /// Whether the edge counts.
  [[nodiscard]] bool Stands(EdgeNumber edge) const;
  /// Its intervals as they were when the question began; `room` serves where there is but one.
  [[nodiscard]] std::span<const Interval> ValidityOf(EdgeNumber edge, Interval* room) const;

  /// To be called every few hundred nodes. False: the question must be asked anew.
  bool Rest();

  /// Lets writers in for good: from here on neither this nor the graph is looked at.
  void Release() {
    Pause* pause = pause_;
    Leave();
    if (pause != nullptr) pause->Release();
  }

  [[nodiscard]] const Graph& graph() const { return graph_; }
  [[nodiscard]] const Wanted& wanted() const { return wanted_; }
  /// Above every node that has an edge for this reader.
  [[nodiscard]] std::uint32_t node_bound() const { return node_bound_; }
  [[nodiscard]] std::uint32_t edge_bound() const { return edge_bound_; }

 private:
  static EdgeClass ClassIn(std::uint32_t entry) { return static_cast<EdgeClass>(entry >> neighbour::kClassShift & 3U); }

  void Leave() {
    if (pause_ != nullptr && !lost_) graph_.LeaveReader();
    pause_ = nullptr;
  }

  const Graph& graph_;
  Wanted wanted_;
  Pause* pause_;
  bool lost_ = false;  // The graph is gone.
  std::uint32_t edge_bound_;
  std::uint32_t node_bound_;
  std::size_t undo_read_;
  boost::unordered_flat_map<EdgeNumber, std::vector<Interval>> was_;
  std::uint32_t allowed_ = 0;  // A bit for each set of flags.
  // In coarse time, of what has not ended: what begins before the one surely counts, what does after the other not.
  std::uint32_t surely_before_ = 0;
  std::uint32_t surely_not_after_ = ~0U;
  bool plain_ = false;  // The flags alone decide.
  bool exact_ = false;  // The flags and coarse times may lie: nothing is sure.
};

}  // namespace cairn
