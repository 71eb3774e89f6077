#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"

namespace cairn {

Status EmbeddedRepository::Dump(std::ostream& out) {
  constexpr int kTries = 8;
  if (Status status = CatchUp(); !status.ok()) return status;
  std::vector<std::string> lines;
  bool whole = false;
  std::uint64_t records = 0;
  for (int i = 0; i < kTries && !whole; ++i) {
    lines.clear();
    std::shared_lock lock(views_mutex_);
    LockPause pause(lock, state_.versions.any, hold_);
    whole = DumpLines(pause, &lines);
    records = state_.views.records();
  }
  if (!whole) {
    // Commits come faster than the views can be written down: those of a repository of its own, which nobody writes to,
    // cost time and memory and keep nobody waiting.
    StoreOptions options = options_;
    options.read_only = true;
    options.threads = 1;
    auto own = OpenEmbedded(path_, options, {&files_, &clock_});
    return own ? (*own)->Dump(out) : own.error();
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) out << line << '\n';
  out << "records " << records << '\n';
  return Status::Ok();
}

// Under views_mutex_. False where a commit came in between.
bool EmbeddedRepository::DumpLines(LockPause& pause, std::vector<std::string>* lines) const {
  const Views& views = state_.views;
  const SegmentList segments = state_.segments;
  std::size_t rows = 0;
  const auto same = [&] { return ++rows % 64 != 0 || pause.Tick(); };
  const auto name = [&](std::uint32_t node) {
    const NodeView view = views.nodes().at(node);
    return view.tenant.empty() ? NodeId(view) : NodeId(view) + "@" + std::string(view.tenant);
  };
  for (std::uint32_t i = 0; i < views.series().size(); ++i) {
    const Series& series = views.series().at(i);
    std::string line = fmt::format("series {} {} count={} records={} latest={}/{}/{}", views.texts().at(series.kind),
                                   name(series.node), series.count, series.records, series.latest.produced_at,
                                   series.latest.seq.value, series.latest.facet);
    Picture<Posting> picture;
    if (!same() || !TakeSeries(i, {}, pause, &picture)) return false;
    for (const Posting& posting : PostingsOf(picture, {}, segments)) {
      if (!same()) return false;
      line += fmt::format(" {}/{}/{}", posting.produced_at, posting.seq.value, posting.facet);
    }
    lines->push_back(std::move(line));
  }
  for (std::uint32_t i = 0; i < views.runs().size(); ++i) {
    const RunFold& run = views.runs().at(i);
    std::string line = fmt::format(
        "run {}@{} state={} at={} started={} seen={}..{} parent={} root={} job={} records={}", views.texts().at(run.id),
        views.texts().at(run.tenant), RunStateName(run.state), run.state_at, run.started_at, run.first_seen,
        run.last_seen, run.parent == NumberSet::kNone ? "" : views.texts().at(run.parent),
        run.root == NumberSet::kNone ? "" : views.texts().at(run.root),
        run.job == NumberSet::kNone ? std::string() : name(run.job), run.records);
    Picture<Seq> picture;
    if (!same() || !TakeRun(i, state_.place.tail.last, pause, &picture)) return false;
    for (const Seq seq : SeqsOf(std::move(picture), segments)) {
      if (!same()) return false;
      line += fmt::format(" {}", seq.value);
    }
    lines->push_back(std::move(line));
  }
  for (EdgeNumber i = 0; i < views.graph().edges(); ++i) {
    if (!same()) return false;
    const Graph::Edge& edge = views.graph().edge(i);
    std::string line = fmt::format("edge {} -{}-> {}", name(edge.from), EdgeTypeName(edge.type), name(edge.to));
    Interval room;
    for (const Interval& at : views.graph().ValidityOf(i, &room)) {
      line += fmt::format(" {}..{}", at.from, at.until == kForever ? "" : std::to_string(at.until));
    }
    lines->push_back(std::move(line));
  }
  for (std::uint32_t i = 0; i < views.nodes().size(); ++i) {
    if (!same()) return false;
    std::string line = "node " + name(i);
    if (const NodeStated* fold = views.stated(i); fold != nullptr && fold->first_seen <= fold->last_seen) {
      line += fmt::format(" seen={}..{}", fold->first_seen, fold->last_seen);
    }
    if (const NodeAttributes* attributes = views.attributes(i)) {
      for (const std::string& tag : attributes->tags.values) line += " tag=" + tag;
      for (const std::string& owner : attributes->owners.values) line += " owner=" + owner;
    }
    for (const MetadataValue& value : views.metadata().Of(i)) {
      line +=
          fmt::format(" {}={}@{}/{}", views.texts().at(value.key),
                      value.value == kNoNumber ? "null" : views.texts().at(value.value), value.produced_at, value.seq);
    }
    lines->push_back(std::move(line));
  }
  return true;
}
}  // namespace cairn
