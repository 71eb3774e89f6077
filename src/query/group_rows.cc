#include "query/group_rows.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace cairn {
namespace {

/// By number: the place of its text among the sorted ones, from 1. Equal texts share one.
std::vector<std::uint32_t> Ranks(const std::vector<std::string>& texts) {
  std::vector<std::uint32_t> order(texts.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return texts[a] < texts[b]; });
  std::vector<std::uint32_t> ranks(texts.size());
  std::uint32_t rank = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || texts[order[i]] != texts[order[i - 1]]) ++rank;
    ranks[order[i]] = rank;
  }
  return ranks;
}

/// Sorts rows by the rank of their key, and leaves those of one rank in the order that they had: a counting sort.
void SortByRank(const std::vector<std::uint32_t>& ranks, const std::vector<std::uint32_t>& key_of_row,
                std::vector<std::uint32_t>& order) {
  std::vector<std::uint32_t> next(ranks.size() + 2);  // By rank: first how many are of the one before.
  for (const std::uint32_t key : key_of_row) ++next[ranks[key] + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  std::vector<std::uint32_t> sorted(order.size());
  for (const std::uint32_t row : order) sorted[next[ranks[key_of_row[row]]]++] = row;
  order = std::move(sorted);
}

}  // namespace

GroupRows::GroupRows(const GroupKeyPlan& keys, const AccumulatorPlan& accumulators)
    : keys_(keys), accumulators_(accumulators), columns_(keys.size()) {}

void GroupRows::Add(std::string_view key, const Accumulator* group) {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    Column& column = columns_[i];
    const std::string_view part = keys_.TakePart(i, key);
    auto found = column.known.find(part);
    if (found == column.known.end()) {
      column.keys.push_back(arena_.Copy(part));
      found = column.known.emplace(column.keys.back(), static_cast<std::uint32_t>(column.known.size())).first;
    }
    column.of_row.push_back(found->second);
  }
  values_.push_back(accumulators_.Values(group));
}

std::vector<AggregateRow> GroupRows::Finish(const RowNames& names) {
  std::vector<std::vector<std::string>> texts(columns_.size());
  std::vector<std::uint32_t> order(values_.size());
  std::iota(order.begin(), order.end(), 0U);
  // Each sort keeps what the one before it made, so the first column comes last.
  for (std::size_t i = columns_.size(); i-- > 0;) {
    Column& column = columns_[i];
    column.known = {};
    for (const std::string_view key : column.keys) texts[i].push_back(keys_.PartText(i, key, names));
    SortByRank(Ranks(texts[i]), column.of_row, order);
  }
  std::vector<AggregateRow> rows(order.size());
  for (std::size_t at = 0; at < order.size(); ++at) {
    AggregateRow& row = rows[at];
    row.keys.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) row.keys.push_back(texts[i][columns_[i].of_row[order[at]]]);
    row.values = std::move(values_[order[at]]);
  }
  columns_.assign(keys_.size(), {});
  values_.clear();
  arena_.Reset();
  return rows;
}

}  // namespace cairn
