#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab.h"

namespace cairn::bench {

/// Node's BentoCache, installed with the versions of bentocache/package-lock.json into a fresh folder. Answers the
/// lines that `bentocache/measure.mjs ARGUMENTS` prints, each a pass of numbers; nothing, and a word on standard error,
/// where Node, npm or the packages cannot be had.
std::vector<std::vector<double>> MeasureBento(Lab& lab, const std::string& arguments);

/// Of one column of such an answer.
std::optional<Spread> SpreadOfColumn(const std::vector<std::vector<double>>& passes, std::size_t column);

}  // namespace cairn::bench
