#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/record.h"
#include "log/segment.h"

namespace cairn {

/// One batch of the log, read or just written.
struct LogBatch {
  std::shared_ptr<Segment> segment;
  std::uint64_t offset = 0;  ///< Of `lines` in the segment.
  std::string_view lines;    ///< Record lines; empty where damaged. 64 bytes behind them are readable.
  Seq first;
  Seq last;
  std::uint32_t crc = 0;                     ///< Of its commit line.
  std::uint64_t end = 0;                     ///< Offset behind its commit line.
  Timestamp ingested_at = Timestamp::Min();  ///< Of its last record.
  bool damaged = false;
  std::string what;  ///< Why.
};

using BatchVisitor = std::function<void(const LogBatch&)>;

/// Where the log is known to end.
struct LogTail {
  Seq last;
  std::uint32_t crc = 0;
  bool crc_known = true;  ///< Not behind damage.
  Timestamp ingested_at = Timestamp::Min();
  std::uint64_t offset = 0;  ///< In the newest segment.
};

/// How far a segment is to be read.
struct ReadBounds {
  Seq until;     ///< A batch that goes beyond is not there yet, or belongs to no one.
  Seq expected;  ///< The log is known to have reached this: what is missing up to it is damage, what is unreadable
                 ///< behind it torn.
};

/// Reads the batches of a segment from `tail->offset` on; `bytes` is the whole segment. Whatever is damaged or missing
/// is visited as a damaged batch with the sequence numbers it cost; `tail` goes on behind what was read.
void ReadBatches(const std::shared_ptr<Segment>& segment, std::string_view bytes, const ReadBounds& bounds,
                 LogTail* tail, const BatchVisitor& visit);

/// Calls `visit(line, offset)` for each line of a batch, without its newline.
template <typename Visit>
void ForEachLine(const LogBatch& batch, Visit&& visit) {
  for (std::size_t at = 0; at < batch.lines.size();) {
    std::size_t newline = batch.lines.find('\n', at);
    if (newline == std::string_view::npos) newline = batch.lines.size();
    visit(batch.lines.substr(at, newline - at), batch.offset + at);
    at = newline + 1;
  }
}

}  // namespace cairn
