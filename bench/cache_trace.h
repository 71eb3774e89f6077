#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cairn::bench {

/// Requests to a cache in the order in which they came. Ids count from 0 in the order of first use.
struct Trace {
  std::string name;
  std::vector<std::uint32_t> ids;
  std::uint32_t objects = 0;
  /// Tag `id % tags` is invalidated before each request at which `bump_every` divides its number; 0: never.
  std::uint32_t tags = 0;
  std::size_t bump_every = 0;

  /// The tag to invalidate before request `i`, if any.
  [[nodiscard]] std::optional<std::uint32_t> BumpAt(std::size_t i) const;
};

/// Traces of real systems from `cache-traces/` in the folder that CAIRN_FIXTURES names; none, and a word on standard
/// error, where it is absent: w106, a week of a virtual machine's disk (CloudPhysics); scarab, look-ups of a
/// recommendation service; OLTP, of a database (ARC's).
std::vector<Trace> RealTraces();

/// What a metadata engine's cache sees: look-ups by popularity (Zipf 0.99 over 50,000 things), a crawl over 167,000
/// others that comes back to each at several distances, and tags that are invalidated now and then.
Trace MetadataTrace();
inline constexpr const char* kMadeTrace = "metadata";  ///< Its name.

}  // namespace cairn::bench
