#include "serve_scripts.h"

#include <fmt/format.h>

namespace cairn::bench {
namespace {

constexpr std::uint32_t kLayers = 10;

// Another one in each run of the load.
const char* kSeed = "math.randomseed(os.time() + tonumber(tostring({}):sub(8)) % 1000003)\n";

}  // namespace

std::string PostEventScript(const std::string& target) {
  return std::string(kSeed) + R"lua(
local n = math.random(1, 2^40)
local head = {["Content-Type"] = "application/json"}
request = function()
  n = n + 1
  local body = string.format('{"eventType":"COMPLETE","eventTime":"2026-01-20T00:00:00Z","producer":"https://example.com/bench",'
    .. '"schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent","run":{"runId":"0192a3b4-7000-7000-8000-%012x"},'
    .. '"job":{"namespace":"bench","name":"job_%d"},"inputs":[{"namespace":"db","name":"in_%d"}],"outputs":[{"namespace":"db","name":"out_%d"}]}',
    n, n % 1000, n % 1000, n % 1000)
  return wrk.format("POST", ")lua" +
         target + R"lua(", head, body)
end
)lua";
}

std::string BulkScript() {
  return std::string(kSeed) + R"lua(
local n = math.random(1, 2^40)
local head = {["Content-Type"] = "application/x-ndjson"}
local format = string.format
request = function()
  local lines = {}
  for i = 1, 1000 do
    n = n + 1
    lines[i] = format('{"kind":"bench_volume","target":{"namespace":"db","name":"table_%d"},"produced_at":"2026-01-20T00:00:00Z",'
      .. '"producer_id":"loader","payload":{"row_count":%d,"byte_count":%d,"table":"table_%d"}}', n % 1000, n, n % 4096, n % 1000)
  end
  return wrk.format("POST", "/api/v1/records", head, table.concat(lines, "\n"))
end
)lua";
}

std::string NodeQuery(const Series& series) {
  return fmt::format("kind={}&node=dataset:{}:{}", series.kind, series.ns, series.name);
}

std::string AskSeriesScript(const std::string& question, const std::vector<Series>& series) {
  std::string out = std::string(kSeed) + "local asked = {\n";
  for (std::size_t i = 0; i < series.size(); ++i) {
    out += fmt::format("\"{}{}\",\n", question, NodeQuery(series[Scramble(i) % series.size()]));
  }
  return out + R"lua(}
local n = math.random(1, #asked)
request = function()
  n = n % #asked + 1
  return wrk.format("GET", asked[n])
end
)lua";
}

std::string AskLineageScript(bool marquez, std::uint32_t jobs) {
  const std::string target = marquez ? "/api/v1/lineage?depth=5&nodeId=dataset:bench:table_"
                                     : "/api/v1/graph/lineage?depth=5&direction=both&node=dataset:bench:table_";
  return std::string(kSeed) + fmt::format(R"lua(
request = function()
  return wrk.format("GET", "{}" .. math.random(0, {}))
end
)lua",
                                          target, jobs - 1);
}

std::string LayeredEvents(std::uint32_t from, std::uint32_t until, std::uint32_t jobs) {
  const std::uint32_t width = jobs / kLayers;
  std::string out;
  for (std::uint32_t job = from; job < until; ++job) {
    const std::uint32_t layer = job / width;
    const auto input = [&](std::uint64_t i) {
      const auto at = static_cast<std::uint32_t>(Scramble(std::uint64_t{job} * 2 + i) % width);
      return layer == 0 ? fmt::format("source_{}", at) : fmt::format("table_{}", (layer - 1) * width + at);
    };
    out += fmt::format(
        R"({{"eventTime":"2026-01-01T00:00:00Z","producer":"p","job":{{"namespace":"bench","name":"job_{}"}},)"
        R"("inputs":[{{"namespace":"bench","name":"{}"}},{{"namespace":"bench","name":"{}"}}],)"
        R"("outputs":[{{"namespace":"bench","name":"table_{}"}}]}})"
        "\n",
        job, input(0), input(1), job);
  }
  return out;
}

}  // namespace cairn::bench
