#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "extract/extracted.h"
#include "extract/parquet_footer.h"

namespace cairn {

/// `int64`, `string`, `decimal(10,2)`, `timestamp(us,UTC)`, `list`: the logical type, else the physical.
std::string ParquetTypeName(const ParquetElement& element);

/// A least or greatest value of statistics; nothing where its type has no order that can be told, or is shorter than
/// its type. `old`: of the deprecated fields, which were compared as signed bytes.
std::optional<FieldValue> ParquetValue(const ParquetElement& element, std::string_view bytes, bool old);

/// Whether `a` comes before `b`, both values of that column.
bool ParquetLess(const ParquetElement& element, const FieldValue& a, const FieldValue& b);

std::string_view ParquetCodecName(std::int64_t codec);

}  // namespace cairn
