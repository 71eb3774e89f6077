#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cairn/record.h"

namespace cairn {

// The lines of a segment; `docs/format.md` has the grammar.
//
//   {"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{...}}
//   {"commit":{"first":6,"last":7,"bytes":1234,"previous":"00000000","crc":"1a2b3c4d"}}

/// What closes a batch.
struct Commit {
  Seq first;
  Seq last;
  std::uint64_t bytes = 0;     ///< Of the batch's record lines, newlines included.
  std::uint32_t previous = 0;  ///< `crc` of the commit before; 0 for the first of the log.
  std::uint32_t crc = 0;  ///< CRC-32C that goes on from `previous` over the record lines and this line up to `,"crc"`.
};

/// Bytes of a record line before the record, which depend on nothing but the number of digits.
std::size_t RecordOffset(Seq seq);

/// Bytes of a record line, newline included.
inline std::size_t RecordLineBytes(Seq seq, std::size_t record_bytes) { return RecordOffset(seq) + record_bytes + 2; }

/// Appends the line of a record, newline included. `ingested_at` is `kFixedTimestampBytes` long.
void AppendRecordLine(std::string& out, Seq seq, std::string_view ingested_at, std::string_view record);

/// Closes the batch that `out` holds from `begin` on: computes the checksum and appends the commit line.
Commit AppendCommitLine(std::string& out, std::size_t begin, Seq first, Seq last, std::uint32_t previous);

/// No commit line is longer.
inline constexpr std::size_t kCommitLineBytesMax = 160;

inline constexpr std::string_view kCommitPrefix = "{\"commit\":";

/// Reads a commit line, given without its newline; none where it is not, to the byte, what AppendCommitLine writes.
std::optional<Commit> ParseCommitLine(std::string_view line);

/// The checksum that a commit line should hold: `batch` are its record lines, `line` is the commit line itself.
std::uint32_t CommitCrc(std::string_view batch, std::string_view line, std::uint32_t previous);

/// The record in the line, given without its newline, of a known sequence number; empty where it is not that line.
/// Cheaper than ParseRecordLine, which reads the time as well.
std::string_view RecordOf(std::string_view line, Seq seq);

struct RecordLine {
  Seq seq;
  Timestamp ingested_at;
  std::string_view record;
};

/// Reads a record line, given without its newline; none where its frame is not as AppendRecordLine writes it. What the
/// record holds is not looked at.
std::optional<RecordLine> ParseRecordLine(std::string_view line);

}  // namespace cairn
