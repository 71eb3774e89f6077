#include "view/runs.h"

#include <algorithm>
#include <tuple>

namespace cairn {

std::uint64_t HashRun(std::string_view tenant, std::string_view id) {
  return HashText(id) ^ (tenant.empty() ? 0 : HashText(tenant) * 0x9E3779B97F4A7C15);
}

bool IsTerminal(RunState state) {
  return state == RunState::kCompleted || state == RunState::kFailed || state == RunState::kAborted;
}

const RunFold* RunTable::Find(std::string_view tenant, std::string_view id, const TextTable& texts) const {
  const std::uint32_t found = set_.Find(HashRun(tenant, id), [&](std::uint32_t number) {
    return texts.at(runs_[number].id) == id && texts.at(runs_[number].tenant) == tenant;
  });
  return found == NumberSet::kNone ? nullptr : &runs_[found];
}

RunFold& RunTable::Intern(std::string_view tenant, std::string_view id, std::uint64_t hash, TextTable& texts) {
  const std::uint32_t found = set_.Find(hash, [&](std::uint32_t number) {
    return texts.at(runs_[number].id) == id && texts.at(runs_[number].tenant) == tenant;
  });
  if (found != NumberSet::kNone) {
    past_.Keep(found, runs_[found]);
    return runs_[found];
  }
  RunFold& run = runs_.emplace_back();
  run.tenant = texts.Intern(tenant);
  run.id = texts.Intern(id);
  set_.Add(hash);
  return run;
}

void RunTable::Fold(const ParsedRecord& record, Seq seq, RunFold& run, TextTable& texts, NodeTable& nodes) {
  const std::int64_t time = record.produced_at.ns;
  const bool event = record.form != Form::kRecord;
  run.first_seen = std::min(run.first_seen, time);
  run.last_seen = std::max(run.last_seen, time);
  ++run.records;
  run.open.push_back(seq.value);
  if (event) {
    const auto rank = [](RunState state, std::int64_t at) {
      return std::make_tuple(IsTerminal(state), state != RunState::kOther, at, state);
    };
    if (run.state == RunState::kUnknown || rank(run.state, run.state_at) < rank(record.run_state, time)) {
      run.state = record.run_state;
      run.state_at = time;
    }
    if (record.run_state == RunState::kStarted) run.started_at = std::min(run.started_at, time);
  }
  // What an event says of the job beats what records say; then the newest.
  const bool better_source = event && !run.job_from_event;
  const bool same_source = event == run.job_from_event;
  if (!record.job.name.empty() && (better_source || (same_source && time >= run.job_at))) {
    // Mostly the same job again, and comparing is cheaper than looking it up.
    if (run.job == NumberSet::kNone || nodes.at(run.job) != record.job) run.job = nodes.Intern(record.job);
    run.job_at = time;
    run.job_from_event = event;
  }
  if (!record.parent_run_id.empty() && time >= run.parent_at) {
    run.parent = texts.Intern(record.parent_run_id);
    run.root = record.root_run_id.empty() ? NumberSet::kNone : texts.Intern(record.root_run_id);
    run.parent_at = time;
  }
}

void RunTable::SetJob(std::uint32_t run, std::uint32_t before) {
  if (before != NumberSet::kNone) --of_jobs_[before].runs;
  OfJob& job = of_jobs_[runs_[run].job];
  ++job.runs;
  links_.push_back({run, job.newest});
  job.newest = static_cast<std::uint32_t>(links_.size() - 1);
}

}  // namespace cairn
