#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// The bytes of `member` of each object in the array `list` of the document, as they stand; empty where an object has
/// none. They point into `body`, which has room for simdjson behind its end. Returns INTERNAL where it is no such
/// document.
Result<std::vector<std::string_view>> RawMembers(const std::string& body, std::string_view list,
                                                 std::string_view member);

}  // namespace cairn
