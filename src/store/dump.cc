#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"

namespace cairn {

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
    for (const Posting& posting : PostingsOf(series, Timestamp::Min().ns, Timestamp::Max().ns)) {
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
  for (EdgeNumber i = 0; i < views.graph().edges(); ++i) {
    const Graph::Edge& edge = views.graph().edge(i);
    std::string line = fmt::format("edge {} -{}-> {}", name(edge.from), EdgeTypeName(edge.type), name(edge.to));
    Interval room;
    for (const Interval& at : views.graph().ValidityOf(i, &room)) {
      line += fmt::format(" {}..{}", at.from, at.until == kForever ? "" : std::to_string(at.until));
    }
    lines.push_back(std::move(line));
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
    for (const MetadataValue& value : views.metadata().Of(i)) {
      line +=
          fmt::format(" {}={}@{}/{}", views.texts().at(value.key),
                      value.value == kNoNumber ? "null" : views.texts().at(value.value), value.produced_at, value.seq);
    }
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) out << line << '\n';
  out << "records " << views.records() << '\n';
  return Status::Ok();
}
}  // namespace cairn
