#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace cairn {

/// Makes records and OpenLineage events as many producers would send them: few things, many facts about them, in any
/// order of time, some of them again. Minified, so that they come back byte for byte. The same seed makes the same.
class RandomFacts {
 public:
  explicit RandomFacts(std::uint64_t seed) : random_(seed) {}

  /// An edge that is declared, or metadata; never made before.
  std::string Declared();
  /// A record that was never made before.
  std::string Record();
  /// An event that was never made before, of any of the three forms; some delete facets.
  std::string Event();
  /// 1 to `most` records and events, some of them made before, some twice in the batch.
  std::vector<std::string> Batch(std::size_t most);

  /// A whole number from 0 to `most`.
  std::uint64_t UpTo(std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>(0, most)(random_); }
  bool OneIn(std::uint64_t n) { return UpTo(n - 1) == 0; }

 private:
  std::string Time();
  std::string RunId();
  std::string Dataset();
  std::string Job();

  std::mt19937_64 random_;
  std::uint64_t made_ = 0;
  std::vector<std::string> earlier_;
};

}  // namespace cairn
