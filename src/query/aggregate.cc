#include "query/aggregate.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <string_view>
#include <unordered_map>
#include <utility>

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
  if (paths_.size() != 0) paths_.Read(*row.document, scratch_);
  keys_.Encode(row, scratch_.values, key_);
  Accumulator* const group = table_.FindOrAdd(key_);
  const std::size_t grown = accumulators_.Add(group, scratch_.values, table_.sketches());
  table_.Grew(static_cast<std::ptrdiff_t>(grown));
  return SpillIfFull();
}

Status Aggregator::Merge(Aggregator&& other) {
  for (const GroupTable::Group& group : other.table_.Groups()) {
    Accumulator* const into = table_.FindOrAdd(group.key);
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
  std::vector<GroupTable::Group> groups = table_.Groups();
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  SpillRunWriter writer(file_);
  std::string body;
  for (const GroupTable::Group& group : groups) {
    body.clear();
    accumulators_.SerializeTo(group.accumulators, body);
    if (auto status = writer.Add(group.key, body); !status.ok()) return status;
  }
  auto run = writer.Finish();
  if (!run) return run.error();
  runs_.push_back(std::move(*run));
  spilled_groups_ += groups.size();
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

namespace {

// Sorts by the texts of the keys. A column mostly has few texts among many rows, so texts are compared once for each
// pair of different ones, and rows by the texts' ranks.
void SortRows(std::vector<AggregateRow>& rows) {
  if (rows.size() < 2 || rows.front().keys.empty()) return;
  const std::size_t columns = rows.front().keys.size();
  std::vector<std::uint32_t> ranks(rows.size() * columns);
  for (std::size_t column = 0; column < columns; ++column) {
    std::unordered_map<std::string_view, std::uint32_t> known;
    std::vector<std::string_view> texts;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::string_view text = rows[i].keys[column];
      const auto [found, added] = known.try_emplace(text, static_cast<std::uint32_t>(texts.size()));
      if (added) texts.push_back(text);
      ranks[i * columns + column] = found->second;
    }
    std::vector<std::uint32_t> order(texts.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
    std::vector<std::uint32_t> rank(texts.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
    for (std::size_t i = 0; i < rows.size(); ++i) ranks[i * columns + column] = rank[ranks[i * columns + column]];
  }
  std::vector<std::uint32_t> order(rows.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto begin = ranks.begin();
    return std::lexicographical_compare(begin + a * columns, begin + (a + 1) * columns, begin + b * columns,
                                        begin + (b + 1) * columns);
  });
  std::vector<AggregateRow> sorted;
  sorted.reserve(rows.size());
  for (const std::uint32_t i : order) sorted.push_back(std::move(rows[i]));
  rows = std::move(sorted);
}

}  // namespace

Result<AggregateResult> Aggregator::Finish(const RowNames& names) {
  AggregateResult result;
  result.facts = std::exchange(facts_, 0);
  const auto add_row = [&](std::string_view key, const Accumulator* group) {
    result.rows.push_back({keys_.Decode(key, names), accumulators_.Values(group)});
    return Status::Ok();
  };
  if (runs_.empty()) {
    if (!grouped_) table_.FindOrAdd("");
    for (const GroupTable::Group& group : table_.Groups()) (void)add_row(group.key, group.accumulators);
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
  SortRows(result.rows);
  return result;
}

}  // namespace cairn
