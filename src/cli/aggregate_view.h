#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "cairn/query.h"
#include "cli/session.h"

namespace cairn {

/// The figures that a command line asks for.
struct AggregateArguments {
  bool count = false;
  std::vector<std::string> sum;
  std::vector<std::string> avg;
  std::vector<std::string> min;
  std::vector<std::string> max;
  std::vector<std::string> quantile;  ///< `0.95:payload.row_count`
  std::vector<std::string> by;

  void AddTo(CLI::App& command);
  /// Sets `measures` and `by`; with groups and no figure, the facts are counted.
  /// Returns INVALID_ARGUMENT for a quantile that is none.
  Status Read(AggregateSpec& spec) const;
};

/// What a measure is called where it is printed: `avg(payload.row_count)`.
std::string MeasureName(const Measure& measure);
/// What a group is called: `target`, `day`, or the path.
std::string GroupName(const GroupBy& by);

void PrintAggregate(Session& session, const AggregateSpec& spec, const AggregateResult& result);

}  // namespace cairn
