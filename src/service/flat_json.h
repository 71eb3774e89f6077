#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A value somewhere in a JSON document.
struct FlatValue {
  std::string path;  ///< `metadata.core.title`; `#2` is an element's place, from 1.
  std::string json;  ///< Of a scalar, or an empty array or object.
  friend bool operator==(const FlatValue&, const FlatValue&) = default;
};

/// All scalars of a document, in its order. A list of pairs `[name, value]` with texts as names, as files' fields are
/// written, counts as an object; a name that stands there again is `name#2`. Returns INVALID_ARGUMENT where it is no
/// JSON.
Result<std::vector<FlatValue>> FlattenJson(std::string_view json);

/// One place where two documents differ.
struct FlatChange {
  std::string path;
  std::string before;  ///< JSON; empty where it is only in the second.
  std::string after;   ///< JSON; empty where it is only in the first.
};

/// By path, in the order of the first, then what only the second has.
std::vector<FlatChange> CompareFlat(const std::vector<FlatValue>& before, const std::vector<FlatValue>& after);

}  // namespace cairn
