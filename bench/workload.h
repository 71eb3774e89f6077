#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "measure.h"

namespace cairn::bench {

class Lab;

/// What a figure must reach.
struct Bound {
  enum class Of : std::uint8_t {
    kNothing,  ///< A figure to know, not one to reach.
    kRatioAtLeast,
    kRatioAtMost,
    kValueAtMost,
    kValueBelow,
    kValueAtLeast,
  };
  Of of = Of::kNothing;
  double limit = 0;
};

/// One figure, and one rival's beside it from the same run.
struct Row {
  std::string name;
  Spread value;
  std::string unit;
  std::string rival;  ///< Empty for none.
  std::optional<Spread> rival_value;
  Bound bound;

  /// `value` over the rival's: more is better where the unit is a rate, less where it is a time or a size.
  [[nodiscard]] std::optional<double> Ratio() const;
  /// None where there is nothing to reach.
  [[nodiscard]] std::optional<bool> Met() const;
};

using Report = std::function<void(const Row&)>;

/// A named thing to measure. `run` hands over each row as soon as it stands.
struct Workload {
  std::string name;
  std::string what;
  std::function<void(Lab&, const Report&)> run;
};

std::vector<Workload> IngestWorkloads();
std::vector<Workload> EmitWorkloads();
std::vector<Workload> ReadWorkloads();
std::vector<Workload> OpenWorkloads();
std::vector<Workload> DiskWorkloads();
std::vector<Workload> AggregateWorkloads();
std::vector<Workload> CacheMemoryWorkloads();
std::vector<Workload> CacheDiskWorkloads();
std::vector<Workload> CacheSharedWorkloads();
std::vector<Workload> CacheLoadWorkloads();
std::vector<Workload> CacheHitWorkloads();
std::vector<Workload> CacheWarmingWorkloads();
std::vector<Workload> LineageWorkloads();
std::vector<Workload> ScanWorkloads();
std::vector<Workload> ServeWorkloads();

/// All of them, in the order in which they run.
std::vector<Workload> AllWorkloads();

std::string TableHeader();
/// One line of the table.
std::string ToTableLine(const Row& row);
/// One JSON object: name, value, unit, rival, ratio, target, met, spread.
std::string ToJson(const Row& row);

}  // namespace cairn::bench
