#include "query/aggregate.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include "query/group_rows.h"

namespace cairn {
namespace {

constexpr std::size_t kMemoryBytesMin = std::size_t{1} << 20;

}  // namespace

Aggregator::Aggregator(const AggregateSpec& spec, PathSet paths, GroupKeyPlan keys, AccumulatorPlan accumulators,
                       std::uint64_t seed)
    : spill_dir_(spec.spill_dir),
      memory_bytes_max_(std::max(spec.memory_bytes, kMemoryBytesMin)),
      grouped_(!spec.by.empty()),
      seed_(seed),
      paths_(std::move(paths)),
      keys_(std::move(keys)),
      accumulators_(std::move(accumulators)),
      table_(accumulators_, seed) {}

Result<std::unique_ptr<Aggregator>> Aggregator::Create(const AggregateSpec& spec, std::uint64_t seed) {
  PathSet paths;
  auto keys = GroupKeyPlan::Create(spec.by, paths);
  if (!keys) return keys.error();
  auto accumulators = AccumulatorPlan::Create(spec.measures, paths);
  if (!accumulators) return accumulators.error();
  return std::unique_ptr<Aggregator>(
      new Aggregator(spec, std::move(paths), std::move(*keys), std::move(*accumulators), seed));
}

Status Aggregator::Add(const Row& row) {
  ++facts_;
  // Where the key needs nothing of the document, the table's memory comes near while the document is read.
  std::uint32_t hash = 0;
  const auto find_key = [&] {
    keys_.Encode(row, scratch_.values, key_);
    hash = table_.Prefetch(key_);
  };
  if (!keys_.has_paths()) find_key();
  if (paths_.size() != 0) paths_.Read(*row.document, scratch_);
  if (keys_.has_paths()) find_key();
  Accumulator* const group = table_.FindOrAdd(key_, hash);
  const std::size_t grown = accumulators_.Add(group, scratch_.values, table_.sketches());
  table_.Grew(static_cast<std::ptrdiff_t>(grown));
  return SpillIfFull();
}

Status Aggregator::Merge(Aggregator&& other) {
  for (const GroupTable::Group& group : other.table_.groups()) {
    Accumulator* const into = table_.FindOrAdd(group.key, table_.Prefetch(group.key));
    table_.Grew(accumulators_.Merge(into, group.accumulators, table_.sketches()));
    if (auto status = SpillIfFull(); !status.ok()) return status;
  }
  other.table_.Clear();
  runs_.insert(runs_.end(), other.runs_.begin(), other.runs_.end());
  other.runs_.clear();
  other.file_.reset();
  facts_ += std::exchange(other.facts_, 0);
  spilled_groups_ += std::exchange(other.spilled_groups_, 0);
  return Status::Ok();
}

Status Aggregator::Spill() {
  if (!file_) {
    auto file = SpillFile::Create(spill_dir_);
    if (!file) return file.error();
    file_ = std::move(*file);
  }
  table_.SortGroups();
  SpillRunWriter writer(file_);
  std::string body;
  for (const GroupTable::Group& group : table_.groups()) {
    body.clear();
    accumulators_.SerializeTo(group.accumulators, body);
    if (auto status = writer.Add(group.key, body); !status.ok()) return status;
  }
  auto run = writer.Finish();
  if (!run) return run.error();
  runs_.push_back(std::move(*run));
  spilled_groups_ += table_.size();
  table_.Clear();
  return Status::Ok();
}

Status Aggregator::MergeGroups(const std::vector<SpillRun>& runs,
                               const std::function<Status(std::string_view key, const Accumulator*)>& visit) {
  std::vector<Accumulator> group(accumulators_.size());
  std::vector<Accumulator> part(accumulators_.size());
  SketchPool sketches(seed_);
  std::string key;
  bool any = false;
  auto status = MergeRuns(runs, [&](std::string_view next, std::string_view body) -> Status {
    if (any && next == key) {
      if (auto read = accumulators_.Deserialize(body, part.data(), sketches); !read.ok()) return read;
      accumulators_.Merge(group.data(), part.data(), sketches);
      return Status::Ok();
    }
    if (any) {
      if (auto visited = visit(key, group.data()); !visited.ok()) return visited;
    }
    any = true;
    key = next;
    sketches.Clear();
    return accumulators_.Deserialize(body, group.data(), sketches);
  });
  if (status.ok() && any) status = visit(key, group.data());
  return status;
}

Status Aggregator::ReduceRuns() {
  while (runs_.size() > kSpillRunsMax) {
    auto file = SpillFile::Create(spill_dir_);
    if (!file) return file.error();
    std::vector<SpillRun> reduced;
    for (std::size_t begin = 0; begin < runs_.size(); begin += kSpillRunsMax) {
      const std::size_t end = std::min(begin + kSpillRunsMax, runs_.size());
      const std::vector<SpillRun> some(runs_.begin() + static_cast<std::ptrdiff_t>(begin),
                                       runs_.begin() + static_cast<std::ptrdiff_t>(end));
      SpillRunWriter writer(*file);
      std::string body;
      auto status = MergeGroups(some, [&](std::string_view key, const Accumulator* group) {
        body.clear();
        accumulators_.SerializeTo(group, body);
        return writer.Add(key, body);
      });
      if (!status.ok()) return status;
      auto run = writer.Finish();
      if (!run) return run.error();
      reduced.push_back(std::move(*run));
    }
    runs_ = std::move(reduced);
  }
  return Status::Ok();
}

Result<AggregateResult> Aggregator::Finish(const RowNames& names) {
  AggregateResult result;
  result.facts = std::exchange(facts_, 0);
  GroupRows rows(keys_, accumulators_);
  const auto add_row = [&](std::string_view key, const Accumulator* group) {
    rows.Add(key, group);
    return Status::Ok();
  };
  if (runs_.empty()) {
    if (!grouped_) table_.FindOrAdd("", table_.Prefetch(""));
    for (const GroupTable::Group& group : table_.groups()) rows.Add(group.key, group.accumulators);
    table_.Clear();
  } else {
    if (table_.size() != 0) {
      if (auto status = Spill(); !status.ok()) return status;
    }
    file_.reset();
    if (auto status = ReduceRuns(); !status.ok()) return status;
    if (auto status = MergeGroups(runs_, add_row); !status.ok()) return status;
    runs_.clear();
  }
  result.spilled_groups = std::exchange(spilled_groups_, 0);
  result.rows = rows.Finish(names);
  return result;
}

}  // namespace cairn
