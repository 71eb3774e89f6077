#include "log/seal.h"

#include <fmt/format.h>

#include "log/batch_scanner.h"
#include "log/frames.h"
#include "log/index_writer.h"
#include "log/kept_lines.h"
#include "log/read_behind.h"
#include "record/parse.h"

namespace cairn {
namespace {

bool Cancelled(const std::atomic<bool>* cancel) { return cancel != nullptr && cancel->load(std::memory_order_relaxed); }

// The index of a whole, undamaged segment. `lines` has kJsonPadding readable bytes behind it.
Result<std::string> BuildIndex(std::string_view lines, Seq first, const std::atomic<bool>* cancel, ReadBehind behind) {
  IndexWriter index(first);
  IndexWriter::Tail tail;
  RecordParser parser;
  BatchScanner scanner(lines, 0);
  Seq next = first;
  bool first_batch = true;
  while (const auto batch = scanner.Next()) {
    if (Cancelled(cancel)) return Status(StatusCode::kCancelled, "sealing was cancelled");
    if (batch->damaged || batch->commit.first != next) {
      return Status(StatusCode::kDataLoss,
                    fmt::format("segment {}: the batch at byte {} is damaged", SegmentName(first), batch->offset));
    }
    if (first_batch) tail.first_previous = batch->commit.previous;
    first_batch = false;
    tail.last_crc = batch->commit.crc;
    ParsedBatch parsed;
    for (std::size_t at = 0; at < batch->lines.size();) {
      const std::size_t newline = batch->lines.find('\n', at);
      const auto line = ParseRecordLine(batch->lines.substr(at, newline - at));
      if (!line || line->seq != next) {
        return Status(StatusCode::kDataLoss,
                      fmt::format("segment {}: record {} is no record line", SegmentName(first), next.value));
      }
      if (Status status = parser.ParseStored(line->record, parsed); !status.ok()) return status;
      index.Add(parsed.records.back(), static_cast<std::uint32_t>(batch->offset + at));
      tail.last_ingested = line->ingested_at;
      ++next.value;
      at = newline + 1;
    }
    behind.Passed(batch->lines.data() + batch->lines.size());
  }
  if (!scanner.rest().empty()) {
    return Status(StatusCode::kDataLoss, "segment " + SegmentName(first) + ": its end is torn");
  }
  tail.uncompressed_bytes = static_cast<std::uint32_t>(lines.size());
  return index.Finish(tail);
}

// Both are written, and their memory is given back.
Status WriteSealed(FileSystem& files, const std::string& base, std::string_view lines, Seq first,
                   const SealOptions& options) {
  auto index = BuildIndex(lines, first, options.cancel, ReadBehind(lines));
  if (!index) return index.error();
  auto frames = CompressFrames(
      lines,
      {.frame_bytes = options.frame_bytes, .threads = options.threads, .cancel = options.cancel, .mapped = true});
  if (!frames) return frames.error();
  if (Status status = WriteFileDurably(files, base + std::string(kSealedSuffix), *frames); !status.ok()) return status;
  return WriteFileDurably(files, base + std::string(kIndexSuffix), *index);
}

// What was written is read again before the only other copy goes.
Status ReadAgain(FileSystem& files, const std::string& base, std::string_view lines) {
  auto reader = FrameReader::Open(files, base + std::string(kSealedSuffix));
  if (!reader) return reader.error();
  ReadBehind behind(lines);
  for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
    auto frame = (*reader)->Read(i);
    if (!frame) return frame.error();
    behind.Passed(lines.data() + (*frame)->begin);
    if (lines.substr((*frame)->begin, (*frame)->size) != (*frame)->text()) {
      return {StatusCode::kInternal, base + ": a sealed frame differs from its lines"};
    }
  }
  return Status::Ok();
}

}  // namespace

Status SealSegment(FileSystem& files, const std::string& dir, const OpenSegment& segment, std::uint64_t bytes,
                   const SealOptions& options) {
  const std::string base = JoinPath(dir, SegmentName(segment.first()));
  const std::string_view lines = segment.Bytes(bytes);
  if (Status status = WriteSealed(files, base, lines, segment.first(), options); !status.ok()) return status;
  if (Status status = ReadAgain(files, base, lines); !status.ok()) return status;
  // Those of a log that stood here before, which may have been put back from a copy.
  if (Status status = files.Remove(KeptLines::Path(dir, segment.first())); !status.ok()) return status;
  if (options.keep_lines_bytes != 0) {
    auto written = IndexReader::Open(files, base + std::string(kIndexSuffix));
    if (!written) return written.error();
    // What cannot be kept costs readers time and nothing else.
    const Status kept = KeptLines::Write(files, dir, **written, lines, options.keep_lines_bytes, options.cancel);
    if (kept.code() == StatusCode::kCancelled) return kept;
  }
  if (Status status = files.Remove(base + std::string(kOpenSuffix)); !status.ok()) return status;
  return files.SyncDir(dir);
}

Status RebuildIndex(FileSystem& files, const std::string& dir, Seq first) {
  const std::string base = JoinPath(dir, SegmentName(first));
  auto reader = FrameReader::Open(files, base + std::string(kSealedSuffix));
  if (!reader) return reader.error();
  std::string lines;
  lines.reserve((*reader)->uncompressed_bytes() + kJsonPadding);
  for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
    auto frame = (*reader)->Read(i);
    if (!frame) return frame.error();
    lines += (*frame)->text();
  }
  const std::size_t bytes = lines.size();
  lines.append(kJsonPadding, '\0');
  auto index = BuildIndex(std::string_view(lines).substr(0, bytes), first, nullptr, ReadBehind());
  if (!index) return index.error();
  return WriteFileDurably(files, base + std::string(kIndexSuffix), *index);
}

}  // namespace cairn
