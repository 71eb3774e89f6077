#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cache/key_ring.h"
#include "cairn/cache_result.h"
#include "cairn/status.h"

namespace cairn {

// An entry as it stands on disk, in the shared level and in an export; numbers little-endian:
//
//     entry   := 'C' 'e' format:u8 flags:u8 crc:u32 stamp:u64 created:i64 ttl:i64 grace:i64 load:i64
//                version:u64 structure:u64 key_bytes:u32 tags_bytes:u32 raw_bytes:u32 payload_bytes:u32
//                key tag* payload
//     tag     := bytes:u32 text
//     payload := body, compressed where flag 1, then sealed where flag 2
//     body    := validator:(bytes:u32 text) value, or where flag 8: validator field*
//     field   := name:(bytes:u32 text) created:i64 ttl:i64 value:(bytes:u32 text)
//
// The CRC-32C is that of everything else. Times are nanoseconds. Flag 4: negative.

/// What can be told of an entry without opening it. Refers to the bytes.
struct EntryHead {
  std::uint64_t stamp = 0;  ///< Another one at each store.
  Timestamp created;
  std::chrono::nanoseconds ttl{};
  std::chrono::nanoseconds grace{};
  std::chrono::nanoseconds load_time{};
  std::uint64_t version = 0;  ///< `CacheOperation::version`.
  std::uint64_t structure = 0;
  std::string_view key;
  bool is_negative = false;
  bool is_sealed = false;
  bool is_compressed = false;
  bool has_fields = false;
  std::string_view tags_bytes;
  std::string_view payload;
  std::uint32_t raw_bytes = 0;

  [[nodiscard]] std::vector<std::string> Tags() const;
};

struct EntryEncoding {
  std::uint64_t version = 0;
  std::uint64_t stamp = 0;
  std::uint64_t compress_above = 0;  ///< 0: never.
  const KeyRing* seal = nullptr;     ///< Null: not sealed.
};

/// Returns RESOURCE_EXHAUSTED for an entry of 2 GiB or more.
Result<std::string> EncodeEntry(const CacheEntry& entry, const EntryEncoding& encoding);

/// Returns DATA_LOSS where the bytes are not an entry or do not hold, FAILED_PRECONDITION for a format from a newer
/// version.
Result<EntryHead> ReadEntryHead(std::string_view bytes);

/// The entry whose head was read from these bytes; a plain value stays in their buffer, which is taken. Returns as
/// `KeyRing::Open` does, and DATA_LOSS where it does not hold.
Result<CacheEntry> DecodeEntry(const EntryHead& head, std::string&& bytes, const KeyRing& ring);
/// Both at once. Returns as `ReadEntryHead` and `KeyRing::Open` do.
Result<CacheEntry> DecodeEntry(std::string_view bytes, const KeyRing& ring);

}  // namespace cairn
