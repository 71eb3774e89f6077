#pragma once

#include <string_view>

#include "query/filter.h"
#include "require.h"

namespace cairn::fuzz {

/// A filter of queries.
inline void ReadFilter(std::string_view bytes) {
  const auto filter = Filter::Parse(bytes);
  Require(filter || !filter.error().message().empty(), "a mistake is told");
}

}  // namespace cairn::fuzz
