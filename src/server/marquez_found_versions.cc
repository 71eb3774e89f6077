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
// Events of one job that are looked through for one that names the dataset, and jobs that may have read it first.
constexpr std::size_t kEventsOfJob = 64;
constexpr std::size_t kReadersTried = 64;
constexpr std::uint32_t kJobsMax = 100'000;

/// What was found so far of one dataset, before `until`.
class Search {
 public:
  Search(const MarquezAsk& ask, const std::vector<DatasetName>& names, std::size_t statements,
         std::optional<Timestamp> until = {})
      : ask_(ask), names_(names), statements_(statements), until_(until) {}

  /// What was stated of it by itself.
  Status Events() {
    for (const DatasetName& name : names_) {
      HistorySpec spec = NewestFirst(std::min(StatementsOf(name), kEventsMax));
      auto facts = ask_.repository.History(kKindDatasetEvent, name.key, spec);
      if (!facts) return facts.error();
      for (const Fact& fact : *facts) TakeFact(fact, "", name);
    }
    return Status::Ok();
  }

  /// What those who wrote it did, or say that they do.
  Status Writers() {
    for (const DatasetName& name : names_) {
      auto jobs = JobsAt(name, Direction::kUpstream, "writes");
      if (!jobs) return jobs.error();
      for (const auto& [first, job] : *jobs) {
        if (Status status = StatementsOfJob(job, name); !status.ok()) return status;
      }
      if (Status status = Drops(name); !status.ok()) return status;
    }
    return Status::Ok();
  }

  /// Of each job that says it writes it, without a run, the newest event.
  Status JobEvents() {
    for (const DatasetName& name : names_) {
      auto jobs = JobsAt(name, Direction::kUpstream, "writes");
      if (!jobs) return jobs.error();
      for (const auto& [first, job] : *jobs) {
        auto facts = ask_.repository.History(kKindJobEvent, job, NewestFirst(kEventsOfJob));
        if (!facts) return facts.error();
        (void)std::any_of(facts->begin(), facts->end(),
                          [&](const Fact& fact) { return TakeFact(fact, "outputs", name); });
      }
    }
    return Status::Ok();
  }

  /// What its first reader says of it, unless something is known of before.
  Status FirstReader() {
    std::vector<std::tuple<Timestamp, NodeKey, const DatasetName*>> readers;
    for (const DatasetName& name : names_) {
      auto jobs = JobsAt(name, Direction::kDownstream, "reads");
      if (!jobs) return jobs.error();
      for (auto& [first, job] : *jobs) readers.emplace_back(first, std::move(job), &name);
    }
    std::sort(readers.begin(), readers.end());
    std::optional<Fact> earliest;
    const DatasetName* read = nullptr;
    std::size_t tried = 0;
    for (const auto& [since, job, name] : readers) {
      // An edge stands since then, by an event of then or one that came after.
      if (++tried > kReadersTried || (earliest && earliest->produced_at() <= since) || IsKnownAt(since)) break;
      for (const std::string_view kind : {kKindRunEvent, kKindJobEvent}) {
        HistorySpec spec;
        spec.from = since;
        spec.until = until_;
        spec.limit = kEventsOfJob;
        auto facts = ask_.repository.History(kind, job, spec);
        if (!facts) return facts.error();
        const auto names_it = [&](const Fact& fact) { return Facets(fact, "inputs", *name).has_value(); };
        const auto fact = std::find_if(facts->begin(), facts->end(), names_it);
        if (fact == facts->end() || (earliest && earliest->produced_at() <= fact->produced_at())) continue;
        earliest = *fact;
        read = name;
      }
    }
    if (earliest && !IsKnownAt(earliest->produced_at())) TakeFact(*earliest, "inputs", *read);
    return Status::Ok();
  }

  [[nodiscard]] bool found_any() const { return !runs_.empty() || !without_run_.empty(); }

  FoundVersions Take() {
    FoundVersions out = std::move(without_run_);
    for (auto& [id, run] : runs_) out.push_back(std::move(run));
    std::sort(out.begin(), out.end(), [](const FoundVersion& a, const FoundVersion& b) {
      return a.stated_at != b.stated_at ? a.stated_at > b.stated_at : a.run_id > b.run_id;
    });
    return out;
  }

 private:
  using Jobs = std::vector<std::pair<Timestamp, NodeKey>>;

  [[nodiscard]] HistorySpec NewestFirst(std::size_t limit) const {
    HistorySpec spec;
    spec.until = until_;
    spec.order = Order::kNewestFirst;
    spec.limit = limit;
    return spec;
  }

  // The newest of a name that it has no more may all be of others.
  [[nodiscard]] std::size_t StatementsOf(const DatasetName& name) const {
    return name.is_present ? statements_ : kStatementsMax;
  }

  // Jobs that ever wrote or read it under that name, and since when: what was dropped, or is written by others now, had
  // its versions.
  [[nodiscard]] Result<Jobs> JobsAt(const DatasetName& name, Direction direction, const char* edge_type) const {
    LineageSpec spec;
    spec.node = name.key;
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
    const bool up = direction == Direction::kUpstream;
    for (const LineageEdge& edge : graph->edges) {
      const LineageNode& job = graph->nodes[up ? edge.from : edge.to];
      const LineageNode& dataset = graph->nodes[up ? edge.to : edge.from];
      if (edge.type == edge_type && dataset.key == name.key && !job.hidden) out.emplace_back(edge.first_seen, job.key);
    }
    return out;
  }

  // That a job wrote it under that name.
  Status StatementsOfJob(const NodeKey& job, const DatasetName& name) {
    LineageWhySpec why;
    why.from = job;
    why.to = name.key;
    why.type = "writes";
    why.limit = StatementsOf(name);
    auto reasons = ask_.repository.Why(why);
    if (!reasons) return reasons.error().code() == StatusCode::kNotFound ? Status::Ok() : reasons.error();
    for (const EdgeReason& reason : reasons->reasons) {
      if (reason.to != name.key || !name.CountsAt(reason.stated_at)) continue;
      if (!reason.run_id.empty()) {
        TakeRun(reason.run_id, reason.stated_at);
      } else if (reason.fact) {
        TakeFact(*reason.fact, "outputs", name);
      }
    }
    return Status::Ok();
  }

  // Runs that dropped it, or changed it otherwise: what is dropped at once was written at no time.
  Status Drops(const DatasetName& name) {
    auto facts = ask_.repository.History("lifecycleStateChange", name.key, NewestFirst(StatementsOf(name)));
    if (!facts) return facts.error().code() == StatusCode::kNotFound ? Status::Ok() : facts.error();
    for (const Fact& fact : *facts) {
      const auto said = fact.Parse();
      if (said && !said->run_id.empty() && name.CountsAt(fact.produced_at())) TakeRun(said->run_id, fact.produced_at());
    }
    return Status::Ok();
  }

  [[nodiscard]] bool IsKnownAt(Timestamp time) const {
    const auto is_before = [&](const FoundVersion& one) { return one.created_at <= time; };
    return std::any_of(without_run_.begin(), without_run_.end(), is_before) ||
           std::any_of(runs_.begin(), runs_.end(), [&](const auto& run) { return is_before(run.second); });
  }

  void TakeRun(const std::string& run_id, Timestamp stated_at) {
    FoundVersion& run = runs_.try_emplace(run_id, FoundVersion{stated_at, stated_at, run_id}).first->second;
    run.created_at = std::min(run.created_at, stated_at);
    run.stated_at = std::max(run.stated_at, stated_at);
  }

  // What an event says of the dataset, among its `list`, or (none) as a whole; nothing where it says nothing of it.
  std::optional<RunStatements::Facets> Facets(const Fact& fact, std::string_view list, const DatasetName& name) {
    Element record;
    const std::string_view bytes = fact.record();
    if (!name.CountsAt(fact.produced_at())) return std::nullopt;
    if (parser_.parse(bytes.data(), bytes.size(), true).get(record) != simdjson::SUCCESS) return std::nullopt;
    std::optional<Object> dataset;
    Element stated;
    if (list.empty()) {
      if (record.at_pointer("/payload/dataset").get(stated) == simdjson::SUCCESS) dataset = AsObject(stated);
    } else {
      if (record.at_pointer("/payload/" + std::string(list)).get(stated) != simdjson::SUCCESS) return std::nullopt;
      for (const Element element : ElementsOf(stated)) {
        const auto one = AsObject(element);
        if (one && Text(*one, "namespace") == name.key.ns && Text(*one, "name") == name.key.name) dataset = one;
      }
      if (!dataset) return std::nullopt;
    }
    RunStatements::Facets out;
    if (const auto facets = dataset ? AsObject(Member(*dataset, "facets")) : std::nullopt) {
      for (const auto [key, value] : *facets) out.insert_or_assign(std::string(key), simdjson::minify(value));
    }
    return out;
  }

  // The same again is the same version. False where the event says nothing of the dataset.
  bool TakeFact(const Fact& fact, std::string_view list, const DatasetName& name) {
    auto facets = Facets(fact, list, name);
    if (!facets) return false;
    FoundVersion found{fact.produced_at(), fact.produced_at(), "", name.key, std::move(*facets)};
    const auto [place, is_new] = known_.try_emplace(DatasetVersion(name.key, found.facets, ""), without_run_.size());
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
  const std::vector<DatasetName>& names_;
  std::size_t statements_;
  std::optional<Timestamp> until_;
  simdjson::dom::parser parser_;
  std::map<std::string, FoundVersion> runs_;
  FoundVersions without_run_;
  std::map<std::string, std::size_t> known_;  // By their ids, in without_run_.
};

// Of what nobody wrote; one request asks once for each dataset, however many runs read it.
Status TakeFirstRead(const MarquezAsk& ask, const std::vector<DatasetName>& names, Timestamp until,
                     FoundVersions* out) {
  const NodeKey& dataset = names.front().key;
  auto known = ask.memory->FindFirstRead(dataset);
  if (known == nullptr) {
    Search search(ask, names, 1);
    if (Status status = search.FirstReader(); !status.ok()) return status;
    known = std::make_shared<const FoundVersions>(search.Take());
    ask.memory->KeepFirstRead(dataset, known);
  }
  std::copy_if(known->begin(), known->end(), std::back_inserter(*out),
               [&](const FoundVersion& one) { return one.created_at < until; });
  return Status::Ok();
}

}  // namespace

Result<FoundVersions> FindDatasetVersions(const MarquezAsk& ask, const std::vector<DatasetName>& names) {
  Search search(ask, names, kStatementsMax);
  if (Status status = search.Events(); !status.ok()) return status;
  if (Status status = search.Writers(); !status.ok()) return status;
  if (Status status = search.FirstReader(); !status.ok()) return status;
  return search.Take();
}

Result<std::optional<FoundVersion>> FindNewestVersion(const MarquezAsk& ask, const std::vector<DatasetName>& names) {
  Search search(ask, names, kStatementsForNewest);
  if (Status status = search.Events(); !status.ok()) return status;
  if (Status status = search.Writers(); !status.ok()) return status;
  FoundVersions found = search.Take();
  if (found.empty()) {
    // The newest few may be withheld from the one who asks.
    auto all = FindDatasetVersions(ask, names);
    if (!all) return all.error();
    found = std::move(*all);
  }
  if (found.empty()) return std::optional<FoundVersion>();
  return std::optional(std::move(found.front()));
}

Status FindReadWithoutRun(const MarquezAsk& ask, const std::vector<DatasetName>& names, Timestamp until,
                          FoundVersions* out) {
  Search search(ask, names, 1, until);
  if (Status status = search.Events(); !status.ok()) return status;
  if (Status status = search.JobEvents(); !status.ok()) return status;
  if (out->empty() && !search.found_any()) return TakeFirstRead(ask, names, until, out);
  for (FoundVersion& one : search.Take()) out->push_back(std::move(one));
  return Status::Ok();
}

}  // namespace cairn
