#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "cache_trace.h"
#include "lab.h"
#include "lookup/warm_plan.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

using std::chrono::nanoseconds;

constexpr nanoseconds kBetweenRequests = std::chrono::milliseconds(50);
constexpr nanoseconds kTtl = std::chrono::hours(1);
constexpr nanoseconds kLoadTime = std::chrono::milliseconds(100);

struct Outcome {
  std::size_t hits = 0;
  std::size_t warm_loads = 0;
};

/// Which keys to refresh now, the first first.
using Plan = std::function<std::vector<std::uint32_t>(const std::vector<CacheAccess>&, Timestamp, const WarmConfig&)>;

/// As the engine plans it.
std::vector<std::uint32_t> PlanByChance(const std::vector<CacheAccess>& accesses, Timestamp now,
                                        const WarmConfig& config) {
  std::vector<std::uint32_t> ids;
  for (const WarmCandidate& one :
       PlanWarming(accesses, now, config, [](std::string_view) { return std::optional(kTtl); })) {
    ids.push_back(static_cast<std::uint32_t>(std::stoul(one.key)));
  }
  return ids;
}

/// What was asked for most of what expires.
std::vector<std::uint32_t> PlanByCount(const std::vector<CacheAccess>& accesses, Timestamp now,
                                       const WarmConfig& config) {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < accesses.size(); ++id) {
    if (accesses[id].count > 1 && accesses[id].expires.ns - now.ns <= config.before.count()) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::pair(accesses[b].count, a) < std::pair(accesses[a].count, b);
  });
  return ids;
}

/// A cache without bounds whose entries last for an hour, asked twenty times a second, warmed each minute. Uses are
/// noted as the disk level does it.
Outcome Replay(const Trace& trace, const WarmConfig& config, const Plan& plan) {
  std::vector<CacheAccess> accesses(trace.objects);
  for (std::uint32_t id = 0; id < trace.objects; ++id) accesses[id].key = std::to_string(id);
  const std::size_t loads_max = std::min(config.loads_max, config.rate_tokens);
  WarmConfig all = config;
  all.loads_max = trace.objects;  // What was refreshed since its last use is passed over, as the engine does it.
  std::vector<std::int64_t> fresh_until(trace.objects);
  Outcome outcome;
  Timestamp now{1};
  Timestamp next_round{config.every.count()};
  for (const std::uint32_t id : trace.ids) {
    now.ns += kBetweenRequests.count();
    if (plan && now >= next_round) {
      next_round.ns += config.every.count();
      std::size_t left = loads_max;
      for (const std::uint32_t chosen : plan(accesses, now, all)) {
        if (left == 0) break;
        if (fresh_until[chosen] - now.ns > config.before.count()) continue;
        fresh_until[chosen] = now.ns + kTtl.count();
        ++outcome.warm_loads;
        --left;
      }
    }
    CacheAccess& access = accesses[id];
    if (fresh_until[id] <= now.ns) {
      fresh_until[id] = now.ns + kTtl.count();
      continue;
    }
    ++outcome.hits;
    ++access.count;
    const nanoseconds since(now.ns - access.last.ns);
    const nanoseconds mean = access.mean_interval;
    if (access.count > 1) access.mean_interval = mean.count() == 0 ? since : mean + (since - mean) / 4;
    access.last = now;
    access.load_time = kLoadTime;
    access.expires = {fresh_until[id]};
  }
  return outcome;
}

Spread Exactly(double value) { return {value, value, value}; }

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void Warming(Lab& /*lab*/, const Report& report) {
  std::vector<Trace> traces = RealTraces();
  traces.push_back(MetadataTrace());
  for (const Trace& trace : traces) {
    const std::size_t without = Replay(trace, {}, nullptr).hits;
    for (const std::uint32_t budget : {30U, 300U}) {
      WarmConfig config;
      config.loads_max = budget;
      config.rate_tokens = budget;
      const Outcome ours = Replay(trace, config, PlanByChance);
      const Outcome by_count = Replay(trace, config, PlanByCount);
      const std::string name = fmt::format("cache_warming_{}_{}", trace.name, budget);
      const auto percent = [&](std::size_t hits) { return Exactly(100 * Share(hits, trace.ids.size())); };
      const auto worth = [&](const Outcome& outcome) {
        return Exactly(100 * Share(outcome.hits - without, outcome.warm_loads));
      };
      report({name, percent(ours.hits), "% hits", "none", percent(without), {}});
      report({name, percent(ours.hits), "% hits", "the most used", percent(by_count.hits), {}});
      report({name + "_won", worth(ours), "hits/100", "the most used", worth(by_count), {}});
    }
  }
}

}  // namespace

std::vector<Workload> CacheWarmingWorkloads() {
  return {{"cache_warming", "what predictive warming wins on recorded traces, in hits for 100 loads that it makes",
           Warming}};
}

}  // namespace cairn::bench
