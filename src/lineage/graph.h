#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <vector>

#include "cairn/lineage.h"
#include "cairn/time.h"
#include "record/statements.h"

namespace cairn {

/// A node of the graph: its number in the table of names.
using NodeNumber = std::uint32_t;

/// The lineage graph over numbered nodes: data flows along its edges. An edge stands from the first fact that states
/// it; stating it again moves `last_seen`. The order in which facts arrive does not matter.
/// Whoever owns it guards it: many may read, or one may write.
class Graph {
 public:
  struct Edge {
    NodeNumber from;
    NodeNumber to;
    EdgeType type;
    Timestamp first_seen;
    Timestamp last_seen;
    std::uint32_t next_out;  ///< The next edge from `from`, or kNone.
    std::uint32_t next_in;   ///< The next edge to `to`, or kNone.
  };
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void AddEdge(EdgeType type, NodeNumber from, NodeNumber to, Timestamp at);
  /// The same with both times, as a snapshot gives them.
  void RestoreEdge(EdgeType type, NodeNumber from, NodeNumber to, Timestamp first_seen, Timestamp last_seen);

  [[nodiscard]] const std::vector<Edge>& edges() const { return edges_; }

  struct Visit {
    NodeNumber node;
    std::int32_t hops;
  };
  struct Walk {
    std::vector<Visit> nodes;          ///< Breadth first; the start is the first.
    std::vector<std::uint32_t> edges;  ///< Between them, in the order found.
    bool partial = false;
  };
  /// Everything within `depth` edges of `start`, at most `nodes_max` nodes.
  [[nodiscard]] Walk Reach(NodeNumber start, Direction direction, std::uint32_t depth, std::uint32_t nodes_max) const;

 private:
  struct Ends {
    std::uint32_t out = kNone;
    std::uint32_t in = kNone;
  };
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

  void ReachOneWay(bool upstream, std::uint32_t depth, std::uint32_t nodes_max, Walk* walk,
                   boost::unordered_flat_map<NodeNumber, std::int32_t>* seen) const;

  std::vector<Edge> edges_;
  std::vector<Ends> ends_;  // By node.
  boost::unordered_flat_map<Key, std::uint32_t, KeyHash> index_;
};

/// `reads`, `writes`, `derives`, `triggers`, `influences`.
std::string_view EdgeTypeName(EdgeType type);

}  // namespace cairn
