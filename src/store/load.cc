#include "store/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "log/line.h"
#include "log/seal.h"

namespace cairn {
namespace {

constexpr Seq kNoBound{~std::uint64_t{0}};

struct SegmentFile {
  Seq first;
  bool open = false;
};

class Loader {
 public:
  Loader(const LoadContext& context, bool from_zero) : context_(context), from_zero_(from_zero) {}

  Result<LoadedStore> Load() {
    if (Status status = ListSegments(); !status.ok()) return status;
    if (!from_zero_) RestoreSnapshot();
    tail_ = out_.state.place.tail;
    ParsePipeline pipeline(ThreadsOf(context_.options), [this](ParsedLogBatch&& batch) { out_.state.Apply(batch); });
    for (std::size_t i = 0; i < files_.size(); ++i) {
      const bool newest = i + 1 == files_.size();
      // A segment ends where the next begins, whatever a failed disk left behind that.
      const Seq last = newest ? kNoBound : Seq{files_[i + 1].first.value - 1};
      Status status = Status::Ok();
      if (!files_[i].open) {
        status = LoadSealed(files_[i].first, last, pipeline);
      } else if (!newest) {  // The newest is the log's to read.
        status = LoadOpen(files_[i].first, last, pipeline);
      }
      if (!status.ok()) return status;
    }
    if (Status status = OpenLog(pipeline); !status.ok()) return status;
    return std::move(out_);
  }

 private:
  Status ListSegments() {
    auto names = context_.files.List(JoinPath(context_.dir, "log"));
    if (!names) return names.error().code() == StatusCode::kNotFound ? Status::Ok() : names.error();
    for (const std::string& name : *names) {
      const Seq first = SegmentFirst(name);
      const std::string_view suffix = std::string_view(name).substr(std::min<std::size_t>(name.size(), 20));
      const bool open = suffix == kOpenSuffix;
      if (first.value == 0 || (!open && suffix != kSealedSuffix)) continue;
      if (files_.empty() || files_.back().first != first) files_.push_back({first, false});
      files_.back().open = files_.back().open || open;
    }
    return Status::Ok();
  }

  void RestoreSnapshot() {
    const std::string dir = JoinPath(context_.dir, "views");
    auto names = context_.files.List(dir);
    if (!names) return;
    for (auto name = names->rbegin(); name != names->rend(); ++name) {
      if (!name->starts_with("snapshot-") || name->ends_with(".tmp")) continue;
      auto bytes = context_.files.Read(JoinPath(dir, *name));
      if (!bytes) continue;
      auto snapshot = DecodeSnapshot(*bytes);
      if (!snapshot || !StillTrue(snapshot->place) || !StillWhole(snapshot->open)) continue;
      out_.state.views = std::move(snapshot->views);
      out_.state.damage = std::move(snapshot->damage);
      out_.state.place = snapshot->place;
      snapshot_segment_ = snapshot->place.segment;
      snapshot_offset_ = snapshot->place.tail.offset;
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
    auto bytes = (*segment)->FileBytes();
    if (!bytes) return bytes.error();
    ReadOn(*segment, (*segment)->Bytes(std::min(*bytes, kSegmentMapBytes)), last, pipeline);
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

  // How much of a segment the snapshot has.
  std::uint64_t OffsetIn(Seq first) const { return first == snapshot_segment_ ? snapshot_offset_ : 0; }

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
    // Its index answers for its postings; in the views they would count twice.
    out_.state.views.Prune((*segment)->first(), (*segment)->last());
    return Status::Ok();
  }

  Status OpenLog(ParsePipeline& pipeline) {
    const Seq newest = !files_.empty() && files_.back().open ? files_.back().first : Seq{0};
    tail_.offset = OffsetIn(newest);
    LogOptions options;
    options.sync = context_.options.sync;
    options.segment_bytes = context_.options.segment_bytes;
    options.read_only = context_.options.read_only;
    auto log = Log::Open(context_.files, context_.clock, context_.dir, options, context_.control, newest, tail_,
                         context_.known);
    if (!log && log.error().code() == StatusCode::kNotFound) return Status(StatusCode::kAborted, log.error().message());
    if (!log) return log.error();
    out_.log = std::move(*log);
    if (out_.log->active() != nullptr) {
      RestoreLocations(*out_.log->active());
      out_.state.segments.Add(out_.log->active());
    }
    const auto submit = [&](const LogBatch& batch) { pipeline.Submit(batch); };
    Status status = context_.options.read_only ? out_.log->Follow(submit) : out_.log->Lock(submit);
    if (!status.ok()) return status;
    if (!context_.options.read_only) out_.log->Unlock();
    pipeline.Drain();
    return Status::Ok();
  }

  const LoadContext& context_;
  bool from_zero_;
  std::vector<SegmentFile> files_;
  std::vector<SnapshotSegment> locations_;
  Seq snapshot_segment_;
  std::uint64_t snapshot_offset_ = 0;
  LogTail tail_;  // Up to where the log was handed to the pipeline.
  LoadedStore out_;
};

}  // namespace

Result<LoadedStore> LoadStore(const LoadContext& context, bool from_zero) {
  // A segment that is sealed while it is being opened is found in its new shape the next time.
  constexpr int kTries = 50;
  Status status;
  for (int i = 0; i < kTries; ++i) {
    auto loaded = Loader(context, from_zero).Load();
    if (loaded) return loaded;
    status = loaded.error();
    if (status.code() != StatusCode::kAborted) break;
  }
  return status;
}

std::size_t ThreadsOf(const StoreOptions& options) {
  if (options.threads != 0) return options.threads;
  return std::max(1u, std::thread::hardware_concurrency());
}

}  // namespace cairn
