#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"

namespace cairn {

RunInfo EmbeddedRepository::InfoOf(const RunFold& run) const {
  const TextTable& texts = state_.views.texts();
  RunInfo out;
  out.tenant = texts.at(run.tenant);
  out.run_id = texts.at(run.id);
  if (run.job != NumberSet::kNone) out.job = state_.views.nodes().at(run.job).Own();
  out.state = run.state;
  if (run.started_at != Timestamp::Max().ns) out.started_at = Timestamp{run.started_at};
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
