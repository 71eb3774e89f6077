#pragma once

#include <string>

#include "cairn/record.h"

namespace cairn {

/// `{"seq":N,"ingested_at":T,"record":<as it was sent>}`, the form in which facts leave. Returns DATA_LOSS where its
/// bytes are damaged.
Status AppendFactJson(std::string& out, const Fact& fact);

}  // namespace cairn
