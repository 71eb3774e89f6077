#pragma once

#include "extract/sqlite_bytes.h"

namespace cairn {

/// The tables of a database: columns, keys, indexes, rows counted, and statistics of the first `limits.entries` rows
/// of each. What is damaged is a warning.
/// Returns what `keep_going` returned.
Status ReadSqliteTables(const SqliteBytes& database, const ExtractContext& context, Extracted& to);

}  // namespace cairn
