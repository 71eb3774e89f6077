#include "log/seal.h"

#include <fmt/format.h>

#include "log/batch_scanner.h"
#include "log/frames.h"
#include "log/index_writer.h"
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

// Synced, since later nothing but their length is held against the sealed segment. Its folder is not: they are
// disposable.
Status KeepLines(FileSystem& files, const std::string& from, const std::string& to) {
  if (Status status = MakeDirsDurably(files, ParentOf(to)); !status.ok()) return status;
  auto file = files.OpenAppend(from, false);
  if (!file) return file.error();
  if (Status status = (*file)->Sync(); !status.ok()) return status;
  return files.Rename(from, to);
}

}  // namespace

Status SealSegment(FileSystem& files, const std::string& dir, const OpenSegment& segment, std::uint64_t bytes,
                   const SealOptions& options) {
  const std::string base = JoinPath(dir, SegmentName(segment.first()));
  const std::string_view lines = segment.Bytes(bytes);
  auto index = BuildIndex(lines, segment.first(), options.cancel, ReadBehind(lines));
  if (!index) return index.error();
  auto frames = CompressFrames(
      lines,
      {.frame_bytes = options.frame_bytes, .threads = options.threads, .cancel = options.cancel, .mapped = true});
  if (!frames) return frames.error();
  if (Status status = WriteFileDurably(files, base + std::string(kSealedSuffix), *frames); !status.ok()) return status;
  if (Status status = WriteFileDurably(files, base + std::string(kIndexSuffix), *index); !status.ok()) return status;
  // What was written is read again before the only other copy goes.
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
  const std::string path = base + std::string(kOpenSuffix);
  const std::string kept_path = KeptLinesPath(dir, segment.first());
  if (!options.keep_lines || !KeepLines(files, path, kept_path).ok()) {
    // Those of a log that stood here before, which may have been put back from a copy.
    if (Status status = files.Remove(kept_path); !status.ok()) return status;
    if (Status status = files.Remove(path); !status.ok()) return status;
  }
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
