#include "log/batch_reader.h"

#include <fmt/format.h>

#include <vector>

#include "log/batch_scanner.h"

namespace cairn {
namespace {

class Reader {
 public:
  Reader(const std::shared_ptr<Segment>& segment, const ReadBounds& bounds, LogTail* tail, const BatchVisitor& visit)
      : segment_(segment), bounds_(bounds), tail_(tail), visit_(visit) {}

  void Read(std::string_view bytes) {
    BatchScanner scanner(bytes.substr(std::min<std::uint64_t>(tail_->offset, bytes.size())), tail_->offset);
    // What stands behind the bound may be cut by its writer at any moment: it is not even touched.
    while (tail_->last < bounds_.until) {
      auto batch = scanner.Next();
      if (!batch || (!batch->damaged && batch->commit.last > bounds_.until)) break;
      if (!batch->damaged && batch->commit.first <= tail_->last) {
        batch->damaged = true;
        batch->what = fmt::format("it repeats the sequence numbers {} to {}", batch->commit.first.value,
                                  batch->commit.last.value);
      }
      if (batch->damaged) {
        pending_.push_back(std::move(*batch));
      } else {
        Good(*batch);
      }
    }
    if (tail_->last < bounds_.expected) Missing(bounds_.expected, tail_->offset);
  }

 private:
  void Good(const BatchScanner::Batch& batch) {
    const Seq before{batch.commit.first.value - 1};
    if (!pending_.empty() || tail_->last < before) {
      Missing(before, batch.offset);
    } else if (tail_->crc_known && batch.commit.previous != tail_->crc) {
      Damaged(batch.offset, {tail_->last.value + 1}, tail_->last, "the chain of checksums is broken before it");
    }
    LogBatch out;
    out.segment = segment_;
    out.offset = batch.offset;
    out.lines = batch.lines;
    out.first = batch.commit.first;
    out.last = batch.commit.last;
    out.crc = batch.commit.crc;
    out.end = batch.end;
    if (const auto line = ParseRecordLine(LastLine(batch.lines))) {
      tail_->ingested_at = std::max(tail_->ingested_at, line->ingested_at);
    }
    out.ingested_at = tail_->ingested_at;
    visit_(out);
    tail_->last = batch.commit.last;
    tail_->crc = batch.commit.crc;
    tail_->crc_known = true;
    tail_->offset = batch.end;
  }

  // The records behind the tail up to `last` are lost: to the damaged batches that were seen, or without a trace.
  void Missing(Seq last, std::uint64_t offset) {
    if (pending_.empty()) {
      Damaged(offset, {tail_->last.value + 1}, last, "records are missing");
    }
    for (std::size_t i = 0; i < pending_.size(); ++i) {
      const BatchScanner::Batch& batch = pending_[i];
      const bool sane = batch.commit.last > tail_->last && batch.commit.last < last && batch.commit.first > tail_->last;
      const Seq to = i + 1 == pending_.size() || !sane ? last : batch.commit.last;
      Damaged(batch.offset, {tail_->last.value + 1}, to, batch.what);
      tail_->last = std::max(tail_->last, to);
      tail_->offset = batch.end;
    }
    pending_.clear();
    tail_->last = std::max(tail_->last, last);
    tail_->crc_known = false;
  }

  void Damaged(std::uint64_t offset, Seq first, Seq last, const std::string& what) {
    LogBatch out;
    out.segment = segment_;
    out.offset = offset;
    out.first = first;
    out.last = last;
    out.damaged = true;
    out.what = what;
    visit_(out);
  }

  static std::string_view LastLine(std::string_view lines) {
    if (lines.empty()) return {};
    lines.remove_suffix(1);
    const std::size_t newline = lines.rfind('\n');
    return newline == std::string_view::npos ? lines : lines.substr(newline + 1);
  }

  const std::shared_ptr<Segment>& segment_;
  const ReadBounds& bounds_;
  LogTail* tail_;
  const BatchVisitor& visit_;
  std::vector<BatchScanner::Batch> pending_;  // Damage not yet known to be more than a torn end.
};

}  // namespace

void ReadBatches(const std::shared_ptr<Segment>& segment, std::string_view bytes, const ReadBounds& bounds,
                 LogTail* tail, const BatchVisitor& visit) {
  Reader(segment, bounds, tail, visit).Read(bytes);
}

}  // namespace cairn
