#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Every record of the log, in order, as it was sent; where one cannot be read, its status instead.
/// Returns what `Tail` returns when that fails.
Result<std::map<std::uint64_t, std::string>> ReadLog(Repository& repository);

/// The views as text.
std::string DumpOf(Repository& repository);

/// The first line in which two texts differ, or the first record in which two logs do; empty where they are equal.
std::string Difference(const std::string& expected, const std::string& actual);
std::string Difference(const std::map<std::uint64_t, std::string>& expected,
                       const std::map<std::uint64_t, std::string>& actual);

/// Remembers what was sent to a store and what it answered, and holds the store against that. One thread at a time. A
/// complaint is a sentence; no complaints: everything that was answered stands, nothing stands twice or half.
class StoreLedger {
 public:
  /// Sends a batch as one call.
  std::vector<Result<Stored>> Send(Repository& repository, const std::vector<std::string>& batch);

  /// Holds the whole log against what was answered. `reopened` says that the store was opened anew since the last
  /// Send: what had no certain answer now has its fate, and whatever is seen must stand from here on.
  std::vector<std::string> Check(Repository& repository, bool reopened);

  [[nodiscard]] std::size_t standing() const { return stands_.size(); }

 private:
  void Note(const std::vector<std::string>& batch, const std::vector<Result<Stored>>& results);
  void CheckGroups(const std::unordered_map<std::string, std::uint64_t>& seen);
  void Complain(std::string what) { complaints_.push_back(std::move(what)); }

  std::unordered_map<std::string, std::uint64_t> stands_;  ///< Answered, or seen after reopening.
  std::unordered_map<std::string, int> maybe_;             ///< Sent without a certain answer, and in how many batches.
  std::vector<std::vector<std::string>> groups_;  ///< Batches without a certain answer: stand whole or not at all.
  std::uint64_t last_seq_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace cairn
