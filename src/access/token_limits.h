#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "access/tokens.h"

namespace cairn {

/// Counts what the bearers of tokens ask and store, and says when one has to wait. A second's worth of requests may
/// come at once. What was stored in a day outlives the process as a record of the kind `access_usage` of the system's
/// tenant, written by `Save`; a crash forgets what came since. Any thread may call it.
class TokenLimits {
 public:
  /// Outlives this.
  TokenLimits(Repository& repository, Clock& clock) : repository_(repository), clock_(clock) {}

  /// Counts a request. How long to wait where it is one too many.
  std::optional<std::chrono::nanoseconds> TakeRequest(const TokenInfo& token);
  /// Counts records that are to be stored: all of them or, where they are too many for the day, none; then how long to
  /// wait.
  std::optional<std::chrono::nanoseconds> TakeRecords(const TokenInfo& token, std::uint64_t records);
  Status Save();

 private:
  struct Count {
    double requests = 0;  // That may come now.
    std::int64_t at = 0;  // When that was so, in ns.
    std::int64_t day = -1;
    std::uint64_t records = 0;  // Of the day.
    bool is_saved = true;
  };
  std::uint64_t RecordsOf(const std::string& id, std::int64_t day);

  Repository& repository_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, Count> counts_;  // By token; guarded by mutex_.
};

}  // namespace cairn
