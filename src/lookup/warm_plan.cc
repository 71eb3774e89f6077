#include "lookup/warm_plan.h"

#include <algorithm>
#include <cmath>

namespace cairn {

using std::chrono::nanoseconds;

std::vector<WarmCandidate> PlanWarming(const std::vector<CacheAccess>& accesses, Timestamp now,
                                       const WarmConfig& config,
                                       const std::function<std::optional<nanoseconds>(std::string_view)>& ttl) {
  std::vector<WarmCandidate> out;
  for (const CacheAccess& access : accesses) {
    if (access.count < 2 || access.mean_interval.count() <= 0) continue;
    if (access.expires.ns - now.ns > config.before.count()) continue;
    const auto fresh_for = ttl(access.key);
    if (!fresh_for || fresh_for->count() <= 0) continue;
    const auto interval =
        static_cast<double>(std::max<std::int64_t>(access.mean_interval.count(), now.ns - access.last.ns));
    const double chance = 1 - std::exp(-static_cast<double>(fresh_for->count()) / interval);
    if (chance < config.gain_min) continue;
    out.push_back({access.key, chance, access.load_time, access.expires});
  }
  const auto worth = [](const WarmCandidate& one) { return one.chance * static_cast<double>(one.load_time.count()); };
  std::sort(out.begin(), out.end(), [&](const WarmCandidate& a, const WarmCandidate& b) {
    if (worth(a) != worth(b)) return worth(a) > worth(b);
    return a.key < b.key;
  });
  if (out.size() > config.loads_max) out.resize(config.loads_max);
  return out;
}

}  // namespace cairn
