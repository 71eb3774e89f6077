#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <string>
#include <utility>
#include <vector>

#include "cairn/lineage.h"
#include "lineage/components.h"
#include "lineage/fold_reader.h"
#include "view/lineage_scope.h"

namespace cairn {

/// Puts an answer together: the nodes that were reached, joined with their other names, and the edges between them, in
/// an order that does not depend on the order in which facts came. One thread; lives as long as the question.
class GraphBuilder {
 public:
  GraphBuilder(const Views& views, GraphReader& reader, LineageLevel level)
      : views_(views), reader_(reader), stated_(views.lineage(), reader), level_(level) {}

  /// Makes room for so many, so that no growing keeps writers waiting. False where the question must be asked anew.
  bool Reserve(std::size_t nodes);
  /// A node reached, unless it is in already; the first `Add` of a node counts. Returns whether it was added.
  bool Add(NodeNumber node, std::int32_t hops);
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  /// That not all behind the node was reached.
  void SetMore(NodeNumber node);
  /// Adds what a walk reached. False where the question must be asked anew.
  bool AddWalk(const Walk& walk, bool up);

  /// The answer, without nodes that none of `only` describes (empty: all). False where it must be asked anew.
  /// The views are let go before the answer is sorted.
  bool Finish(const std::vector<std::string>& only, LineageGraph* out);

 private:
  struct Kept {
    NodeNumber node;
    std::int32_t hops;
    bool more = false;
  };
  bool JoinNames();
  bool MakeNodes(LineageGraph* out);
  bool GatherEdges(LineageGraph* out);
  bool MarkEnds(LineageGraph* out);
  static void Sort(const std::vector<std::string>& only, LineageGraph* out);

  const Views& views_;
  GraphReader& reader_;
  FoldReader stated_;
  LineageLevel level_;
  GrowArray<Kept> nodes_;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> places_;  // In nodes_.
  struct Found {
    EdgeNumber number;
    std::uint32_t from;
    std::uint32_t to;
  };
  GrowArray<Found> found_;
  struct FromWhole {
    EdgeNumber number;
    NodeNumber whole;
    std::uint32_t to;
  };
  GrowArray<FromWhole> wholes_;        // Edges from what holds fields, to one that was reached.
  GrowArray<std::uint32_t> place_of_;  // nodes_ -> answer's nodes before sorting.
};

/// Of two names of one thing, whether it rather goes by the first: by its own before one that another event gave it, else
/// by the one whose id is less.
bool GoesBefore(const Views& views, const FoldReader& stated, NodeNumber a, NodeNumber b);

/// What is told of an edge besides its ends. False where the question must be asked anew.
bool TellEdge(const Views& views, GraphReader& reader, FoldReader& stated, EdgeNumber number, LineageEdge* out);

}  // namespace cairn
