#pragma once

#include <string>
#include <string_view>

#include "cairn/status.h"
#include "extract/extracted.h"

namespace cairn {

/// The result as canonical JSON: one line, members in a fixed order, what is empty left out, so that equal results are
/// equal bytes. Text that is no UTF-8 has its bad bytes replaced by U+FFFD, but the path of a child is then kept as
/// `{"hex":"..."}`. A field is `[name,value]`; reals keep a point or exponent, so that they stay reals; what is no
/// number (NaN, infinity) becomes its text in a field and is left out elsewhere.
std::string EncodeExtracted(const Extracted& extracted);

/// The opposite. Members that it does not know are ignored.
/// Returns INVALID_ARGUMENT where the bytes are no such JSON: what comes from a worker is not trusted.
Result<Extracted> DecodeExtracted(std::string_view json);

}  // namespace cairn
