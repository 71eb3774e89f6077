#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "cairn/cache.h"
#include "lookup/lookup.h"
#include "lookup/waiter.h"
#include "obs/config.h"
#include "produce/token_bucket.h"

namespace cairn {

/// How far a warming is.
struct WarmProgress {
  std::uint64_t total = 0;
  std::uint64_t done = 0;  ///< The sum of the following.
  std::uint64_t loaded = 0;
  std::uint64_t fresh = 0;      ///< Stood already.
  std::uint64_t not_found = 0;  ///< The source says that there is no such thing.
  std::uint64_t failed = 0;
  std::uint64_t skipped = 0;  ///< Of a user, or of no source that is declared.
  std::string key;            ///< The last one done.
  Status error;               ///< Of the last that failed.
};

/// Returns false to end the warming.
using WarmWatch = std::function<bool(const WarmProgress&)>;

struct WarmerOptions {
  Lookup* lookup = nullptr;  ///< Not owned.
  Cache* cache = nullptr;    ///< Not owned.
  WarmConfig config;
  // What tests put in their own place of. Not owned; null: the system's.
  Waiter* waiter = nullptr;
  Clock* clock = nullptr;
};

/// Asks ahead of those who will ask: from a list, from what was used most, or by itself what is likely to be asked
/// again. Throttled by its own rate, on top of the sources', so that callers keep the greater part of those. Any thread
/// may call it. Destroying it ends what it does in the background.
class Warmer {
 public:
  /// After so many failures in a row the source is taken to be down, and the warming ends.
  static constexpr std::uint64_t kFailuresMax = 5;

  explicit Warmer(WarmerOptions options);
  Warmer(const Warmer&) = delete;
  Warmer& operator=(const Warmer&) = delete;
  ~Warmer();

  /// Asks each question of a list, lines as `ParseQuestion` reads them; empty ones and what begins with `#` are passed
  /// over. `watch` is called by this thread after each. Returns INVALID_ARGUMENT, naming the line, where one cannot be
  /// read, before anything was asked; CANCELLED where `stop` or `watch` ended it; UNAVAILABLE after `kFailuresMax`
  /// failures in a row.
  Result<WarmProgress> FromList(std::string_view list, const WarmWatch& watch, std::stop_token stop);

  /// The same for the `limit` keys that were asked for most.
  Result<WarmProgress> FromUsage(std::size_t limit, const WarmWatch& watch, std::stop_token stop);

  /// One round of predictive warming: refreshes what `PlanWarming` chooses.
  Result<WarmProgress> Step(std::stop_token stop);

  /// Rounds of `Step` in the background, `config.every` apart, until this is destroyed.
  void Start();

 private:
  Result<WarmProgress> Run(std::vector<Question> questions, bool refresh, WarmProgress progress, const WarmWatch& watch,
                           const std::stop_token& stop);

  WarmerOptions options_;
  std::unique_ptr<Waiter> own_waiter_;
  const std::unique_ptr<TokenBucket> bucket_;
  std::jthread background_;
};

}  // namespace cairn
