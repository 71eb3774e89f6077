#include "view/run_lineage.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "lineage/components.h"

namespace cairn {
namespace {

// A run, or a dataset at the time at which it was reached.
struct Place {
  bool run = false;
  std::uint32_t number = 0;
  std::int64_t time = 0;
  std::int32_t hops = 0;
};

class RunWalk {
 public:
  RunWalk(const Views& views, GraphReader& reader, const LineageSpec& spec)
      : views_(views), reader_(reader), spec_(spec), moment_(reader.wanted().moment) {}

  bool Run(std::span<const NodeNumber> starts) {
    for (const bool up : {true, false}) {
      if (spec_.direction == (up ? Direction::kDownstream : Direction::kUpstream)) continue;
      std::vector<Place> queue;
      for (const NodeNumber start : starts) AddStart(start, up, &queue);
      for (std::size_t i = 0; i < queue.size(); ++i) {
        if (!reader_.Rest()) return false;
        const Place place = queue[i];
        if (static_cast<std::uint32_t>(std::abs(place.hops)) >= spec_.depth) continue;
        if (place.run) {
          FromRun(place, up, &queue);
        } else {
          FromDataset(place, up, &queue);
        }
      }
    }
    AddParents();
    return true;
  }

  LineageGraph Finish() {
    std::vector<std::uint32_t> order(out_.nodes.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    const auto rank = [&](std::uint32_t i) {
      const LineageNode& node = out_.nodes[i];
      return std::make_tuple(node.hops == 0 ? 0 : node.hops < 0 ? 1 : 2, std::abs(node.hops), NodeId(node.key));
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    LineageGraph sorted;
    std::vector<std::uint32_t> place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      sorted.nodes.push_back(std::move(out_.nodes[order[i]]));
    }
    for (LineageEdge& edge : out_.edges) {
      edge.from = place[edge.from];
      edge.to = place[edge.to];
    }
    std::sort(out_.edges.begin(), out_.edges.end(), [](const LineageEdge& a, const LineageEdge& b) {
      return std::tie(a.from, a.to, a.type) < std::tie(b.from, b.to, b.type);
    });
    LocalGraph local{static_cast<std::uint32_t>(sorted.nodes.size()), {}};
    for (const LineageEdge& edge : out_.edges) local.edges.emplace_back(edge.from, edge.to);
    sorted.edges = std::move(out_.edges);
    sorted.cycles = CyclesOf(FindComponents(local));
    sorted.partial = out_.partial;
    return sorted;
  }

 private:
  using Key = std::pair<bool, std::uint32_t>;

  void AddStart(NodeNumber node, bool up, std::vector<Place>* queue) {
    const std::int64_t time = up ? moment_.until - 1 : Timestamp::Min().ns;
    const NodeView name = views_.nodes().at(node);
    if (name.type == kTypeRun) {
      const RunFold* run = views_.FindRun(name.tenant, name.name);
      if (run != nullptr) Reach({true, views_.runs().NumberOf(*run), time, 0}, queue);
      return;
    }
    if (name.type != kTypeJob) {
      Reach({false, node, time, 0}, queue);
      return;
    }
    std::pair<std::int64_t, std::uint32_t> newest{Timestamp::Min().ns, kNoNumber};
    views_.lineage().ForEachOfJob(node, [&](Stamp stamp, std::uint32_t run, const auto&) {
      if (run != kNoNumber && stamp.time < moment_.until) newest = std::max(newest, {stamp.time, run});
    });
    if (newest.second != kNoNumber) Reach({true, newest.second, time, 0}, queue);
  }

  // The answer's place of it; a new one is gone on from.
  std::uint32_t Reach(const Place& place, std::vector<Place>* queue) {
    const auto [found, added] = places_.emplace(Key{place.run, place.number}, out_.nodes.size());
    if (!added) return found->second;
    if (out_.nodes.size() >= std::max<std::size_t>(spec_.nodes_max, 1)) {
      out_.partial = true;
      places_.erase(found);
      return kNoNumber;
    }
    LineageNode& node = out_.nodes.emplace_back();
    node.hops = place.hops;
    if (place.run) {
      const RunFold& run = views_.runs().at(place.number);
      node.key = {std::string(views_.texts().at(run.tenant)), std::string(kTypeRun), "",
                  std::string(views_.texts().at(run.id)), ""};
    } else {
      node.key = views_.nodes().at(place.number).Own();
    }
    queue->push_back(place);
    return found->second;
  }

  void Connect(std::uint32_t from, std::uint32_t to, std::string_view type, std::int64_t time) {
    if (from == kNoNumber || to == kNoNumber) return;
    for (LineageEdge& edge : out_.edges) {
      if (edge.from != from || edge.to != to) continue;
      edge.first_seen = {std::min(edge.first_seen.ns, time)};
      edge.last_seen = {std::max(edge.last_seen.ns, time)};
      return;
    }
    LineageEdge& edge = out_.edges.emplace_back();
    edge.from = from;
    edge.to = to;
    edge.type = type;
    edge.first_seen = edge.last_seen = {time};
  }

  void FromRun(const Place& place, bool up, std::vector<Place>* queue) {
    const RunFold& run = views_.runs().at(place.number);
    if (run.job == NumberSet::kNone) return;
    const std::uint32_t own = places_.at({true, place.number});
    views_.lineage().ForEachOfJob(run.job, [&](Stamp stamp, std::uint32_t of, const auto& claims) {
      if (of != place.number || stamp.time >= moment_.until) return;
      for (std::uint32_t i = 0; i < claims.count; ++i) {
        const Graph::Edge& edge = views_.graph().edge(claims.at(i).edge);
        const bool reads = edge.to == run.job;
        if (reads != up) continue;
        const NodeNumber dataset = reads ? edge.from : edge.to;
        const std::uint32_t other = Reach({false, dataset, stamp.time, place.hops + (up ? -1 : 1)}, queue);
        if (up)
          Connect(other, own, "reads", stamp.time);
        else
          Connect(own, other, "writes", stamp.time);
      }
    });
  }

  void FromDataset(const Place& place, bool up, std::vector<Place>* queue) {
    const std::uint32_t own = places_.at({false, place.number});
    const std::int64_t again = up ? 0 : NextWrite(place);
    reader_.ForEach(up, place.number, [&](NodeNumber job, EdgeNumber edge, EdgeClass) {
      if (views_.graph().ClassOf(job) != NodeClass::kJob) return;
      std::pair<std::int64_t, std::uint32_t> newest{Timestamp::Min().ns, kNoNumber};
      views_.lineage().ForEachOfJob(job, [&](Stamp stamp, std::uint32_t run, const auto& claims) {
        if (run == kNoNumber || stamp.time >= moment_.until || !Holds(claims, edge)) return;
        if (up) {
          if (stamp.time <= place.time) newest = std::max(newest, {stamp.time, run});
        } else if (stamp.time >= place.time && stamp.time < again) {
          Connect(own, Reach({true, run, stamp.time, place.hops + 1}, queue), "reads", stamp.time);
        }
      });
      if (newest.second == kNoNumber) return;
      Connect(Reach({true, newest.second, newest.first, place.hops - 1}, queue), own, "writes", newest.first);
    });
  }

  // When the dataset was written again after it was reached; for ever for one that was asked about.
  std::int64_t NextWrite(const Place& place) const {
    std::int64_t next = kForever;
    if (place.hops == 0) return next;
    reader_.ForEach(true, place.number, [&](NodeNumber job, EdgeNumber edge, EdgeClass) {
      views_.lineage().ForEachOfJob(job, [&](Stamp stamp, std::uint32_t run, const auto& claims) {
        if (run != kNoNumber && stamp.time > place.time && Holds(claims, edge) && !SameRun(place, run)) {
          next = std::min(next, stamp.time);
        }
      });
    });
    return next;
  }

  // START and COMPLETE of one run are one writing.
  [[nodiscard]] bool SameRun(const Place& place, std::uint32_t run) const {
    const auto writer = places_.find({true, run});
    const auto own = places_.find({false, place.number});
    if (writer == places_.end() || own == places_.end()) return false;
    return std::any_of(out_.edges.begin(), out_.edges.end(),
                       [&](const LineageEdge& edge) { return edge.from == writer->second && edge.to == own->second; });
  }

  template <typename Claims>
  static bool Holds(const Claims& claims, EdgeNumber edge) {
    for (std::uint32_t i = 0; i < claims.count; ++i) {
      if (claims.at(i).edge == edge) return true;
    }
    return false;
  }

  void AddParents() {
    for (const auto& [key, place] : std::map<Key, std::uint32_t>(places_)) {
      if (!key.first) continue;
      const RunFold& run = views_.runs().at(key.second);
      if (run.parent == NumberSet::kNone) continue;
      const RunFold* parent = views_.FindRun(views_.texts().at(run.tenant), views_.texts().at(run.parent));
      if (parent == nullptr) continue;
      const auto found = places_.find({true, views_.runs().NumberOf(*parent)});
      if (found != places_.end()) Connect(found->second, place, "parent", run.parent_at);
    }
  }

  const Views& views_;
  GraphReader& reader_;
  const LineageSpec& spec_;
  Moment moment_;
  std::map<Key, std::uint32_t> places_;
  LineageGraph out_;
};

}  // namespace

Result<LineageGraph> RunLineage(const Views& views, Pause* pause, const LineageScope& scope,
                                std::span<const NodeNumber> starts, const LineageSpec& spec) {
  // Of runs, only what they did counts; how long an edge stands does not.
  GraphReader::Wanted wanted = scope.wanted();
  wanted.moment.from = Timestamp::Min().ns;
  GraphReader reader(views.graph(), wanted, pause);
  RunWalk walk(views, reader, spec);
  if (!walk.Run(starts)) return AskAnew();
  return walk.Finish();
}

}  // namespace cairn
