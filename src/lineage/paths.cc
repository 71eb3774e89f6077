#include "lineage/paths.h"

#include <algorithm>
#include <queue>
#include <set>

#include "lineage/walk.h"

namespace cairn {
namespace {

constexpr std::size_t kStepsPerRest = 256;
constexpr std::size_t kNodesPerRest = 2048;
// More beginnings of paths than this are not followed: in a dense graph there are more than anybody can read.
constexpr std::size_t kBeginningsMax = 200'000;

struct Beginning {
  NodeNumber node;
  EdgeNumber edge;
  std::uint32_t before;  // The beginning that this one goes on from.
  std::uint32_t length;
  NodeNumber thing;
};

}  // namespace

std::optional<PathsFound> FindPaths(GraphReader& reader, const PathsWanted& wanted, SameThings& same) {
  PathsFound out;
  const NodeNumber end = same.Of(wanted.to);
  if (same.Of(wanted.from) == end) return out;
  // How far each node is from the end, so that only what leads there is followed.
  Walk& walk = ThreadWalk(0);
  if (!walk.Run(reader, {{wanted.to}}, {.up = true, .depth = wanted.depth})) return std::nullopt;
  if (!walk.Reached(wanted.from)) return out;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> distance;
  std::uint32_t level = 0;
  for (std::uint32_t i = 0; i < walk.nodes().size(); ++i) {
    if (i % kNodesPerRest == 0 && !reader.Rest()) return std::nullopt;
    while (level + 1 < walk.levels().size() && walk.levels()[level + 1] <= i) ++level;
    distance.emplace(walk.nodes()[i], level);
  }
  const Graph& graph = reader.graph();
  std::set<std::vector<std::pair<NodeNumber, EdgeType>>> known;  // Of the paths: what each edge leads to.
  std::vector<Beginning> beginnings{{wanted.from, kNoNumber, kNoNumber, 0, same.Of(wanted.from)}};
  const std::uint32_t shortest = distance.at(wanted.from);
  // The one that may become the shortest path first; then the one found first.
  using Next = std::pair<std::uint32_t, std::uint32_t>;
  std::priority_queue<Next, std::vector<Next>, std::greater<>> queue;
  queue.emplace(shortest, 0);
  std::size_t steps = 0;
  while (!queue.empty()) {
    const auto [total, at] = queue.top();
    queue.pop();
    if (wanted.shortest_only && total > shortest) break;
    if (out.paths.size() >= wanted.limit) {
      out.partial = true;
      break;
    }
    const Beginning here = beginnings[at];
    if (here.thing == end) {
      std::vector<EdgeNumber> path;
      std::vector<std::pair<NodeNumber, EdgeType>> things;
      for (std::uint32_t back = at; beginnings[back].before != kNoNumber; back = beginnings[back].before) {
        const EdgeType type = graph.edge(beginnings[back].edge).type;
        if (type == EdgeType::kSame) continue;
        path.push_back(beginnings[back].edge);
        things.emplace_back(beginnings[back].thing, type);
      }
      std::reverse(path.begin(), path.end());
      if (known.insert(std::move(things)).second) out.paths.push_back(std::move(path));
      continue;
    }
    if (++steps % kStepsPerRest == 0 && !reader.Rest()) return std::nullopt;
    reader.ForEach(false, here.node, [&](NodeNumber other, EdgeNumber edge, EdgeClass what) {
      const auto found = distance.find(other);
      if (found == distance.end()) return;
      const bool renames = what == EdgeClass::kSameThing;
      const NodeNumber thing = same.Of(other);
      const std::uint32_t length = here.length + (renames ? 0 : 1);
      if (length + found->second > wanted.depth) return;
      for (std::uint32_t back = at; back != kNoNumber; back = beginnings[back].before) {
        if (beginnings[back].node == other || (!renames && beginnings[back].thing == thing)) return;
      }
      if (beginnings.size() >= kBeginningsMax) {
        out.partial = true;
        return;
      }
      queue.emplace(length + found->second, static_cast<std::uint32_t>(beginnings.size()));
      beginnings.push_back({other, edge, at, length, thing});
    });
  }
  return out;
}

}  // namespace cairn
