#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// What the footer of a Parquet file says (parquet-format 2.10, parquet.thrift), as far as it is used.
struct ParquetElement {
  std::string name;
  std::optional<std::int64_t> type;  ///< Physical; a group has none.
  std::int64_t type_length = 0;      ///< Of FIXED_LEN_BYTE_ARRAY.
  std::int64_t repetition = 0;       ///< 0 required, 1 optional, 2 repeated.
  std::int64_t children = 0;
  std::optional<std::int64_t> converted;  ///< The older kind of logical type.
  std::int64_t logical = 0;               ///< The field of the union LogicalType; 0: none.
  std::int64_t scale = 0;
  std::int64_t precision = 0;
  std::int64_t unit = 0;       ///< Of times: 1 ms, 2 µs, 3 ns.
  bool utc = false;            ///< Of times.
  std::int64_t bit_width = 0;  ///< Of integers.
  bool is_signed = true;
};

/// A column within one row group. Least and greatest as the format writes values of that type; absent where they are
/// not stated or, of the older kind, not to be trusted.
struct ParquetChunk {
  std::int64_t codec = 0;
  std::vector<std::int64_t> encodings;
  std::int64_t values = 0;
  std::optional<std::int64_t> nulls;
  std::optional<std::int64_t> distinct;
  std::optional<std::string_view> min, max;
  std::optional<std::string_view> old_min, old_max;  ///< Compared as signed bytes by old writers.
};

struct ParquetRowGroup {
  std::int64_t rows = 0;
  std::vector<ParquetChunk> chunks;
};

struct ParquetFooter {
  std::int64_t version = 0;
  std::int64_t rows = 0;
  std::string created_by;
  std::vector<ParquetElement> schema;  ///< Depth first; the first is the root.
  std::vector<ParquetRowGroup> row_groups;
  std::vector<std::pair<std::string, std::string_view>> pairs;
};

/// Reads the footer; parts point into `bytes`. `chunks_max` bounds how many chunks are kept in all.
/// Returns INVALID_ARGUMENT where it is damaged.
Result<ParquetFooter> ReadParquetFooter(std::string_view bytes, std::size_t chunks_max);

}  // namespace cairn
