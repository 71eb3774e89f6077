#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "data.h"

namespace cairn::bench {

// What wrk asks, in Lua.

/// An OpenLineage event of another run each time, of a thousand jobs.
std::string PostEventScript(const std::string& target);
/// 1,000 records of the kind `bench_volume` a request, none of them twice.
std::string BulkScript();
/// A question about one series after the other, in no order.
std::string AskSeriesScript(const std::string& question, const std::vector<Series>& series);
/// Lineage of depth 5 of one dataset after the other of `LayeredEvents`.
std::string AskLineageScript(bool marquez, std::uint32_t jobs);

/// `kind=...&node=...`.
std::string NodeQuery(const Series& series);
/// Events of jobs `from` to `until` of so many in ten layers, each with two inputs and one output, as JSON lines.
std::string LayeredEvents(std::uint32_t from, std::uint32_t until, std::uint32_t jobs);

}  // namespace cairn::bench
