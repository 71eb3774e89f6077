#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "record/facet_map.h"
#include "store/embedded_repository.h"

namespace cairn {
namespace {

constexpr std::int64_t kMinNs = Timestamp::Min().ns;
constexpr std::int64_t kMaxNs = Timestamp::Max().ns;

Status NoFact(std::string_view kind, const NodeView& node) {
  return {StatusCode::kNotFound, fmt::format("no {} of {}", kind, NodeId(node))};
}

// Those with from <= produced_at < until; the bounds at the ends of time hold for all.
std::span<const Posting> Between(std::span<const Posting> postings, std::int64_t from, std::int64_t until) {
  const auto before = [](const Posting& posting, std::int64_t time) { return posting.produced_at < time; };
  const auto begin =
      from == kMinNs ? postings.begin() : std::lower_bound(postings.begin(), postings.end(), from, before);
  const auto end = until == kMaxNs ? postings.end() : std::lower_bound(begin, postings.end(), until, before);
  return {begin, end};
}

}  // namespace

Result<Fact> EmbeddedRepository::Latest(std::string_view kind, const NodeView& node) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::string_view series_kind = PlatformKind(kind);
  const std::shared_lock lock(views_mutex_);
  const Series* series = state_.views.FindSeries(series_kind, node);
  if (series == nullptr) return NoFact(kind, node);
  if (IsDeletion(series->latest.facet)) {
    return Status(StatusCode::kNotFound,
                  fmt::format("no {} of {}: deleted at {} (record {})", kind, NodeId(node),
                              FormatTimestamp({series->latest.produced_at}), series->latest.seq.value));
  }
  return state_.segments.FactOf(series->latest);
}

// Under views_mutex_: all postings of a series with from <= produced_at < until, in order.
std::vector<Posting> EmbeddedRepository::PostingsOf(const Series& series, std::int64_t from, std::int64_t until) const {
  std::vector<Posting> out;
  series.open.Read([&](std::span<const Posting> open) {
    const auto between = Between(open, from, until);
    out.assign(between.begin(), between.end());
  });
  if (series.open.size() == series.count) return out;
  const std::string key = SeriesKeyBytes(state_.views.texts().at(series.kind), state_.views.nodes().at(series.node));
  for (const auto& segment : state_.segments) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const auto postings = sealed.index().FindSeries(key);
    const auto begin = std::lower_bound(postings.times.begin(), postings.times.end(), from);
    const auto end = until == kMaxNs ? postings.times.end() : std::lower_bound(begin, postings.times.end(), until);
    if (begin >= end) continue;
    const auto middle = static_cast<std::ptrdiff_t>(out.size());
    for (auto at = begin; at != end; ++at) {
      const auto i = static_cast<std::size_t>(at - postings.times.begin());
      out.push_back({*at, {sealed.first().value + postings.records[i]}, postings.facet(i), {}});
    }
    std::inplace_merge(out.begin(), out.begin() + middle, out.end());
  }
  return out;
}

Result<FactList> EmbeddedRepository::FactsOf(std::span<const Posting> postings, const HistorySpec& spec) const {
  const std::size_t limit = spec.limit == 0 ? postings.size() : std::min(spec.limit, postings.size());
  FactList out;
  out.reserve(limit);
  if (Status status = state_.segments.AppendFacts(postings, spec.order, limit, &out); !status.ok()) return status;
  return out;
}

Result<FactList> EmbeddedRepository::History(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const Series* series = state_.views.FindSeries(PlatformKind(kind), node);
  if (series == nullptr) return FactList();
  const std::int64_t from = spec.from ? spec.from->ns : kMinNs;
  const std::int64_t until = spec.until ? spec.until->ns : kMaxNs;
  if (series->open.size() != series->count) return FactsOf(PostingsOf(*series, from, until), spec);
  // Nothing is sealed: the postings are read where they stand.
  Result<FactList> out(FactList{});
  series->open.Read([&](std::span<const Posting> open) { out = FactsOf(Between(open, from, until), spec); });
  return out;
}

RunInfo EmbeddedRepository::InfoOf(const RunFold& run) const {
  const TextTable& texts = state_.views.texts();
  RunInfo out;
  out.tenant = texts.at(run.tenant);
  out.run_id = texts.at(run.id);
  if (run.job != NumberSet::kNone) out.job = state_.views.nodes().at(run.job).Own();
  out.state = run.state;
  if (run.started_at != kMaxNs) out.started_at = Timestamp{run.started_at};
  if (IsTerminal(run.state)) out.ended_at = Timestamp{run.state_at};
  out.first_seen = {run.first_seen};
  out.last_seen = {run.last_seen};
  if (run.parent != NumberSet::kNone) out.parent_run_id = texts.at(run.parent);
  out.records = run.records;
  return out;
}

Result<RunInfo> EmbeddedRepository::Run(std::string_view tenant, std::string_view run_id) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const RunFold* run = state_.views.FindRun(tenant, run_id);
  if (run == nullptr) return Status(StatusCode::kNotFound, fmt::format("no run \"{}\"", run_id));
  return InfoOf(*run);
}

Result<std::vector<RunInfo>> EmbeddedRepository::Runs(const RunsSpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  std::vector<const RunFold*> found;
  const RunTable& runs = state_.views.runs();
  for (std::uint32_t i = 0; i < runs.size(); ++i) {
    const RunFold& run = runs.at(i);
    if (state_.views.texts().at(run.tenant) != spec.tenant) continue;
    if (spec.state && run.state != *spec.state) continue;
    if (spec.from && run.last_seen < spec.from->ns) continue;
    if (spec.until && run.first_seen >= spec.until->ns) continue;
    if (!spec.job.empty()) {
      if (run.job == NumberSet::kNone) continue;
      const NodeView job = state_.views.nodes().at(run.job);
      if (job.name != spec.job && NodeId(job) != spec.job) continue;
    }
    found.push_back(&run);
  }
  const auto newer = [&](const RunFold* a, const RunFold* b) {
    if (a->last_seen != b->last_seen) return a->last_seen > b->last_seen;
    return state_.views.texts().at(a->id) < state_.views.texts().at(b->id);
  };
  const std::size_t count = spec.limit == 0 ? found.size() : std::min(spec.limit, found.size());
  std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(count), found.end(), newer);
  std::vector<RunInfo> out;
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(InfoOf(*found[i]));
  return out;
}

// Under views_mutex_.
std::vector<Seq> EmbeddedRepository::SeqsOf(const RunFold& run) const {
  std::vector<Seq> out;
  for (const std::uint64_t seq : run.open) out.push_back({seq});
  if (run.open.size() != run.records) {
    const std::string key = RunKeyBytes(state_.views.texts().at(run.tenant), state_.views.texts().at(run.id));
    for (const auto& segment : state_.segments) {
      if (!segment->sealed()) continue;
      const auto& sealed = static_cast<const SealedSegment&>(*segment);
      for (const std::uint32_t record : sealed.index().FindRun(key)) out.push_back({sealed.first().value + record});
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

Result<FactList> EmbeddedRepository::RunRecords(std::string_view tenant, std::string_view run_id) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const RunFold* run = state_.views.FindRun(tenant, run_id);
  if (run == nullptr) return Status(StatusCode::kNotFound, fmt::format("no run \"{}\"", run_id));
  FactList out;
  for (const Seq seq : SeqsOf(*run)) {
    if (auto fact = state_.RecordAt(seq)) {
      out.push_back(std::move(*fact));
    } else if (fact.error().code() == StatusCode::kDataLoss) {
      ++out.damaged;
    } else {
      return fact.error();
    }
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Fact& a, const Fact& b) { return a.produced_at() < b.produced_at(); });
  return out;
}

Result<LineageGraph> EmbeddedRepository::Lineage(const LineageSpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const std::uint32_t start = state_.views.nodes().Find(spec.node);
  if (start == NumberSet::kNone) {
    return Status(StatusCode::kNotFound, fmt::format("no node {}", NodeId(spec.node)));
  }
  const Graph& graph = state_.views.graph();
  const Graph::Walk walk = graph.Reach(start, spec.direction, spec.depth, std::max<std::uint32_t>(spec.nodes_max, 1));
  LineageGraph out;
  out.partial = walk.partial;
  boost::unordered_flat_map<NodeNumber, std::uint32_t> places;
  for (const auto& visit : walk.nodes) {
    places.emplace(visit.node, static_cast<std::uint32_t>(out.nodes.size()));
    out.nodes.push_back({state_.views.nodes().at(visit.node).Own(), visit.hops});
  }
  for (const std::uint32_t number : walk.edges) {
    const Graph::Edge& edge = graph.edges()[number];
    out.edges.push_back({places.at(edge.from), places.at(edge.to), std::string(EdgeTypeName(edge.type)),
                         edge.first_seen, edge.last_seen});
  }
  return out;
}

Result<EntityInfo> EmbeddedRepository::Entity(const NodeView& node) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const std::uint32_t number = state_.views.nodes().Find(node);
  if (number == NumberSet::kNone) return Status(StatusCode::kNotFound, fmt::format("no node {}", NodeId(node)));
  EntityInfo out;
  out.node = node.Own();
  std::int64_t first = kMaxNs;
  std::int64_t last = kMinNs;
  if (const NodeFold* fold = state_.views.node(number)) {
    first = fold->first_seen;
    last = fold->last_seen;
    for (std::uint32_t at = fold->first_series; at != NumberSet::kNone;) {
      const Series& series = state_.views.series().at(at);
      out.kinds.emplace_back(state_.views.texts().at(series.kind));
      out.facts += series.count;
      first = std::min(first, series.first_produced);
      last = std::max(last, series.latest.produced_at);
      at = series.next_of_node;
    }
  }
  std::sort(out.kinds.begin(), out.kinds.end());
  if (first <= last) {
    out.first_seen = {first};
    out.last_seen = {last};
  }
  if (const NodeAttributes* attributes = state_.views.attributes(number)) {
    out.owners = attributes->owners.values;
    out.tags = attributes->tags.values;
  }
  return out;
}

Result<std::vector<NodeKey>> EmbeddedRepository::FindNodes(std::string_view tenant, std::string_view text,
                                                           std::size_t limit) {
  if (Status status = CatchUp(); !status.ok()) return status;
  struct Found {
    int rank;  // Whole name, whole part, else a piece of the id.
    std::string id;
    std::uint32_t number;
    bool operator<(const Found& other) const { return std::tie(rank, id) < std::tie(other.rank, other.id); }
  };
  std::set<Found> best;
  const std::shared_lock lock(views_mutex_);
  const NodeTable& nodes = state_.views.nodes();
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    const NodeView node = nodes.at(i);
    if (node.tenant != tenant) continue;
    int rank = 2;
    if (node.name == text && node.part.empty()) rank = 0;
    if (!node.part.empty() && node.part == text) rank = 1;
    std::string id = NodeId(node);
    if (rank == 2 && id.find(text) == std::string::npos && node.name.find(text) == std::string_view::npos &&
        node.ns.find(text) == std::string_view::npos) {
      continue;
    }
    best.insert({rank, std::move(id), i});
    if (limit != 0 && best.size() > limit) best.erase(std::prev(best.end()));
  }
  std::vector<NodeKey> out;
  for (const Found& found : best) out.push_back(nodes.at(found.number).Own());
  return out;
}

Result<TailPage> EmbeddedRepository::Tail(Seq from, std::size_t limit) {
  if (Status status = CatchUp(); !status.ok()) return status;
  TailPage out;
  const std::shared_lock lock(views_mutex_);
  Seq seq{std::max<std::uint64_t>(from.value, 1)};
  for (; seq <= state_.place.tail.last && out.facts.size() < limit; ++seq.value) {
    auto fact = state_.RecordAt(seq);
    if (fact) {
      out.facts.push_back(std::move(*fact));
    } else if (fact.error().code() != StatusCode::kDataLoss) {
      return fact.error();
    }
    // What a damaged batch held is passed over here; Verify tells it.
  }
  out.next = seq;
  return out;
}

Status EmbeddedRepository::WaitFor(Seq last, std::chrono::milliseconds timeout) {
  // What other processes write comes without a signal, so it is looked for.
  constexpr std::chrono::milliseconds kLook{20};
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    if (Status status = CatchUp(); !status.ok()) return status;
    {
      const std::shared_lock lock(views_mutex_);
      if (state_.place.tail.last > last) return Status::Ok();
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= deadline) return {StatusCode::kDeadlineExceeded, fmt::format("nothing new after record {}", last.value)};
    std::unique_lock lock(news_mutex_);
    news_.wait_until(lock, std::min(deadline, now + kLook));
  }
}

Result<RepositoryStats> EmbeddedRepository::Stats() {
  if (Status status = CatchUp(); !status.ok()) return status;
  RepositoryStats out;
  const std::shared_lock lock(views_mutex_);
  const Views& views = state_.views;
  out.records = views.records();
  out.last_seq = state_.place.tail.last;
  for (const auto& segment : state_.segments) {
    if (segment->sealed()) {
      ++out.segments_sealed;
      out.bytes_sealed += static_cast<const SealedSegment&>(*segment).file_bytes();
    } else {
      ++out.segments_open;
      const auto bytes = static_cast<const OpenSegment&>(*segment).FileBytes();
      if (bytes) out.bytes_open += *bytes;
    }
  }
  out.series = views.series().size();
  out.nodes = views.nodes().size();
  out.runs = views.runs().size();
  out.edges = views.graph().edges().size();
  out.damaged_batches = state_.damage.size();
  std::vector<std::uint64_t> counts(views.texts().size(), 0);
  for (std::uint32_t i = 0; i < views.series().size(); ++i)
    counts[views.series().at(i).kind] += views.series().at(i).count;
  for (std::uint32_t i = 0; i < counts.size(); ++i) {
    if (counts[i] != 0) out.kinds.emplace_back(views.texts().at(i), counts[i]);
  }
  std::sort(out.kinds.begin(), out.kinds.end(), [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return out;
}

Status EmbeddedRepository::Dump(std::ostream& out) {
  if (Status status = CatchUp(); !status.ok()) return status;
  std::vector<std::string> lines;
  const std::shared_lock lock(views_mutex_);
  const Views& views = state_.views;
  const auto name = [&](std::uint32_t node) {
    const NodeView view = views.nodes().at(node);
    return view.tenant.empty() ? NodeId(view) : NodeId(view) + "@" + std::string(view.tenant);
  };
  for (std::uint32_t i = 0; i < views.series().size(); ++i) {
    const Series& series = views.series().at(i);
    std::string line = fmt::format("series {} {} count={} records={} latest={}/{}/{}", views.texts().at(series.kind),
                                   name(series.node), series.count, series.records, series.latest.produced_at,
                                   series.latest.seq.value, series.latest.facet);
    for (const Posting& posting : PostingsOf(series, kMinNs, kMaxNs)) {
      line += fmt::format(" {}/{}/{}", posting.produced_at, posting.seq.value, posting.facet);
    }
    lines.push_back(std::move(line));
  }
  for (std::uint32_t i = 0; i < views.runs().size(); ++i) {
    const RunFold& run = views.runs().at(i);
    std::string line = fmt::format("run {}@{} state={} at={} started={} seen={}..{} parent={} job={} records={}",
                                   views.texts().at(run.id), views.texts().at(run.tenant), RunStateName(run.state),
                                   run.state_at, run.started_at, run.first_seen, run.last_seen,
                                   run.parent == NumberSet::kNone ? "" : views.texts().at(run.parent),
                                   run.job == NumberSet::kNone ? std::string() : name(run.job), run.records);
    for (const Seq seq : SeqsOf(run)) line += fmt::format(" {}", seq.value);
    lines.push_back(std::move(line));
  }
  for (const Graph::Edge& edge : views.graph().edges()) {
    lines.push_back(fmt::format("edge {} -{}-> {} {}..{}", name(edge.from), EdgeTypeName(edge.type), name(edge.to),
                                edge.first_seen.ns, edge.last_seen.ns));
  }
  for (std::uint32_t i = 0; i < views.nodes().size(); ++i) {
    std::string line = "node " + name(i);
    if (const NodeFold* fold = views.node(i); fold != nullptr && fold->first_seen <= fold->last_seen) {
      line += fmt::format(" seen={}..{}", fold->first_seen, fold->last_seen);
    }
    if (const NodeAttributes* attributes = views.attributes(i)) {
      for (const std::string& tag : attributes->tags.values) line += " tag=" + tag;
      for (const std::string& owner : attributes->owners.values) line += " owner=" + owner;
    }
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) out << line << '\n';
  out << "records " << views.records() << '\n';
  return Status::Ok();
}

std::string_view RunStateName(RunState state) {
  switch (state) {
    case RunState::kUnknown:
      return "UNKNOWN";
    case RunState::kOther:
      return "OTHER";
    case RunState::kStarted:
      return "STARTED";
    case RunState::kRunning:
      return "RUNNING";
    case RunState::kCompleted:
      return "COMPLETED";
    case RunState::kFailed:
      return "FAILED";
    case RunState::kAborted:
      return "ABORTED";
  }
  return "UNKNOWN";
}

}  // namespace cairn
