#pragma once

#include <optional>
#include <string>

#include "lab.h"
#include "workload.h"

namespace cairn::bench {

/// The seconds that a Python script with networkx prints last; none where that is not installed.
std::optional<double> NetworkxSeconds(const std::string& script);

/// Everything upstream of nodes of a million jobs, at the present and at instants, and shared ancestors.
void EverythingUpstream(Lab& lab, const Report& report);
/// Metadata of four datasets, one behind the other, merged.
void ChainOfFour(Lab& lab, const Report& report);
/// How long questions hold what a commit needs.
void HoldOfQuestions(Lab& lab, const Report& report);

}  // namespace cairn::bench
