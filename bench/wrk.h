#pragma once

#include <cstddef>
#include <string>

namespace cairn::bench {

/// What a load took.
struct LoadResult {
  double per_second = 0;
  double p50_ms = 0;
  double p99_ms = 0;
};

struct Load {
  int port = 0;
  std::string target = "/";
  std::string script;  ///< Lua, may be empty: what wrk asks (`wrk(1)`).
  std::size_t connections = 64;
  int seconds = 3;
  int core = 1;
};

/// Runs wrk with one thread on the processor `core`. Ends this process where something is not answered with 2xx.
LoadResult RunWrk(const std::string& folder, const Load& load);
bool HasWrk();

}  // namespace cairn::bench
