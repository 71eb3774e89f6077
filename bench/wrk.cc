#include "wrk.h"

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>

#include "command.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

// The number behind `name`, and what its unit makes of it in milliseconds.
double NumberBehind(const std::string& text, const std::string& name) {
  const std::size_t at = text.find(name);
  if (at == std::string::npos) Fail(fmt::format("wrk says no {}: {}", name, text.substr(0, 500)));
  char* end = nullptr;
  const double number = std::strtod(text.c_str() + at + name.size(), &end);
  const std::string_view unit(end, 2);
  if (unit == "us") return number / 1e3;
  return unit[0] == 's' ? number * 1e3 : number;
}

}  // namespace

bool HasWrk() { return HasCommand("wrk") && HasCommand("taskset"); }

LoadResult RunWrk(const std::string& folder, const Load& load) {
  std::string script;
  if (!load.script.empty()) {
    script = folder + "/load.lua";
    std::ofstream(script) << load.script;
  }
  const std::string said =
      RunShell(fmt::format("taskset -c {} wrk -t1 -c{} -d{}s --latency {} 'http://127.0.0.1:{}{}' 2>&1", load.core,
                           load.connections, load.seconds, script.empty() ? "" : "-s " + script, load.port,
                           load.target))
          .output;
  if (said.find("Non-2xx") != std::string::npos) Fail("not all was answered with 2xx:\n" + said);
  return {NumberBehind(said, "Requests/sec:"), NumberBehind(said, "  50%"), NumberBehind(said, "  99%")};
}

}  // namespace cairn::bench
