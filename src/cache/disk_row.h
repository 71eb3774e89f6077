#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// What stands in the column `row` of the disk level, little-endian:
///
///     row := sequence:u64 tags_count:u32 crc:u32 tag_hash:u64[tags_count] entry
///
/// The CRC-32C is that of sequence, count and hashes; the entry has its own.
struct DiskRow {
  std::uint64_t sequence = 0;  ///< The generations' number when the entry's load began.
  std::vector<std::uint64_t> tags;
  std::string_view entry;  ///< Refers to the bytes that were read.
};

std::string WriteDiskRow(std::uint64_t sequence, std::span<const std::uint64_t> tags, std::string_view entry);
/// Returns DATA_LOSS where the bytes do not hold.
Result<DiskRow> ReadDiskRow(std::string_view bytes);

}  // namespace cairn
