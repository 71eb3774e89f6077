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
                                       const LogTail& tail) {
  auto log = std::unique_ptr<Log>(new Log(files, clock, dir, options, control));
  log->tail_ = tail;
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
  has_room_ = false;
  has_looked_ = false;
  may_make_room_ = true;
  room_end_ = 0;
  return Status::Ok();
}

Result<Seq> Log::NextSegment() const {
  auto segments = ListSegments(files_, JoinPath(dir_, "log"));
  if (!segments) return segments.error();
  const Seq current = active_ == nullptr ? tail_.last : active_->first();
  const auto next = std::find_if(segments->begin(), segments->end(),
                                 [&](const SegmentFile& segment) { return segment.first > current; });
  if (next == segments->end()) return Seq{0};
  if (!next->open) return Status(StatusCode::kAborted, "the log went on and was sealed by another process");
  return next->first;
}

Status Log::ReadActive(Seq until, Seq expected, const Visitor& visit) {
  if (active_ == nullptr) return Status::Ok();
  auto bytes = active_->FileBytes();
  if (!bytes) return bytes.error();
  ReadBatches(active_, active_->Bytes(std::min(*bytes, kSegmentMapBytes)), {until, expected}, &tail_, visit);
  return Status::Ok();
}

// Reads on up to where the newest segment begins, which is the active one then.
Status Log::ReadClosed(Seq until, Seq expected, const Visitor& visit) {
  while (true) {
    // The published number of the active segment saves listing the folder; where none is published, look.
    const Seq published = control_.active();
    if (active_ != nullptr && published.value != 0 && published == active_->first()) return Status::Ok();
    auto next = NextSegment();
    if (!next) return next.error();
    if (next->value == 0 || *next > until) return Status::Ok();
    const Seq before_next{next->value - 1};
    if (Status status = ReadActive(std::min(until, before_next), std::min(expected, before_next), visit);
        !status.ok()) {
      return status;
    }
    if (Status status = OpenActive(*next, 0); !status.ok()) {
      if (status.code() == StatusCode::kNotFound) return {StatusCode::kAborted, status.message()};
      return status;
    }
    // What stood between the segments, where anything is missing there, is told with the next batch.
  }
}

Status Log::ReadAll(Seq until, Seq expected, const Visitor& visit) {
  if (Status status = ReadClosed(until, expected, visit); !status.ok()) return status;
  return ReadActive(until, expected, visit);
}

Status Log::Follow(const Visitor& visit) {
  const Seq durable = control_.durable();
  // Without a published number (a store that is only read, after a power cut) every whole batch counts.
  if (durable.value == 0) return ReadAll(kNoBound, {0}, visit);
  return ReadAll(durable, durable, visit);
}

Status Log::Lock(const Visitor& visit) {
  if (Status status = control_.lock()->Lock(); !status.ok()) return status;
  if (IsCurrent()) return Status::Ok();  // The common case.
  Status status = TakeOver(visit);
  if (!status.ok()) Unlock();
  return status;
}

void Log::Unlock() { control_.lock()->Unlock(); }

Status Log::Begin() {
  const bool has_begun = active_ != nullptr || tail_.last.value != 0;
  return has_begun ? Status::Ok() : CreateSegment({1}).WithContext("beginning the log");
}

Status Log::TakeOver(const Visitor& visit) {
  const Seq published = control_.durable();
  if (Status status = ReadClosed(kNoBound, published, visit); !status.ok()) return status;
  if (active_ == nullptr) return Status::Ok();
  const bool exact = control_.exact();
  // A segment that is published and not there: the one before it has ended, and all before its end is on the disk.
  const Seq active = exact ? control_.active() : Seq{0};
  const bool ended = active > active_->first();
  const Seq durable = ended ? std::max(published, Seq{active.value - 1}) : published;
  if (Status status = ReadActive(durable, published, visit); !status.ok()) return status;
  if (Status status = OpenWriter(); !status.ok()) return status;
  poisoned_ = poisoned_ || ended;
  if (Status status = Mend(exact, visit); !status.ok()) return status;
  control_.Publish(std::max(tail_.last, published), ended ? std::max(active, active_->first()) : active_->first());
  return Status::Ok();
}

Status Log::OpenWriter() {
  if (writer_ != nullptr) return Status::Ok();
  auto writer = files_.OpenAppend(PathOf(active_->first()), false);
  if (!writer) return writer.error();
  // Whoever made the segment may have died before its entry in the folder was on the disk.
  for (const std::string& folder : {JoinPath(dir_, "log"), dir_}) {
    if (Status status = files_.SyncDir(folder); !status.ok()) return status;
  }
  writer_ = std::move(*writer);
  return Status::Ok();
}

// What stands behind the tail was not published. A whole batch counts once it is on the disk, and is not visited
// earlier. Where the page is `exact`, nobody was answered for it, since its writer died before: it is given up where it
// cannot be synced. After a restart of the machine it may have been answered, but then it is on the disk.
Status Log::Mend(bool exact, const Visitor& visit) {
  auto end = FindEnd(exact);
  if (!end) return end.error();
  if (*end <= tail_.offset) return Status::Ok();
  if (!poisoned_) {
    Status synced = writer_->Sync();
    if (!synced.ok() && !exact) return synced;
    poisoned_ = !synced.ok();
  }
  if (poisoned_) return EndSegment(*end);
  if (Status status = ReadActive(kNoBound, {0}, visit); !status.ok()) return status;
  if (*end <= tail_.offset) return Status::Ok();
  if (Status status = KeepTorn(*end, ""); !status.ok()) return status;
  has_room_ = false;
  return writer_->Truncate(tail_.offset);
}

// What stands behind the tail, up to `bytes`, stays readable after it was cut.
Status Log::KeepTorn(std::uint64_t bytes, std::string_view why) {
  // On a full disk the zeros behind may be all that there is for it.
  if (has_room_ && writer_->Truncate(bytes).ok()) has_room_ = false;
  const std::string torn = JoinPath(dir_, "torn");
  if (Status status = MakeDirsDurably(files_, torn); !status.ok()) return status;
  const std::string name = fmt::format("{}-{}-{}{}", SegmentName(active_->first()), tail_.offset, clock_.Now().ns, why);
  return WriteFileDurably(files_, JoinPath(torn, name), active_->Bytes(bytes).substr(tail_.offset));
}

// After a failed fdatasync nothing is known of what stands behind the tail, and a later one may succeed although it is
// gone: the segment ends at the tail. What stands up to `keep` is another's and is kept.
Status Log::EndSegment(std::uint64_t keep) {
  poisoned_ = true;
  const Seq next{tail_.last.value + 1};
  // Told before anything is done, so that no taker of the lock goes beyond it, whatever fails below.
  control_.Publish(control_.durable(), next);
  if (keep > tail_.offset) {
    if (Status status = KeepTorn(keep, kUnsyncedSuffix); !status.ok()) return status;
  }
  (void)writer_->Truncate(tail_.offset);  // Else it stands behind the end.
  return CreateSegment(next);
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
  // A file of that name can stand only as what is left of a roll that failed, or of a first batch that was not synced.
  const auto left = writer_->Size();
  Status status = left ? Status::Ok() : left.error();
  if (left && *left != 0) status = writer_->Truncate(0);  // Even of an empty file it writes to the disk.
  poisoned_ = !status.ok();
  return status;
}

Status Log::Roll() {
  if (active_ == nullptr || tail_.offset == 0) return Status::Ok();
  unsynced_ = true;  // Another process may have appended and not synced.
  if (Status status = SyncNow(); !status.ok()) return status;
  CutZeros();
  const Seq next{tail_.last.value + 1};
  // Once others are told of the next segment this one takes no more: tried before, so that where no file can be made
  // (rights, descriptors, a full disk) this one goes on.
  const std::string probe = PathOf(next) + ".tmp";
  if (auto made = files_.OpenAppend(probe, true); !made) return made.error();
  if (Status status = files_.Remove(probe); !status.ok()) return status;
  return CreateSegment(next);
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

// A new segment where the newest takes no more writes, or not as many bytes.
Status Log::GoOnWhereItFits(Seq first, std::uint64_t bytes) {
  const bool takes_writes = active_ != nullptr && !poisoned_;
  if (takes_writes && (tail_.offset == 0 || tail_.offset + bytes <= options_.segment_bytes)) return Status::Ok();
  if (takes_writes) {
    unsynced_ = true;  // Another process may have appended and not synced.
    if (Status status = SyncNow(); !status.ok()) return {StatusCode::kUnknown, status.message()};
    CutZeros();
  }
  return CreateSegment(first).WithContext("beginning a new segment");
}

// Writes the lines of a batch piece by piece: the disk is busy with the first while the next are put together.
Status Log::WriteLines(std::span<const std::string_view> records, std::uint64_t bytes, LogBatch* batch) {
  constexpr std::size_t kPieceBytes = std::size_t{320} << 10;
  constexpr std::size_t kKeptBytes = std::size_t{8} << 20;
  // Of the thread: what two processors write to in turns wanders between their caches.
  static thread_local std::string buffer;
  // One huge batch must not hold its memory for the life of the thread.
  if (buffer.capacity() > kKeptBytes) std::string().swap(buffer);
  const std::string time = FormatTimestampFixed(batch->ingested_at);
  std::size_t written = 0;
  const auto write = [&] {
    const std::string_view piece = std::string_view(buffer).substr(written);
    // Without room it is appended: whatever an unknown writer put there is not written over.
    Status status = has_room_ ? writer_->WriteAt(tail_.offset + written, piece) : writer_->Append(piece);
    if (options_.sync == Sync::kAlways && buffer.size() >= kPieceBytes) {
      writer_->StartSync(tail_.offset + written, tail_.offset + buffer.size());
    }
    written = buffer.size();
    return status;
  };
  buffer.clear();
  buffer.reserve(std::min<std::uint64_t>(bytes, kKeptBytes));
  Seq seq = batch->first;
  for (const std::string_view record : records) {
    AppendRecordLine(buffer, seq, time, record);
    ++seq.value;
    if (buffer.size() - written < kPieceBytes) continue;
    if (Status status = write(); !status.ok()) return status;
  }
  batch->lines = active_->Bytes(tail_.offset + buffer.size()).substr(tail_.offset);
  batch->crc = AppendCommitLine(buffer, 0, batch->first, batch->last, tail_.crc).crc;
  batch->end = tail_.offset + buffer.size();
  return write();
}

Result<LogBatch> Log::Append(std::span<const std::string_view> records, const Meanwhile& meanwhile) {
  LogBatch out;
  out.first = {tail_.last.value + 1};
  out.last = {tail_.last.value + records.size()};
  out.ingested_at = std::max(clock_.Now(), tail_.ingested_at);
  std::uint64_t bytes = 0;
  for (const std::string_view record : records) bytes += RecordLineBytes(out.last, record.size());
  bytes += kCommitLineBytesMax;
  if (Status status = GoOnWhereItFits(out.first, bytes); !status.ok()) return status;
  MakeRoom(bytes, out.ingested_at);
  out.segment = active_;
  out.offset = tail_.offset;
  if (Status status = WriteLines(records, bytes, &out); !status.ok()) {
    // The part that went in must not stand between this batch's end and the next.
    if (!writer_->Truncate(tail_.offset).ok()) poisoned_ = true;
    has_room_ = false;
    return status;
  }
  unsynced_ = true;
  if (meanwhile) meanwhile(out);
  if (options_.sync == Sync::kAlways) {
    if (Status status = SyncNow(); !status.ok()) {
      (void)EndSegment(tail_.offset);  // Where that fails, the next append tries again.
      return Status(StatusCode::kUnknown, status.message() + "; whether the batch stands is not known: send it again");
    }
  }
  tail_.last = out.last;
  tail_.crc = out.crc;
  tail_.crc_known = true;
  tail_.ingested_at = out.ingested_at;
  tail_.offset = out.end;
  own_last_ = out.last;
  control_.Publish(out.last, active_->first());
  return out;
}

}  // namespace cairn
