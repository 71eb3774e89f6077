#pragma once

#include <string>
#include <string_view>

#include "cairn/record.h"

namespace cairn {

/// `{"seq":N,"ingested_at":T,"record":<as it was sent>}`, the form in which facts leave. Returns DATA_LOSS where its
/// bytes are damaged.
Status AppendFactJson(std::string& out, const Fact& fact);

/// Whether that form of a fact is its line, to the byte: of most records it is. `line` is a copy of it: whoever sends
/// many copies them first, all at once, and then looks.
bool IsOwnJson(const Fact& fact, std::string_view line);

}  // namespace cairn
