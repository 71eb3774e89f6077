#include "store/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "log/line.h"
#include "log/seal.h"

namespace cairn {
namespace {

constexpr Seq kNoBound{~std::uint64_t{0}};

// Readings without the lock, each of what came during the one before, before the rest is read under the lock.
constexpr int kRounds = 8;
// Attempts of a reader, which takes no lock, to reach the end of the log while others write and seal.
constexpr int kTries = 50;

class Loader {
 public:
  Loader(const LoadContext& context, bool from_zero) : context_(context), from_zero_(from_zero) {}

  Result<LoadedStore> Load() {
    published_ = context_.control.durable();
    if (Status status = List(); !status.ok()) return status;
    if (!from_zero_) RestoreSnapshot();
    tail_ = out_.state.place.tail;
    ParsePipeline pipeline(ThreadsOf(context_.options), [this](ParsedLogBatch&& batch) { out_.state.Apply(batch); });
    Status status = context_.options.read_only ? LoadWithoutLock(pipeline) : LoadAndLock(pipeline);
    if (!status.ok()) return status;
    pipeline.Drain();
    return std::move(out_);
  }

 private:
  // The bulk is read without the lock; under it, when nobody goes on, only what came meanwhile.
  Status LoadAndLock(ParsePipeline& pipeline) {
    for (int round = 0; round < kRounds && ClosedLeft(); ++round) {
      if (Status status = LoadClosed(pipeline); !status.ok()) return status;
      if (Status status = List(); !status.ok()) return status;
    }
    FileLock& lock = *context_.control.lock();
    if (Status status = lock.Lock(); !status.ok()) return status;
    Status status = List();
    if (status.ok()) status = LoadClosed(pipeline);
    if (status.ok()) status = OpenLog(Newest());
    if (status.ok()) status = out_.log->TakeOver([&](const LogBatch& batch) { pipeline.Submit(batch); });
    if (status.ok() && context_.options.begin_log) status = out_.log->Begin();
    lock.Unlock();
    return status;
  }

  Status LoadWithoutLock(ParsePipeline& pipeline) {
    for (int i = 0; i < kTries; ++i) {
      out_.log.reset();
      if (Status status = LoadClosed(pipeline); !status.ok()) return status;
      Status status = OpenLog(Newest());
      if (status.ok()) status = out_.log->Follow([&](const LogBatch& batch) { pipeline.Submit(batch); });
      if (status.code() != StatusCode::kAborted) return status;
      if (out_.log != nullptr) KeepPlace(pipeline);
      // What is missing came after the store was asked to open.
      if (published_.value != 0 && tail_.last >= published_) return out_.log ? Status::Ok() : OpenLog({0});
      if (status = List(); !status.ok()) return status;
    }
    return {StatusCode::kAborted, context_.dir + ": others write and seal faster than this process reads; try again"};
  }

  // The log went on and was sealed: the next reading begins where this one ended.
  void KeepPlace(ParsePipeline& pipeline) {
    pipeline.Drain();
    tail_ = out_.log->tail();
    reading_ = out_.log->active();
    if (reading_ == nullptr) return;
    if (out_.state.segments.last_first() < reading_->first()) out_.state.segments.Add(reading_);
    loaded_ = {reading_->first().value - 1};
    place_segment_ = reading_->first();
    place_offset_ = tail_.offset;
  }

  Status List() {
    auto segments = ListSegments(context_.files, JoinPath(context_.dir, "log"));
    if (!segments) return segments.error().code() == StatusCode::kNotFound ? Status::Ok() : segments.error();
    files_ = std::move(*segments);
    return Status::Ok();
  }

  bool ClosedLeft() const {
    return std::any_of(files_.begin(), files_.end(), [&](const SegmentFile& file) {
      return file.first > loaded_ && !(file.open && file.first == files_.back().first);
    });
  }

  // Folds what is not folded yet, but for the newest segment, which is the log's to read.
  Status LoadClosed(ParsePipeline& pipeline) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const SegmentFile& file = files_[i];
      const bool newest = i + 1 == files_.size();
      if (file.first <= loaded_ || (newest && file.open)) continue;
      // A segment ends where the next begins, whatever a failed disk left behind that.
      const Seq last = newest ? kNoBound : Seq{files_[i + 1].first.value - 1};
      if (Status status = LoadOne(file, last, pipeline); !status.ok()) return status;
      loaded_ = file.first;
    }
    return Status::Ok();
  }

  Status LoadOne(const SegmentFile& file, Seq last, ParsePipeline& pipeline) {
    if (reading_ != nullptr && reading_->first() == file.first) return ReadLines(reading_, last, pipeline);
    return file.open ? LoadOpen(file.first, last, pipeline) : LoadSealed(file.first, last, pipeline);
  }

  // Through a mapping that is made anew as it is read: of a large one no more than a part is in memory at a time.
  Result<Snapshot> ReadSnapshot(const std::string& path) {
    const auto size = context_.files.Size(path);
    if (!size) return size.error();
    std::unique_ptr<Mapping> map;
    const auto bytes = [&]() -> std::string_view {
      map.reset();
      auto made = context_.files.Map(path, *size);
      if (!made) return {};
      map = std::move(*made);
      return {map->data(), *size};
    };
    return DecodeSnapshot(bytes(), bytes);
  }

  void RestoreSnapshot() {
    const std::string dir = JoinPath(context_.dir, "views");
    auto names = context_.files.List(dir);
    if (!names) return;
    for (auto name = names->rbegin(); name != names->rend(); ++name) {
      if (!name->starts_with("snapshot-") || name->ends_with(".tmp")) continue;
      auto snapshot = ReadSnapshot(JoinPath(dir, *name));
      if (!snapshot || !StillTrue(snapshot->place) || !StillWhole(snapshot->open)) continue;
      out_.state.views = std::move(snapshot->views);
      out_.state.damage = std::move(snapshot->damage);
      out_.state.place = snapshot->place;
      place_segment_ = snapshot->place.segment;
      place_offset_ = snapshot->place.tail.offset;
      locations_ = std::move(snapshot->open);
      return;
    }
  }

  // Every segment that the snapshot points into still reaches as far; reading behind a file's end would be a fault.
  bool StillWhole(const std::vector<SnapshotSegment>& open) const {
    for (const SnapshotSegment& saved : open) {
      const auto file = std::find_if(files_.begin(), files_.end(),
                                     [&](const SegmentFile& candidate) { return candidate.first == saved.first; });
      if (file == files_.end()) return false;
      if (!file->open) continue;
      std::uint64_t end = 0;
      for (const Location& location : saved.locations)
        end = std::max<std::uint64_t>(end, location.offset + location.length);
      const auto size = context_.files.Size(PathOf(saved.first));
      if (size ? *size < end : size.error().code() != StatusCode::kNotFound) return false;
    }
    return true;
  }

  // The log still holds the commit line at which the snapshot was taken.
  bool StillTrue(const SnapshotPlace& place) const {
    const auto file = std::find_if(files_.begin(), files_.end(),
                                   [&](const SegmentFile& candidate) { return candidate.first == place.segment; });
    if (file == files_.end() || place.tail.offset < place.commit_bytes || place.commit_bytes == 0) return false;
    const Location location{static_cast<std::uint32_t>(place.tail.offset - place.commit_bytes), place.commit_bytes - 1};
    Result<PinnedLine> line(StatusCode::kNotFound, "");
    if (file->open) {
      auto segment = OpenSegment::Open(context_.files, PathOf(file->first), file->first);
      if (!segment) return false;
      const auto bytes = (*segment)->FileBytes();
      if (!bytes || *bytes < place.tail.offset) return false;
      line = (*segment)->Line(location);
      if (!line) return false;
    } else {
      auto segment = SealedSegment::Open(context_.files, JoinPath(context_.dir, "log"), file->first);
      if (!segment) return false;
      line = (*segment)->Line(location);
      if (!line) return false;
    }
    const auto commit = ParseCommitLine(line->line);
    return commit && commit->last == place.tail.last && commit->crc == place.tail.crc;
  }

  std::string PathOf(Seq first) const {
    return JoinPath(JoinPath(context_.dir, "log"), SegmentName(first) + std::string(kOpenSuffix));
  }

  Status LoadOpen(Seq first, Seq last, ParsePipeline& pipeline) {
    auto segment = OpenSegment::Open(context_.files, PathOf(first), first);
    if (!segment) {
      const bool sealed = segment.error().code() == StatusCode::kNotFound;
      return sealed ? LoadSealed(first, last, pipeline) : segment.error();
    }
    RestoreLocations(**segment);
    out_.state.segments.Add(*segment);
    return ReadLines(*segment, last, pipeline);
  }

  Status ReadLines(const std::shared_ptr<OpenSegment>& segment, Seq last, ParsePipeline& pipeline) {
    auto bytes = segment->FileBytes();
    if (!bytes) return bytes.error();
    ReadOn(segment, segment->Bytes(std::min(*bytes, kSegmentMapBytes)), last, pipeline);
    return Status::Ok();
  }

  void RestoreLocations(OpenSegment& segment) const {
    for (const SnapshotSegment& saved : locations_) {
      if (saved.first != segment.first()) continue;
      for (std::size_t i = 0; i < saved.locations.size(); ++i) {
        segment.AddLocation({saved.first.value + i}, saved.locations[i]);
      }
    }
  }

  // Reads what stands behind the tail in a segment that takes no more writes.
  void ReadOn(const std::shared_ptr<Segment>& segment, std::string_view bytes, Seq last, ParsePipeline& pipeline) {
    if (last <= tail_.last) return;
    tail_.offset = OffsetIn(segment->first());
    ReadBatches(segment, bytes, {last, last == kNoBound ? Seq{0} : last}, &tail_,
                [&](const LogBatch& batch) { pipeline.Submit(batch); });
  }

  // How much of a segment is folded already.
  std::uint64_t OffsetIn(Seq first) const { return first == place_segment_ ? place_offset_ : 0; }

  Status LoadSealed(Seq first, Seq last, ParsePipeline& pipeline) {
    const std::string dir = JoinPath(context_.dir, "log");
    const bool write = !context_.options.read_only;
    if (from_zero_ && write) {
      // A rebuild makes the index anew as well; where the frames are damaged the old one is the best there is.
      (void)RebuildIndex(context_.files, dir, first);
    }
    auto segment = SealedSegment::Open(context_.files, dir, first);
    if (segment) {
      // A wrong index would hide facts without a word, so it is read once: 30 MB per million records.
      if (Status status = (*segment)->index().Verify(); !status.ok()) segment = status;
    }
    if (!segment && write && segment.error().code() != StatusCode::kFailedPrecondition &&
        RebuildIndex(context_.files, dir, first).ok()) {
      segment = SealedSegment::Open(context_.files, dir, first);
    }
    if (!segment) {
      if (segment.error().code() == StatusCode::kFailedPrecondition) return segment.error();
      out_.state.damage.push_back(
          {SegmentName(first) + std::string(kSealedSuffix), 0, first, last, segment.error().message()});
      return Status::Ok();
    }
    out_.state.segments.Add(*segment);
    // What was read to look whether all is well is nothing that was asked for.
    (*segment)->Release();
    if ((*segment)->last() <= out_.state.place.tail.last) {
      // The snapshot may be older than the sealing.
      out_.state.views.Prune((*segment)->first(), (*segment)->last());
      return Status::Ok();
    }
    // Folded only where no snapshot has it: the frames are read whole.
    std::string lines;
    lines.reserve((*segment)->frames().uncompressed_bytes() + kJsonPadding);
    for (std::size_t i = 0; i < (*segment)->frames().frames(); ++i) {
      auto frame = (*segment)->frames().Read(i);
      if (frame) {
        lines += (*frame)->text();
      } else {
        lines.append((*segment)->frames().FrameBytes(i), '\0');  // Reads as damage, at its place.
      }
    }
    const std::size_t bytes = lines.size();
    lines.append(kJsonPadding, '\0');
    ReadOn(*segment, std::string_view(lines).substr(0, bytes), (*segment)->last(), pipeline);
    pipeline.Drain();  // Before `lines` goes.
    (*segment)->Release();
    // Its index answers for its postings; in the views they would count twice.
    out_.state.views.Prune((*segment)->first(), (*segment)->last());
    return Status::Ok();
  }

  // The newest segment where it takes writes; else 0.
  Seq Newest() const { return !files_.empty() && files_.back().open ? files_.back().first : Seq{0}; }

  // Returns ABORTED where another process sealed that segment meanwhile.
  Status OpenLog(Seq segment) {
    tail_.offset = OffsetIn(segment);
    LogOptions options;
    options.sync = context_.options.sync;
    options.segment_bytes = context_.options.segment_bytes;
    options.read_only = context_.options.read_only;
    options.room_bytes = context_.options.room_bytes;
    options.room_after = context_.options.room_after;
    auto log = Log::Open(context_.files, context_.clock, context_.dir, options, context_.control, segment, tail_);
    if (!log && log.error().code() == StatusCode::kNotFound) return Status(StatusCode::kAborted, log.error().message());
    if (!log) return log.error();
    out_.log = std::move(*log);
    if (out_.log->active() != nullptr) {
      RestoreLocations(*out_.log->active());
      out_.state.segments.Add(out_.log->active());
    }
    return Status::Ok();
  }

  const LoadContext& context_;
  bool from_zero_;
  Seq published_;  // When loading began.
  std::vector<SegmentFile> files_;
  std::vector<SnapshotSegment> locations_;
  Seq loaded_;  // The newest segment that is folded whole.
  Seq place_segment_;
  std::uint64_t place_offset_ = 0;
  std::shared_ptr<OpenSegment> reading_;  // What a log that could not go on had open.
  LogTail tail_;                          // Up to where the log was handed to the pipeline.
  LoadedStore out_;
};

}  // namespace

Result<LoadedStore> LoadStore(const LoadContext& context, bool from_zero) { return Loader(context, from_zero).Load(); }

std::size_t ThreadsOf(const StoreOptions& options) {
  if (options.threads != 0) return options.threads;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace cairn
