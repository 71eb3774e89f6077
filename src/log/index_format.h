#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/node.h"
#include "cairn/record.h"

namespace cairn {

// The index of a sealed segment, `.idx`: little-endian, mapped as it stands; `docs/format.md` has the layout. Records
// are counted from 0 within the segment.

inline constexpr char kIndexMagic[8] = {'C', 'A', 'I', 'R', 'N', 'I', 'D', 'X'};
inline constexpr std::uint32_t kIndexVersion = 1;

struct IndexHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t records;
  std::uint64_t first_seq;
  std::int64_t produced_min;  ///< A record whose time is outside cannot be in this segment.
  std::int64_t produced_max;
  std::uint64_t last_ingested;
  std::uint32_t last_crc;        ///< Of the segment's last commit: what the next one chains to.
  std::uint32_t first_previous;  ///< What the segment's first commit chains to.
  std::uint32_t uncompressed_bytes;
  std::uint32_t series;
  std::uint32_t runs;
  std::uint32_t postings;
  std::uint32_t run_postings;
  std::uint32_t buckets;  ///< Of fingerprints, a power of two.
  std::uint32_t has_facets;
  std::uint32_t strings;  ///< Bytes.
  // Where each section begins in the file; each is a multiple of 8.
  std::uint64_t lines_at;            ///< u32[records]: uncompressed offset of each line.
  std::uint64_t series_at;           ///< IndexSeries[series], sorted by hash.
  std::uint64_t times_at;            ///< i64[postings], sorted within a series.
  std::uint64_t posting_records_at;  ///< u32[postings]
  std::uint64_t posting_facets_at;   ///< u32[postings] where has_facets, else empty.
  std::uint64_t runs_at;             ///< IndexRun[runs], sorted by hash.
  std::uint64_t run_records_at;      ///< u32[run_postings]
  std::uint64_t buckets_at;          ///< u32[buckets + 1]: where a bucket's prints begin.
  std::uint64_t prints_at;           ///< IndexPrint[records], by bucket.
  std::uint64_t strings_at;
  std::uint64_t file_bytes;
  std::uint64_t body_hash;    ///< XXH3-64 of everything behind the header.
  std::uint64_t header_hash;  ///< XXH3-64 of the header before this field.
};

struct IndexSeries {
  std::uint64_t hash;  ///< XXH3-64 of the key.
  std::uint32_t key;   ///< Where the key stands in `strings`, and how long it is.
  std::uint32_t key_bytes;
  std::uint32_t begin;  ///< Its postings.
  std::uint32_t count;
};
using IndexRun = IndexSeries;

struct IndexPrint {
  std::uint32_t tag;  ///< The low 32 bits of the fingerprint; the bucket is its high bits.
  std::uint32_t record;
};

/// A posting's facet: `Fact::kWholeRecord`, or the facet's ordinal with the top bit telling a deletion.
inline constexpr std::uint32_t kFacetDeleted = 0x80000000;
inline bool IsDeletion(std::uint32_t facet) { return facet != Fact::kWholeRecord && (facet & kFacetDeleted) != 0; }
inline std::uint32_t FacetOrdinal(std::uint32_t facet) {
  return facet == Fact::kWholeRecord ? facet : facet & ~kFacetDeleted;
}

/// A key as bytes, each part with its length in front, so that different keys never look alike.
void AppendKeyPart(std::string& out, std::string_view part);
std::string SeriesKeyBytes(std::string_view kind, const NodeView& node);
std::string RunKeyBytes(std::string_view tenant, std::string_view run_id);
std::uint64_t KeyHash(std::string_view key);

}  // namespace cairn
