#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "cairn/query.h"
#include "query/accumulator.h"
#include "query/group_key.h"

namespace cairn {

/// The rows of an answer in the making. A column mostly has few keys among many rows: each becomes text once, and rows
/// are sorted by the ranks of their texts, in time linear in their number. One thread at a time.
class GroupRows {
 public:
  /// The plans outlive this.
  GroupRows(const GroupKeyPlan& keys, const AccumulatorPlan& accumulators);

  /// Takes a group, each once. Nothing of it is kept but copies.
  void Add(std::string_view key, const Accumulator* group);

  /// The rows, sorted by the texts of their keys. This is empty afterwards.
  std::vector<AggregateRow> Finish(const RowNames& names);

 private:
  struct Column {
    boost::unordered_flat_map<std::string_view, std::uint32_t> known;  ///< A key's bytes and its number.
    std::vector<std::string_view> keys;                                ///< By number.
    std::vector<std::uint32_t> of_row;                                 ///< By row: the number of its key.
  };

  const GroupKeyPlan& keys_;
  const AccumulatorPlan& accumulators_;
  Arena arena_;
  std::vector<Column> columns_;
  std::vector<std::vector<std::optional<double>>> values_;  ///< By row.
};

}  // namespace cairn
