#include "log/log.h"

#include <fmt/format.h>

#include <algorithm>

#include "log/line.h"

namespace cairn {
namespace {

constexpr Seq kNoBound{~std::uint64_t{0}};

}  // namespace

Result<std::unique_ptr<Log>> Log::Open(FileSystem& files, Clock& clock, const std::string& dir,
                                       const LogOptions& options, ControlFile& control, Seq segment,
                                       const LogTail& tail, std::atomic<std::uint64_t>* known) {
  auto log = std::unique_ptr<Log>(new Log(files, clock, dir, options, control, known));
  log->tail_ = tail;
  known->store(tail.last.value, std::memory_order_relaxed);
  log->options_.segment_bytes = std::min(log->options_.segment_bytes, kSegmentBytesMax);
  if (segment.value != 0) {
    if (Status status = log->OpenActive(segment, tail.offset); !status.ok()) return status;
  }
  return log;
}

std::string Log::PathOf(Seq first) const {
  return JoinPath(JoinPath(dir_, "log"), SegmentName(first) + std::string(kOpenSuffix));
}

Status Log::OpenActive(Seq first, std::uint64_t offset) {
  auto segment = OpenSegment::Open(files_, PathOf(first), first);
  if (!segment) return segment.error();
  active_ = std::move(*segment);
  writer_.reset();
  tail_.offset = offset;
  poisoned_ = false;
  return Status::Ok();
}

Result<Seq> Log::NextSegment() const {
  auto names = files_.List(JoinPath(dir_, "log"));
  if (!names) return names.error();
  const Seq current = active_ == nullptr ? tail_.last : active_->first();
  Seq next = kNoBound;
  bool open = false;
  for (const std::string& name : *names) {
    const Seq first = SegmentFirst(name);
    if (first <= current || first > next || name.ends_with(".tmp")) continue;
    open = (first == next && open) || name.ends_with(kOpenSuffix);
    next = first;
  }
  if (next == kNoBound) return Seq{0};
  if (!open) return Status(StatusCode::kAborted, "the log went on and was sealed by another process");
  return next;
}

Status Log::ReadActive(Seq until, Seq expected, const Visitor& visit) {
  if (active_ == nullptr) return Status::Ok();
  auto bytes = active_->FileBytes();
  if (!bytes) return bytes.error();
  ReadBatches(active_, active_->Bytes(std::min(*bytes, kSegmentMapBytes)), {until, expected}, &tail_, visit);
  known_->store(tail_.last.value, std::memory_order_relaxed);
  return Status::Ok();
}

Status Log::ReadAll(Seq until, Seq expected, const Visitor& visit) {
  while (true) {
    Seq next{0};
    // The published number of the active segment saves listing the folder; where none is published, look.
    const Seq published = control_.active();
    if (active_ == nullptr || published.value == 0 || published != active_->first()) {
      auto found = NextSegment();
      if (!found) return found.error();
      next = *found;
    }
    if (next.value == 0 || next > until) return ReadActive(until, expected, visit);
    const Seq before_next{next.value - 1};
    if (Status status = ReadActive(std::min(until, before_next), std::min(expected, before_next), visit);
        !status.ok()) {
      return status;
    }
    if (Status status = OpenActive(next, 0); !status.ok()) {
      if (status.code() == StatusCode::kNotFound) return {StatusCode::kAborted, status.message()};
      return status;
    }
    // What stood between the segments, where anything is missing there, is told with the next batch.
  }
}

Status Log::Follow(const Visitor& visit) {
  const Seq durable = control_.durable();
  // Without a published number (a store that is only read, after a power cut) every whole batch counts.
  if (durable.value == 0) return ReadAll(kNoBound, {0}, visit);
  return ReadAll(durable, durable, visit);
}

Status Log::Lock(const Visitor& visit) {
  if (Status status = control_.lock()->Lock(); !status.ok()) return status;
  const Seq published = control_.durable();
  // The common case: nobody wrote since, nothing is torn.
  if (active_ != nullptr && writer_ != nullptr && !poisoned_ && published == tail_.last &&
      control_.active() == active_->first()) {
    auto bytes = writer_->Size();
    if (bytes && *bytes == tail_.offset) return Status::Ok();
  }
  Status status = ReadAll(kNoBound, published, visit);
  if (status.ok()) status = Mend(published);
  if (!status.ok()) Unlock();
  return status;
}

void Log::Unlock() { control_.lock()->Unlock(); }

Status Log::Mend(Seq published) {
  if (active_ == nullptr) return Status::Ok();
  if (writer_ == nullptr) {
    auto writer = files_.OpenAppend(PathOf(active_->first()), false);
    if (!writer) return writer.error();
    // Whoever made the segment may have died before its entry in the folder was on the disk.
    for (const std::string& folder : {JoinPath(dir_, "log"), dir_}) {
      if (Status status = files_.SyncDir(folder); !status.ok()) return status;
    }
    writer_ = std::move(*writer);
  }
  auto bytes = writer_->Size();
  if (!bytes) return bytes.error();
  if (*bytes > tail_.offset) {
    const std::string torn = JoinPath(dir_, "torn");
    if (Status status = MakeDirsDurably(files_, torn); !status.ok()) return status;
    const std::string name = fmt::format("{}-{}-{}", SegmentName(active_->first()), tail_.offset, clock_.Now().ns);
    const std::string_view cut = active_->Bytes(*bytes).substr(tail_.offset);
    if (Status status = WriteFileDurably(files_, JoinPath(torn, name), cut); !status.ok()) return status;
    if (Status status = writer_->Truncate(tail_.offset); !status.ok()) return status;
  }
  if (tail_.last > published || *bytes > tail_.offset) {
    // A batch whose writer died before it could publish: it counts once it is on the disk.
    if (Status status = writer_->Sync(); !status.ok()) return status;
  }
  control_.Publish(std::max(tail_.last, published), active_->first());
  return Status::Ok();
}

Status Log::CreateSegment(Seq first) {
  // From here on the new file may stand, and with it the segment before it has ended, whatever fails below.
  poisoned_ = true;
  const std::string dir = JoinPath(dir_, "log");
  if (Status status = MakeDirsDurably(files_, dir); !status.ok()) return status;
  if (active_ == nullptr) {
    // Before the first segment is there: whoever finds it may rely on its folders, whoever made them.
    for (const std::string& folder : {dir_, ParentOf(dir_)}) {
      if (Status status = files_.SyncDir(folder); !status.ok()) return status;
    }
  }
  // Told before it is there: a process that dies in between must not leave others appending to the old segment.
  control_.Publish(control_.durable(), first);
  auto writer = files_.OpenAppend(PathOf(first), true);
  if (!writer) return writer.error();
  if (Status status = files_.SyncDir(dir); !status.ok()) return status;
  if (Status status = OpenActive(first, 0); !status.ok()) return status;
  writer_ = std::move(*writer);
  // A file of that name can stand only as the empty leftover of a roll that failed.
  return writer_->Truncate(0);
}

Status Log::Roll() {
  if (active_ == nullptr || tail_.offset == 0) return Status::Ok();
  unsynced_ = true;  // Another process may have appended and not synced.
  if (Status status = SyncNow(); !status.ok()) return status;
  return CreateSegment({tail_.last.value + 1});
}

Status Log::SyncNow() {
  if (!unsynced_ || writer_ == nullptr) return Status::Ok();
  Status status = writer_->Sync();
  if (status.ok()) {
    unsynced_ = false;
  } else {
    poisoned_ = true;
  }
  return status;
}

Result<LogBatch> Log::Append(std::span<const std::string_view> records) {
  const Seq first{tail_.last.value + 1};
  const Seq last{tail_.last.value + records.size()};
  const Timestamp now = std::max(clock_.Now(), tail_.ingested_at);
  const std::string time = FormatTimestampFixed(now);
  buffer_.clear();
  Seq seq = first;
  for (const std::string_view record : records) {
    AppendRecordLine(buffer_, seq, time, record);
    ++seq.value;
  }
  const std::size_t lines_bytes = buffer_.size();
  const Commit commit = AppendCommitLine(buffer_, 0, first, last, tail_.crc);

  if (active_ == nullptr || poisoned_ ||
      (tail_.offset != 0 && tail_.offset + buffer_.size() > options_.segment_bytes)) {
    if (active_ != nullptr && !poisoned_) {
      unsynced_ = true;  // Another process may have appended and not synced.
      if (Status status = SyncNow(); !status.ok()) return Status(StatusCode::kUnknown, status.message());
    }
    if (Status status = CreateSegment(first); !status.ok()) return status.WithContext("beginning a new segment");
  }
  if (Status status = writer_->Append(buffer_); !status.ok()) {
    // The part that went in must not stand between this batch's end and the next.
    if (!writer_->Truncate(tail_.offset).ok()) poisoned_ = true;
    return status;
  }
  unsynced_ = true;
  if (options_.sync == Sync::kAlways) {
    if (Status status = SyncNow(); !status.ok()) {
      (void)writer_->Truncate(tail_.offset);
      // Other processes learn from the new segment that this one is done with. Where even that fails, the next
      // append of this process tries again.
      (void)CreateSegment(first);
      return Status(StatusCode::kUnknown, status.message() + "; whether the batch stands is not known: send it again");
    }
  }
  LogBatch out;
  out.segment = active_;
  out.offset = tail_.offset;
  out.lines = active_->Bytes(tail_.offset + lines_bytes).substr(tail_.offset);
  out.first = first;
  out.last = last;
  out.crc = commit.crc;
  out.ingested_at = now;
  out.end = tail_.offset + buffer_.size();
  tail_.last = last;
  tail_.crc = commit.crc;
  tail_.crc_known = true;
  tail_.ingested_at = now;
  tail_.offset += buffer_.size();
  known_->store(last.value, std::memory_order_relaxed);
  control_.Publish(last, active_->first());
  // One huge batch must not hold its memory for the life of the process.
  constexpr std::size_t kKeptBytes = std::size_t{8} << 20;
  if (buffer_.capacity() > kKeptBytes) std::string().swap(buffer_);
  return out;
}

}  // namespace cairn
