#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/node.h"
#include "cairn/status.h"

namespace cairn {

/// What a facet of an event is and what it is about.
struct FacetRef {
  std::string key;  ///< As it stands in the event: `schema`, not `schema_snapshot`.
  NodeKey node;
  bool deleted = false;
};

/// The bytes of the facet with that ordinal, as `StateEvent` counts them, in an event that it took; `event_json` is
/// minified, and the answer is a part of it. `ref` may be null. Costs about one pass over the event's bytes.
/// Returns OUT_OF_RANGE where the event has fewer facets, DATA_LOSS where it is no event.
Result<std::string_view> FacetAt(std::string_view event_json, std::uint32_t ordinal, FacetRef* ref,
                                 std::string_view tenant = {});

}  // namespace cairn
