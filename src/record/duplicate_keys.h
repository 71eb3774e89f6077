#pragma once

#include <simdjson.h>

#include "cairn/status.h"

namespace cairn {

/// Looks for an object that has one key twice, at any depth: readers would disagree about which counts.
/// Returns INVALID_ARGUMENT naming the path and the key.
Status CheckDuplicateKeys(simdjson::dom::element root);

}  // namespace cairn
