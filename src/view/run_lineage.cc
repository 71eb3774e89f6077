#include "view/run_lineage.h"

#include <algorithm>
#include <deque>
#include <map>
#include <optional>
#include <tuple>

#include "lineage/components.h"
#include "lineage/fold_reader.h"
#include "lineage/same_things.h"

namespace cairn {
namespace {

constexpr std::size_t kPlacesPerRest = 64;

// A run, or a dataset at the time at which it was reached.
struct Place {
  bool run = false;
  std::uint32_t number = 0;
  std::int64_t time = 0;
  std::int32_t hops = 0;
  std::uint32_t reader = kNoNumber;  // Of a dataset: the run that read it.
};

class RunWalk {
 public:
  RunWalk(const Views& views, GraphReader& reader, bool lets_in, const LineageScope& scope, const LineageSpec& spec)
      : views_(views),
        reader_(reader),
        stated_(views.lineage(), reader),
        same_(reader),
        enter_(scope.enter()),
        spec_(spec),
        moment_(reader.wanted().moment) {
    if (lets_in) past_.emplace(views.runs().past());
  }

  bool Run(const RunStarts& starts) {
    for (const bool up : {true, false}) {
      if (spec_.direction == (up ? Direction::kDownstream : Direction::kUpstream)) continue;
      Queue queue;
      for (const std::uint32_t run : starts.runs) Begin({true, run, StartTime(up), 0}, &queue);
      for (const NodeNumber start : starts.nodes) {
        if (!AddStart(start, up, &queue)) return false;
      }
      for (std::size_t i = 0; i < queue.size(); ++i) {
        if (!reader_.Rest()) return false;
        const Place place = queue[i];
        if (static_cast<std::uint32_t>(std::abs(place.hops)) >= spec_.depth) continue;
        if (!(place.run ? FromRun(place, up, &queue) : FromDataset(place, up, &queue))) return false;
      }
    }
    return AddParents();
  }

  // No view is looked at.
  LineageGraph Finish() {
    std::vector<std::uint32_t> order(nodes_.size());
    std::vector<std::string> ids;
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      order[i] = i;
      ids.push_back(NodeId(nodes_[i].key));
    }
    const auto rank = [&](std::uint32_t i) {
      const std::int32_t hops = nodes_[i].hops;
      return std::tuple<int, std::int32_t, const std::string&>(hops == 0  ? 0
                                                               : hops < 0 ? 1
                                                                          : 2,
                                                               std::abs(hops), ids[i]);
    };
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
    LineageGraph out;
    std::vector<std::uint32_t> place(order.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      out.nodes.push_back(std::move(nodes_[order[i]]));
    }
    LocalGraph local{static_cast<std::uint32_t>(out.nodes.size()), {}};
    for (LineageEdge& edge : edges_) {
      edge.from = place[edge.from];
      edge.to = place[edge.to];
      local.edges.emplace_back(edge.from, edge.to);
      out.edges.push_back(std::move(edge));
    }
    std::sort(out.edges.begin(), out.edges.end(), [](const LineageEdge& a, const LineageEdge& b) {
      return std::tie(a.from, a.to, a.type) < std::tie(b.from, b.to, b.type);
    });
    out.cycles = CyclesOf(FindComponents(local));
    out.partial = partial_;
    return out;
  }

 private:
  using Key = std::pair<bool, std::uint32_t>;
  using Queue = GrowArray<Place>;

  // A dataset is one under all its names.
  Key KeyOf(const Place& place) { return {place.run, place.run ? place.number : same_.Of(place.number)}; }

  [[nodiscard]] std::int64_t StartTime(bool up) const { return up ? moment_.until - 1 : Timestamp::Min().ns; }

  bool AddStart(NodeNumber node, bool up, Queue* queue) {
    const std::int64_t time = StartTime(up);
    if (views_.nodes().at(node).type != kTypeJob) {
      Begin({false, node, time, 0}, queue);
      return true;
    }
    std::pair<std::int64_t, std::uint32_t> newest{Timestamp::Min().ns, kNoNumber};
    const auto visit = [&](Stamp stamp, std::uint32_t run, const auto&) {
      if (run != kNoNumber && stamp.time < moment_.until) newest = std::max(newest, {stamp.time, run});
    };
    if (!stated_.ForEachOfJob(node, visit)) return false;
    if (newest.second != kNoNumber) Begin({true, newest.second, time, 0}, queue);
    return true;
  }

  // A start is gone on from in either direction.
  void Begin(const Place& place, Queue* queue) {
    const std::size_t queued = queue->size();
    if (Reach(place, queue) != kNoNumber && queue->size() == queued) queue->push_back(place);
  }

  // The answer's place of it; a new one is gone on from.
  std::uint32_t Reach(const Place& place, Queue* queue) {
    const auto [found, added] = places_.emplace(KeyOf(place), nodes_.size());
    if (!added) return found->second;
    if (place.hops != 0 && !MayEnter(place)) {
      places_.erase(found);
      return kNoNumber;
    }
    if (nodes_.size() >= std::max<std::size_t>(spec_.nodes_max, 1)) {
      partial_ = true;
      places_.erase(found);
      return kNoNumber;
    }
    LineageNode& node = nodes_.emplace_back();
    node.hops = place.hops;
    if (place.run) {
      node.key = KeyOfRun(place.number).Own();
    } else {
      node.key = views_.nodes().at(place.number).Own();
      for (const NodeNumber name : same_.NamesOf(place.number)) {
        if (name != place.number) node.names.push_back(views_.nodes().at(name).Own());
      }
      std::sort(node.names.begin(), node.names.end());
    }
    queue->push_back(place);
    return found->second;
  }

  [[nodiscard]] NodeView KeyOfRun(std::uint32_t number) const {
    const RunFold& run = views_.runs().at(number);
    return {views_.texts().at(run.tenant), kTypeRun, "", views_.texts().at(run.id), ""};
  }
  // A run is excluded by its own name, or by its job's.
  bool MayEnter(const Place& place) {
    if (enter_ == nullptr) return true;
    if (!place.run) return (*enter_)(place.number);
    const NodeNumber job = RunAt(place.number).job;
    if (job != NumberSet::kNone && !(*enter_)(job)) return false;
    return !MatchesAny(spec_.filter.exclude, KeyOfRun(place.number));
  }

  void Connect(std::uint32_t from, std::uint32_t to, std::string_view type, std::int64_t time) {
    if (from == kNoNumber || to == kNoNumber) return;
    const auto [found, added] = edges_of_.emplace(std::uint64_t{from} << 32 | to, edges_.size());
    if (!added) {
      LineageEdge& edge = edges_[found->second];
      edge.first_seen = {std::min(edge.first_seen.ns, time)};
      edge.last_seen = {std::max(edge.last_seen.ns, time)};
      return;
    }
    LineageEdge& edge = edges_.emplace_back();
    edge.from = from;
    edge.to = to;
    edge.type = type;
    edge.first_seen = edge.last_seen = {time};
  }

  bool FromRun(const Place& place, bool up, Queue* queue) {
    const NodeNumber job = RunAt(place.number).job;
    if (job == NumberSet::kNone) return true;
    const std::uint32_t own = places_.at({true, place.number});
    struct Moved {
      NodeNumber dataset;
      std::int64_t time;
    };
    GrowArray<Moved> moved;
    const bool whole = stated_.ForEachOfJob(job, [&](Stamp stamp, std::uint32_t of, const auto& claims) {
      if (of != place.number || stamp.time >= moment_.until) return;
      for (std::uint32_t i = 0; i < claims.count; ++i) {
        const Graph::Edge& edge = views_.graph().edge(claims.at(i).edge);
        const bool reads = edge.to == job;
        if (reads != up || (reader_.wanted().types >> static_cast<unsigned>(edge.type) & 1) == 0) continue;
        moved.push_back({reads ? edge.from : edge.to, stamp.time});
      }
    });
    if (!whole) return false;
    // What counts is when it was stated first, in whatever order the events came.
    std::map<NodeNumber, std::int64_t> first;
    std::size_t looked_at = 0;
    const auto may_go_on = [&] { return ++looked_at % kPlacesPerRest != 0 || reader_.Rest(); };
    for (std::size_t i = 0; i < moved.size(); ++i) {
      std::int64_t& time = first.try_emplace(same_.Of(moved[i].dataset), moved[i].time).first->second;
      time = std::min(time, moved[i].time);
      if (!may_go_on()) return false;
    }
    for (std::size_t i = 0; i < moved.size(); ++i) {
      if (!may_go_on()) return false;
      const std::int64_t time = moved[i].time;
      const Place dataset{false, moved[i].dataset, first.at(same_.Of(moved[i].dataset)), place.hops + (up ? -1 : 1),
                          up ? place.number : kNoNumber};
      const std::uint32_t other = Reach(dataset, queue);
      if (up)
        Connect(other, own, "reads", time);
      else
        Connect(own, other, "writes", time);
    }
    return true;
  }

  bool FromDataset(const Place& place, bool up, Queue* queue) {
    const std::uint32_t own = places_.at(KeyOf(place));
    std::int64_t again = 0;
    if (!up && !FindNextWrite(place, &again)) return false;
    return ForEachOfDataset(up, place.number, [&](NodeNumber job, EdgeNumber edge, EdgeNumber name) {
      std::pair<std::int64_t, std::uint32_t> newest{Timestamp::Min().ns, kNoNumber};
      const auto visit = [&](Stamp stamp, std::uint32_t run, const auto& claims) {
        if (run == kNoNumber || stamp.time >= moment_.until || !Holds(claims, edge) || !Stood(name, stamp.time)) return;
        if (up) {
          // It does not read what it writes itself.
          if (stamp.time <= place.time && run != place.reader) newest = std::max(newest, {stamp.time, run});
        } else if (stamp.time >= place.time && stamp.time < again) {
          Connect(own, Reach({true, run, stamp.time, place.hops + 1}, queue), "reads", stamp.time);
        }
      };
      if (!stated_.ForEachOfJob(job, visit)) return false;
      if (newest.second != kNoNumber) {
        Connect(Reach({true, newest.second, newest.first, place.hops - 1}, queue), own, "writes", newest.first);
      }
      return true;
    });
  }

  // The jobs that write it (`up`) or read it, under any of its names, one by one: `visit(job, edge, name)` may rest.
  // What was said under a name that it has no more counts while the edge `name` stood.
  template <typename Visit>
  bool ForEachOfDataset(bool up, NodeNumber dataset, Visit visit) {
    std::vector<std::pair<NodeNumber, EdgeNumber>> names;
    for (const NodeNumber name : same_.NamesOf(dataset)) names.emplace_back(name, kNoNumber);
    const std::size_t present = names.size();
    for (const EdgeNumber edge : views_.graph().NamesAt(dataset)) {
      const NodeNumber other = views_.graph().edge(edge).to;
      const auto is_other = [&](const auto& name) { return name.first == other; };
      if (std::none_of(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(present), is_other)) {
        names.emplace_back(other, edge);
      }
    }
    struct Job {
      NodeNumber job;
      EdgeNumber edge;
      EdgeNumber name;
    };
    std::vector<Job> jobs;
    for (const auto& [name, since] : names) {
      const auto take = [&](NodeNumber other, EdgeNumber edge, EdgeClass) {
        if (views_.graph().ClassOf(other) == NodeClass::kJob) jobs.push_back({other, edge, since});
      };
      if (!reader_.ForEachResting(up, name, take)) return false;
    }
    for (const auto& [job, edge, name] : jobs) {
      if (!visit(job, edge, name) || !reader_.Rest()) return false;
    }
    return true;
  }

  [[nodiscard]] bool Stood(EdgeNumber name, std::int64_t time) const {
    if (name == kNoNumber) return true;
    Interval room;
    const auto intervals = reader_.ValidityOf(name, &room);
    return std::any_of(intervals.begin(), intervals.end(),
                       [&](const Interval& one) { return one.from <= time && time < one.until; });
  }

  // When the dataset was written again after it was reached; for ever for one that was asked about.
  bool FindNextWrite(const Place& place, std::int64_t* next) {
    *next = kForever;
    if (place.hops == 0) return true;
    return ForEachOfDataset(true, place.number, [&](NodeNumber job, EdgeNumber edge, EdgeNumber name) {
      return stated_.ForEachOfJob(job, [&](Stamp stamp, std::uint32_t run, const auto& claims) {
        const bool counts = run != kNoNumber && stamp.time > place.time && Stood(name, stamp.time);
        if (counts && Holds(claims, edge) && !SameRun(place, run)) {
          *next = std::min(*next, stamp.time);
        }
      });
    });
  }

  // START and COMPLETE of one run are one writing.
  [[nodiscard]] bool SameRun(const Place& place, std::uint32_t run) {
    const auto writer = places_.find({true, run});
    const auto own = places_.find(KeyOf(place));
    if (writer == places_.end() || own == places_.end()) return false;
    return edges_of_.contains(std::uint64_t{writer->second} << 32 | own->second);
  }

  template <typename Claims>
  static bool Holds(const Claims& claims, EdgeNumber edge) {
    return std::binary_search(claims.edges, claims.edges + claims.count, edge);
  }

  // As it was when the question began.
  const RunSummary& RunAt(std::uint32_t number) {
    if (past_) {
      if (const RunSummary* was = past_->Find(number)) return *was;
    }
    return views_.runs().at(number);
  }

  bool AddParents() {
    std::size_t seen = 0;
    for (const auto& [key, place] : places_) {
      if (++seen % kPlacesPerRest == 0 && !reader_.Rest()) return false;
      if (!key.first) continue;
      const RunSummary& run = RunAt(key.second);
      if (run.parent == NumberSet::kNone) continue;
      const RunFold* parent = views_.FindRun(views_.texts().at(run.tenant), views_.texts().at(run.parent));
      if (parent == nullptr) continue;
      const auto found = places_.find({true, views_.runs().NumberOf(*parent)});
      if (found != places_.end()) Connect(found->second, place, "parent", run.parent_at);
    }
    return true;
  }

  const Views& views_;
  GraphReader& reader_;
  FoldReader stated_;
  SameThings same_;
  std::optional<PastReader<RunSummary>> past_;
  const Walk::Enter* enter_;
  const LineageSpec& spec_;
  Moment moment_;
  // None of these moves what it holds when it grows: that would keep writers waiting.
  std::map<Key, std::uint32_t> places_;
  std::map<std::uint64_t, std::size_t> edges_of_;  // (from, to) -> in edges_.
  std::deque<LineageNode> nodes_;
  std::deque<LineageEdge> edges_;
  bool partial_ = false;
};

}  // namespace

Result<LineageGraph> RunLineage(const Views& views, Pause* pause, const LineageScope& scope, const RunStarts& starts,
                                const LineageSpec& spec) {
  // Of runs, only what they did counts; how long an edge stands does not.
  GraphReader::Wanted wanted = scope.wanted();
  wanted.moment.from = Timestamp::Min().ns;
  GraphReader reader(views.graph(), wanted, pause);
  RunWalk walk(views, reader, pause != nullptr, scope, spec);
  if (!walk.Run(starts)) return AskAnew();
  reader.Release();
  return walk.Finish();
}

}  // namespace cairn
