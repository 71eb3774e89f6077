#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache.h"
#include "obs/config.h"

namespace cairn {

/// An entry that is worth a refresh before it expires.
struct WarmCandidate {
  std::string key;
  double chance = 0;  ///< That it is asked for while its refresh is fresh, from 0 to 1.
  std::chrono::nanoseconds load_time{};
  Timestamp expires;
};

/// Chooses what to refresh now, the most worth first, at most `config.loads_max`: entries that were asked for at least
/// twice, expire within `config.before` (or did already), and are asked for with at least `config.gain_min` within the
/// TTL that a refresh would give them. Worth is the chance times the time that a load takes.
///
/// The chance is that of a Poisson process, 1 - exp(-ttl / interval), with the mean interval between calls; where the
/// last call is longer ago than that, with this longer time, so that what has gone out of use drops out by itself.
/// `ttl` says how long a refresh of a key would be fresh; nothing: the key cannot be refreshed.
std::vector<WarmCandidate> PlanWarming(
    const std::vector<CacheAccess>& accesses, Timestamp now, const WarmConfig& config,
    const std::function<std::optional<std::chrono::nanoseconds>(std::string_view)>& ttl);

}  // namespace cairn
