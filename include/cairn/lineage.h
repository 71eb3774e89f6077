#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cairn/node.h"
#include "cairn/time.h"

namespace cairn {

enum class Direction : std::uint8_t { kUpstream, kDownstream, kBoth };

/// What the nodes of an answer are.
enum class LineageLevel : std::uint8_t {
  kAuto,    ///< `kFields` for a field, `kRuns` for a run, else `kThings`.
  kThings,  ///< Datasets, files and jobs.
  kRuns,    ///< Datasets and runs: which run read what which run wrote.
  kFields,  ///< Fields, and datasets that depend on fields as a whole.
};

/// What a hop is.
enum class HopUnit : std::uint8_t {
  kEdges,     ///< Each edge.
  kDatasets,  ///< Each dataset (or whatever is neither job nor run): a job is as far as what led to it.
};

/// The instant that is asked about; all empty: the present.
struct LineageTime {
  std::optional<Timestamp> as_of;  ///< In event time.
  std::optional<Timestamp> from;   ///< With `until` a window instead, [from, until): whatever stood at any time of it.
  std::optional<Timestamp> until;
  std::optional<Timestamp> known_at;  ///< Only by facts that were ingested by then.
};

/// What of the graph is gone through.
struct LineageFilter {
  LineageLevel level = LineageLevel::kAuto;
  LineageTime time;
  std::vector<std::string> edge_types;  ///< `reads`, ...; empty for all. With `same` names of a thing are nodes apart.
  std::vector<std::string> exclude;     ///< Globs over node ids: such nodes are not entered.
};

struct LineageSpec {
  NodeKey node;
  std::vector<NodeKey> others;  ///< Further starts.
  Direction direction = Direction::kUpstream;
  std::uint32_t depth = 20;  ///< Hops from the starts.
  HopUnit unit = HopUnit::kEdges;
  LineageFilter filter;
  std::vector<std::string> only;     ///< Globs over node ids: others are gone through and not answered.
  std::uint32_t nodes_max = 10'000;  ///< More are not answered, and `partial` says so.
};

struct LineageNode {
  NodeKey key;
  std::int32_t hops = 0;       ///< From the nearest start: positive downstream, negative upstream, 0 a start itself.
  std::vector<NodeKey> names;  ///< Further names of the same thing (symlinks), by id.
  bool more = false;           ///< `nodes_max` kept back what is behind it: a part of the frontier.
  bool root = false;           ///< Nothing flows into it.
  bool leaf = false;           ///< Nothing flows out of it.
  bool hidden = false;         ///< It is there, and the one who asks may not see it: its key is none.
};

struct LineageEdge {
  std::uint32_t from = 0;  ///< Index into `nodes`: data flows from `from` to `to`.
  std::uint32_t to = 0;
  std::string type;                  ///< `reads`, `writes`, `derives`, `triggers`, `influences`, `renames`.
  Timestamp first_seen;              ///< Since when it stood, in the stretch that was asked about.
  Timestamp last_seen;               ///< When it was stated last.
  std::optional<Timestamp> until{};  ///< Until when it stood, where that has ended.
  std::string subtype{};             ///< Of the transformation, as far as stated: `JOIN`, `MASKED`, ...
  std::string description{};
  bool masking = false;
};

/// A part of the graph: `nodes` by hops (upstream before downstream), then id; the starts first.
struct LineageGraph {
  std::vector<LineageNode> nodes;
  std::vector<LineageEdge> edges;
  bool partial = false;                            ///< `nodes_max` was reached.
  std::vector<std::vector<std::uint32_t>> cycles;  ///< Sets of nodes each of which leads to each.
  std::size_t hidden = 0;                          ///< How many of the nodes are.
};

struct LineagePathsSpec {
  NodeKey from;
  NodeKey to;
  LineageFilter filter;
  bool shortest_only = false;
  std::uint32_t depth = 100;  ///< Edges of a path at most.
  std::size_t limit = 10;     ///< Paths at most, the shortest first.
};

struct LineagePaths {
  LineageGraph graph;                             ///< Of the nodes and edges on the paths.
  std::vector<std::vector<std::uint32_t>> paths;  ///< Edges in the order of the flow.
  bool partial = false;                           ///< There are more, or looking for more was given up.
  std::size_t hidden = 0;                         ///< Paths kept back, which lead through what may not be seen.
};

/// What must be made anew when a node changes: `graph.nodes` in the order in which to do so.
struct LineageImpact {
  LineageGraph graph;
  std::vector<std::uint32_t> ranks;  ///< Of each node: what has a lower rank goes before it. A cycle has one rank.
};

struct LineageSharedSpec {
  std::vector<NodeKey> nodes;
  LineageFilter filter;
  std::size_t limit = 100;  ///< 0 for all.
};

struct SharedAncestor {
  NodeKey node;
  std::uint32_t hops = 0;  ///< Edges from the farthest of the nodes.
};

/// By hops, then id: the first is the nearest shared ancestor.
struct LineageShared {
  std::vector<SharedAncestor> ancestors;
  std::size_t total = 0;
  std::size_t hidden = 0;  ///< Ancestors kept back, which may not be seen.
};

struct LineageDiffSpec {
  std::optional<NodeKey> node;  ///< Only what it is connected with at either instant; none: the whole graph.
  Direction direction = Direction::kBoth;
  std::uint32_t depth = 20;
  LineageFilter filter;  ///< Its time is not used.
  std::string tenant;    ///< Where there is no node.
  Timestamp before;
  Timestamp after;
  std::uint32_t limit = 10'000;  ///< Nodes and edges at most, each.
};

enum class LineageChange : std::uint8_t { kCame, kWent, kChanged };

struct ChangedNode {
  NodeKey node;
  LineageChange change;
  std::vector<std::string> kinds;  ///< Of a changed one: the kinds of facts whose newest says other than before.
};
struct ChangedEdge {
  NodeKey from;
  NodeKey to;
  std::string type;
  LineageChange change;
  std::string before;  ///< Of a changed one: how the data was transformed.
  std::string after;
};
struct LineageDiff {
  std::vector<ChangedNode> nodes;
  std::vector<ChangedEdge> edges;
  bool partial = false;
  std::size_t hidden = 0;  ///< Nodes and edges kept back, which may not be seen.
};

struct LineageInheritSpec {
  NodeKey node;
  std::uint32_t depth = 20;  ///< Datasets away.
  LineageFilter filter;
  /// Rules beside the defaults: `owners=union`, `sla=replace`, `tags=never`.
  std::vector<std::string> rules;
};

/// A value of a field, and where it comes from.
struct InheritedValue {
  std::string key;
  std::string value;  ///< JSON; of a list by union one element.
  NodeKey source;
  std::uint64_t record = 0;    ///< The sequence number of the record that states it.
  std::uint32_t distance = 0;  ///< Datasets away; 0 for the node's own.
};

struct LineageInherited {
  std::vector<InheritedValue> own;
  std::vector<InheritedValue> inherited;
  std::vector<std::string> blocked;  ///< Fields that the node took back: nothing is inherited.
  bool materialised = false;         ///< The answer was kept from before.
  std::size_t hidden = 0;            ///< Values kept back, whose source may not be seen.
};

}  // namespace cairn
