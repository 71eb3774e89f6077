#include "server/marquez_found_versions.h"

#include <simdjson.h>

#include <algorithm>
#include <map>

#include "record/openlineage_json.h"
#include "server/marquez_facts.h"

namespace cairn {
namespace {

// Statements of one job about one dataset that are looked at, and events about the dataset alone.
constexpr std::size_t kStatementsMax = 10'000;
constexpr std::size_t kStatementsForNewest = 4;
constexpr std::size_t kEventsMax = 1'000;
constexpr std::uint32_t kJobsMax = 100'000;

/// What was found so far of one dataset.
class Search {
 public:
  Search(const MarquezAsk& ask, std::size_t statements) : ask_(ask), statements_(statements) {}

  /// What was stated of it by itself, under one name and before that time.
  Status Events(const NodeKey& name, std::optional<Timestamp> until) {
    HistorySpec spec;
    spec.until = until;
    spec.order = Order::kNewestFirst;
    spec.limit = std::min(statements_, kEventsMax);
    auto facts = ask_.repository.History(kKindDatasetEvent, name, spec);
    if (!facts) return facts.error();
    for (const Fact& fact : *facts) TakeFact(fact, "", name);
    return Status::Ok();
  }

  /// What was stated of it by itself, and what those who wrote it did, or say that they do.
  Status Written(const std::vector<NodeKey>& names) {
    for (const NodeKey& name : names) {
      if (Status status = Events(name, std::nullopt); !status.ok()) return status;
    }
    for (const NodeKey& name : names) {
      auto jobs = JobsAt(name, Direction::kUpstream, "writes");
      if (!jobs) return jobs.error();
      for (const auto& [job, first] : *jobs) {
        if (Status status = StatementsOf(job, name); !status.ok()) return status;
      }
      if (Status status = Drops(name); !status.ok()) return status;
    }
    return Status::Ok();
  }

  /// What its first reader says of it, unless something is known of before.
  Status FirstReader(const std::vector<NodeKey>& names) {
    Jobs jobs;
    for (const NodeKey& name : names) {
      auto some = JobsAt(name, Direction::kDownstream, "reads");
      if (!some) return some.error();
      jobs.insert(jobs.end(), some->begin(), some->end());
    }
    if (jobs.empty()) return Status::Ok();
    const auto first =
        std::min_element(jobs.begin(), jobs.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
    for (const FoundVersion& one : without_run_) {
      if (one.created_at <= first->second) return Status::Ok();
    }
    for (const auto& [id, run] : runs_) {
      if (run.created_at <= first->second) return Status::Ok();
    }
    HistorySpec spec;
    spec.from = first->second;
    spec.until = Timestamp{first->second.ns + 1};
    for (const std::string_view kind : {kKindRunEvent, kKindJobEvent}) {
      auto facts = ask_.repository.History(kind, first->first, spec);
      if (!facts) return facts.error();
      for (const Fact& fact : *facts) {
        for (const NodeKey& name : names) {
          if (TakeFact(fact, "inputs", name)) return Status::Ok();
        }
      }
    }
    return Status::Ok();
  }

  FoundVersions Take() {
    FoundVersions out = std::move(without_run_);
    for (auto& [id, run] : runs_) out.push_back(std::move(run));
    std::sort(out.begin(), out.end(), [](const FoundVersion& a, const FoundVersion& b) {
      return a.stated_at != b.stated_at ? a.stated_at > b.stated_at : a.run_id > b.run_id;
    });
    return out;
  }

 private:
  using Jobs = std::vector<std::pair<NodeKey, Timestamp>>;

  // Jobs that ever wrote or read it under that name, and since when: what was dropped, or is written by others now, had
  // its versions.
  [[nodiscard]] Result<Jobs> JobsAt(const NodeKey& dataset, Direction direction, const char* edge_type) const {
    LineageSpec spec;
    spec.node = dataset;
    spec.direction = direction;
    spec.depth = 1;
    spec.filter.edge_types = {edge_type, "same"};
    spec.filter.time.from = Timestamp::Min();
    spec.filter.time.until = Timestamp::Max();
    spec.nodes_max = kJobsMax;
    auto graph = ask_.repository.Lineage(spec);
    if (!graph && graph.error().code() == StatusCode::kNotFound) return Jobs();
    if (!graph) return graph.error();
    Jobs out;
    for (const LineageEdge& edge : graph->edges) {
      const LineageNode& job = graph->nodes[direction == Direction::kUpstream ? edge.from : edge.to];
      if (job.key.type == kTypeJob && !job.hidden) out.emplace_back(job.key, edge.first_seen);
    }
    return out;
  }

  // That a job wrote it under that name.
  Status StatementsOf(const NodeKey& job, const NodeKey& name) {
    LineageWhySpec why;
    why.from = job;
    why.to = name;
    why.type = "writes";
    why.limit = statements_;
    auto reasons = ask_.repository.Why(why);
    if (!reasons) return reasons.error().code() == StatusCode::kNotFound ? Status::Ok() : reasons.error();
    for (const EdgeReason& reason : reasons->reasons) {
      if (reason.to != name) continue;
      if (!reason.run_id.empty()) {
        TakeRun(reason.run_id, reason.stated_at);
      } else if (reason.fact) {
        TakeFact(*reason.fact, "outputs", name);
      }
    }
    return Status::Ok();
  }

  // Runs that dropped it, or changed it otherwise: what is dropped at once was written at no time.
  Status Drops(const NodeKey& name) {
    HistorySpec spec;
    spec.order = Order::kNewestFirst;
    spec.limit = statements_;
    auto facts = ask_.repository.History("lifecycleStateChange", name, spec);
    if (!facts) return facts.error().code() == StatusCode::kNotFound ? Status::Ok() : facts.error();
    for (const Fact& fact : *facts) {
      const auto said = fact.Parse();
      if (said && !said->run_id.empty()) TakeRun(said->run_id, fact.produced_at());
    }
    return Status::Ok();
  }

  void TakeRun(const std::string& run_id, Timestamp stated_at) {
    FoundVersion& run = runs_.try_emplace(run_id, FoundVersion{stated_at, stated_at, run_id}).first->second;
    run.created_at = std::min(run.created_at, stated_at);
    run.stated_at = std::max(run.stated_at, stated_at);
  }

  // What an event says of the dataset, among its `list`, or (none) as a whole: the same again is the same version.
  // False where it says nothing of it.
  bool TakeFact(const Fact& fact, std::string_view list, const NodeKey& name) {
    Element record;
    const std::string_view bytes = fact.record();
    if (parser_.parse(bytes.data(), bytes.size(), true).get(record) != simdjson::SUCCESS) return false;
    std::optional<Object> dataset;
    if (list.empty()) {
      Object found;
      if (record.at_pointer("/payload/dataset").get(found) == simdjson::SUCCESS) dataset = found;
    } else {
      Element elements;
      if (record.at_pointer("/payload/" + std::string(list)).get(elements) != simdjson::SUCCESS) return false;
      for (const Element element : ElementsOf(elements)) {
        const auto one = AsObject(element);
        if (one && Text(*one, "namespace") == name.ns && Text(*one, "name") == name.name) dataset = one;
      }
      if (!dataset) return false;
    }
    FoundVersion found{fact.produced_at(), fact.produced_at(), "", name, {}};
    if (const auto facets = dataset ? AsObject(Member(*dataset, "facets")) : std::nullopt) {
      for (const auto [key, value] : *facets) found.facets.insert_or_assign(std::string(key), simdjson::minify(value));
    }
    const auto [place, is_new] = known_.try_emplace(DatasetVersion(name, found.facets, ""), without_run_.size());
    if (is_new) {
      without_run_.push_back(std::move(found));
    } else {
      FoundVersion& same = without_run_[place->second];
      same.created_at = std::min(same.created_at, found.created_at);
      same.stated_at = std::max(same.stated_at, found.stated_at);
    }
    return true;
  }

  const MarquezAsk& ask_;
  std::size_t statements_;
  simdjson::dom::parser parser_;
  std::map<std::string, FoundVersion> runs_;
  FoundVersions without_run_;
  std::map<std::string, std::size_t> known_;  // By their ids, in without_run_.
};

}  // namespace

Result<FoundVersions> FindDatasetVersions(const MarquezAsk& ask, const NodeKey& dataset) {
  auto names = EveryNameOf(ask, dataset);
  if (!names) return names.error();
  Search search(ask, kStatementsMax);
  if (Status status = search.Written(*names); !status.ok()) return status;
  if (Status status = search.FirstReader(*names); !status.ok()) return status;
  return search.Take();
}

Result<std::optional<FoundVersion>> FindNewestVersion(const MarquezAsk& ask, const NodeKey& dataset) {
  auto names = EveryNameOf(ask, dataset);
  if (!names) return names.error();
  Search search(ask, kStatementsForNewest);
  if (Status status = search.Written(*names); !status.ok()) return status;
  FoundVersions found = search.Take();
  if (found.empty()) {
    // The newest few may be withheld from the one who asks.
    auto all = FindDatasetVersions(ask, dataset);
    if (!all) return all.error();
    found = std::move(*all);
  }
  if (found.empty()) return std::optional<FoundVersion>();
  return std::optional(std::move(found.front()));
}

Status FindNewestEvent(const MarquezAsk& ask, const NodeKey& name, Timestamp until, FoundVersions* out) {
  Search search(ask, 1);
  if (Status status = search.Events(name, until); !status.ok()) return status;
  for (FoundVersion& one : search.Take()) out->push_back(std::move(one));
  return Status::Ok();
}

}  // namespace cairn
