#pragma once

#include "query/json_search.h"

namespace cairn {

/// `FindField` in AVX-512 (F, BW) and carry-less multiplication. Requires a processor that has both.
FieldHit FindFieldAvx512(const char* p, const char* end, const FieldPattern* patterns, std::size_t count);

}  // namespace cairn
