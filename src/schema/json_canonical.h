#pragma once

#include <simdjson.h>

#include <string>

namespace cairn {

/// The value as text in which equal values are equal: keys sorted, no white space, 1.0 as 1. As JSON Schema compares.
std::string CanonicalJson(simdjson::dom::element value);

/// The step of a JSON pointer (RFC 6901): `/` and the key, `~` and `/` in it escaped.
std::string PointerStep(std::string_view key);

}  // namespace cairn
