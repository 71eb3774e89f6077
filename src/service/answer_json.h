#pragma once

#include <string>

#include "cairn/repository.h"
#include "record/fact_json.h"

namespace cairn {

/// Answers as JSON, one form for every edge.

/// `{"run_id":...,"state":"COMPLETED",...}`; what is not known is null.
std::string RunJson(const RunInfo& run);

/// `{"node":id,"kinds":[...],"facts":N,"first_seen":T,"last_seen":T,"owners":[...],"tags":[...]}`, with `runs` of a job
/// and `deleted`.
std::string EntityJson(const EntityInfo& entity);

/// `["a","b"]`
std::string JsonList(const std::vector<std::string>& texts);

}  // namespace cairn
