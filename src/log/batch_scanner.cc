#include "log/batch_scanner.h"

#include <utility>

namespace cairn {

std::optional<BatchScanner::Batch> BatchScanner::Next() {
  if (held_) return std::exchange(held_, std::nullopt);
  for (std::size_t at = 0; at < bytes_.size();) {
    const std::size_t newline = bytes_.find('\n', at);
    if (newline == std::string_view::npos) return std::nullopt;
    const std::string_view line = bytes_.substr(at, newline - at);
    const std::size_t line_begin = at;
    at = newline + 1;
    if (!line.starts_with(kCommitPrefix)) continue;
    const auto commit = ParseCommitLine(line);
    if (!commit) continue;

    Batch batch;
    batch.commit = *commit;
    batch.end = offset_ + at;
    const bool length_fits = commit->bytes <= line_begin;
    const std::size_t begin = length_fits ? line_begin - commit->bytes : 0;
    const std::string_view lines = bytes_.substr(begin, line_begin - begin);
    if (!length_fits || CommitCrc(lines, line, commit->previous) != commit->crc) {
      batch.offset = offset_;
      batch.damaged = true;
      batch.what = length_fits ? "the checksum does not match" : "the batch is shorter than its commit line says";
      Skip(at);
      return batch;
    }
    batch.offset = offset_ + begin;
    batch.lines = lines;
    if (begin == 0) {
      Skip(at);
      return batch;
    }
    Batch damaged;
    damaged.offset = offset_;
    damaged.damaged = true;
    damaged.what = "a commit line is damaged";
    damaged.end = batch.offset;
    Skip(at);
    held_ = std::move(batch);
    return damaged;
  }
  return std::nullopt;
}

}  // namespace cairn
