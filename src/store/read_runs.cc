#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"

namespace cairn {

RunInfo EmbeddedRepository::InfoOf(const RunSummary& run) const {
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
  if (run.root != NumberSet::kNone) out.root_run_id = texts.at(run.root);
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
  constexpr std::uint32_t kRowsPerTick = 256;
  struct Found {
    RunSummary run;
    std::string id;
  };
  std::vector<Found> found;
  std::vector<RunInfo> out;
  const auto wanted = [&](const RunSummary& run) {
    const Views& views = state_.views;
    if (views.texts().at(run.tenant) != spec.tenant) return false;
    if (spec.state && run.state != *spec.state) return false;
    if (spec.from && run.last_seen < spec.from->ns) return false;
    if (spec.until && run.first_seen >= spec.until->ns) return false;
    if (run.job == NumberSet::kNone) return spec.job.empty() && spec.sees == nullptr;
    const NodeView job = views.nodes().at(run.job);
    if (spec.sees != nullptr && !spec.sees->Sees(job)) return false;
    if (spec.job.empty()) return true;
    return job.name == spec.job || NodeId(job) == spec.job;
  };
  const auto job = ParseNodeId(spec.job, spec.tenant);
  InSlices([&](LockPause& pause) {
    found.clear();
    out.clear();
    // As they were when this began, whatever is committed meanwhile.
    const RunTable& runs = state_.views.runs();
    PastReader<RunSummary> past(runs.past());
    const auto take = [&](std::uint32_t number) {
      const RunSummary* was = past.Find(number);
      const RunSummary& run = was == nullptr ? runs.at(number) : *was;
      if (wanted(run)) found.push_back({run, std::string(state_.views.texts().at(run.id))});
    };
    const std::uint32_t of_job = job ? state_.views.nodes().Find(*job) : NumberSet::kNone;
    if (of_job != NumberSet::kNone) {
      std::vector<std::uint32_t> numbers;
      for (std::uint32_t at = runs.RunsOf(of_job).newest; at != NumberSet::kNone; at = runs.link(at).before) {
        numbers.push_back(runs.link(at).run);
        if (numbers.size() % kRowsPerTick == 0 && !pause.Tick()) return false;
      }
      std::sort(numbers.begin(), numbers.end());
      numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        if (i % kRowsPerTick == 0 && !pause.Tick()) return false;
        take(numbers[i]);
      }
    }
    const std::uint32_t count = of_job == NumberSet::kNone ? runs.size() : 0;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i % kRowsPerTick == 0 && !pause.Tick()) return false;
      take(i);
    }
    pause.Release();
    const std::size_t first = std::min(spec.offset, found.size());
    const std::size_t end =
        first + (spec.limit == 0 ? found.size() - first : std::min(spec.limit, found.size() - first));
    std::partial_sort(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(end), found.end(),
                      [](const Found& a, const Found& b) {
                        return a.run.last_seen != b.run.last_seen ? a.run.last_seen > b.run.last_seen : a.id < b.id;
                      });
    out.reserve(end - first);
    if (!pause.Again()) return false;
    for (std::size_t i = first; i < end; ++i) {
      if (i % kRowsPerTick == 0 && !pause.Tick()) return false;
      out.push_back(InfoOf(found[i].run));
    }
    return true;
  });
  return out;
}

// Under views_mutex_.
bool EmbeddedRepository::TakeRun(std::uint32_t run, Seq last, Pause& pause, Picture<Seq>* out) const {
  constexpr std::size_t kSeqsPerTick = 4096;
  const RunFold& one = state_.views.runs().at(run);
  const bool whole = !state_.pruning() && one.open.size() == one.records;
  if (!whole) out->sealed_key = RunKeyBytes(state_.views.texts().at(one.tenant), state_.views.texts().at(one.id));
  const Seq pruned_first = state_.pruning_first;
  const Seq pruned_last = state_.pruning_last;
  std::uint64_t at = 0;  // The last that was looked at.
  while (true) {
    const auto& open = state_.views.runs().at(run).open;
    auto next = std::upper_bound(open.begin(), open.end(), at);
    if (next == open.end()) return true;
    for (std::size_t i = 0; i < kSeqsPerTick && next != open.end(); ++i, ++next) {
      at = *next;
      if (at > last.value) return true;
      if (at < pruned_first.value || at > pruned_last.value) out->open.push_back({at});
    }
    if (!pause.Tick()) return false;
  }
}

std::vector<Seq> EmbeddedRepository::SeqsOf(Picture<Seq> picture, const SegmentList& segments) {
  if (!picture.sealed_key.empty()) segments.AddSealed(picture.sealed_key, &picture.open);
  return std::move(picture.open);
}

Result<FactList> EmbeddedRepository::RunRecords(std::string_view tenant, std::string_view run_id) {
  if (Status status = CatchUp(); !status.ok()) return status;
  SegmentList segments;
  std::vector<Seq> seqs;
  std::vector<Location> locations;
  bool known = false;
  InSlices([&](LockPause& pause) {
    const RunFold* run = state_.views.FindRun(tenant, run_id);
    known = run != nullptr;
    if (!known) return true;
    segments = state_.segments;
    locations.clear();
    Picture<Seq> picture;
    if (!TakeRun(state_.views.runs().NumberOf(*run), state_.place.tail.last, pause, &picture)) return false;
    pause.Release();
    seqs = SeqsOf(std::move(picture), segments);
    return pause.Again() && TakeLocations(seqs, pause, &locations);
  });
  if (!known) return Status(StatusCode::kNotFound, fmt::format("no run \"{}\"", run_id));
  FactList out;
  for (std::size_t i = 0; i < seqs.size(); ++i) {
    if (auto fact = segments.RecordAt(seqs[i], locations[i])) {
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
