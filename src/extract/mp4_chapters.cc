#include <fmt/format.h>

#include <algorithm>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// Samples may stand at the same place: what all titles take is bounded by their number.
constexpr std::size_t kTitleBytesMax = 4096;

std::int64_t Ns(std::uint64_t units, std::uint32_t timescale) {
  if (timescale == 0) return 0;
  const std::uint64_t whole = std::min<std::uint64_t>(units / timescale, 9'000'000'000);
  return static_cast<std::int64_t>(whole) * kNsPerSecond +
         static_cast<std::int64_t>(units % timescale * std::uint64_t{kNsPerSecond} / timescale);
}

std::string Clock(std::int64_t ns) {
  const std::int64_t ms = (ns + 500'000) / 1'000'000;
  return fmt::format("{}:{:02}:{:02}.{:03}", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60, ms % 1000);
}

/// The samples of a text track, one after the other: when each begins, and where its bytes stand.
class Samples {
 public:
  Samples(Mp4State& state, const Mp4Track& track) : state_(state), track_(track) {
    const ByteView sizes(state.file.At(track.sizes.at, 12));
    same_size_ = sizes.U32(4);
    // A chapter takes at least four bytes of tables.
    count_ = std::min<std::uint64_t>({sizes.U32(8), state.context.limits.fields, state.file.size() / 4});
    const ByteView chunks(state.file.At(track.chunks.at, 8));
    runs_ = std::min<std::uint64_t>(chunks.U32(4), count_);
    const ByteView offsets(state.file.At(track.offsets.at, 8));
    chunk_count_ = offsets.U32(4);
    const ByteView times(state.file.At(track.times.at, 8));
    time_runs_ = times.U32(4);
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Goes to the next sample: its place, size and start. False at the end or where the tables are damaged.
  bool Next(std::uint64_t* at, std::uint64_t* size, std::uint64_t* start) {
    if (index_ >= count_) return false;
    if (in_chunk_ == per_chunk_ && !NextChunk()) return false;
    *size = same_size_ != 0 ? same_size_ : U32(track_.sizes.at + 12 + index_ * 4);
    *at = place_;
    *start = time_;
    place_ += *size;
    ++in_chunk_;
    ++index_;
    if (time_left_ == 0) {
      if (time_run_ >= time_runs_) return true;  // what follows begins where the last one did
      const ByteView run(state_.file.At(track_.times.at + 8 + time_run_ * 8, 8));
      time_left_ = run.U32(0);
      time_step_ = run.U32(4);
      ++time_run_;
    }
    if (time_left_ > 0) {
      time_ += time_step_;
      --time_left_;
    }
    return true;
  }

 private:
  std::uint32_t U32(std::uint64_t at) { return ByteView(state_.file.At(at, 4)).U32(0); }

  bool NextChunk() {
    if (chunk_ >= chunk_count_) return false;
    ++chunk_;
    // The run that this chunk belongs to: each says with which chunk, from 1, it begins.
    while (run_ < runs_ && U32(track_.chunks.at + 8 + run_ * 12) <= chunk_) {
      per_chunk_ = U32(track_.chunks.at + 8 + run_ * 12 + 4);
      ++run_;
    }
    in_chunk_ = 0;
    const std::uint64_t wide = track_.wide_offsets ? 8 : 4;
    const ByteView offset(state_.file.At(track_.offsets.at + 8 + (chunk_ - 1) * wide, wide));
    place_ = offset.Unsigned(0, wide);
    return offset.size() == wide && per_chunk_ > 0;
  }

  Mp4State& state_;
  const Mp4Track& track_;
  std::uint32_t same_size_ = 0;
  std::uint64_t count_ = 0;
  std::uint64_t runs_ = 0;
  std::uint64_t chunk_count_ = 0;
  std::uint64_t time_runs_ = 0;
  std::uint64_t index_ = 0;
  std::uint64_t chunk_ = 0;
  std::uint64_t run_ = 0;
  std::uint64_t per_chunk_ = 0;
  std::uint64_t in_chunk_ = 0;
  std::uint64_t place_ = 0;
  std::uint64_t time_ = 0;
  std::uint64_t time_run_ = 0;
  std::uint64_t time_left_ = 0;
  std::uint64_t time_step_ = 0;
};

// QuickTime File Format, Text Sample Data: a length in 16 bits, then text.
std::string Title(std::string_view sample) {
  const std::string_view text = ByteView(sample).Part(2, ByteView(sample).U16(0));
  const bool wide = text.starts_with("\xfe\xff") || text.starts_with("\xff\xfe");
  return wide ? FromUtf16(text, true) : ToUtf8(text);
}

std::vector<Chapter> FromTrack(Mp4State& state, const Mp4Track& track) {
  std::vector<Chapter> chapters;
  Samples samples(state, track);
  std::uint64_t at = 0;
  std::uint64_t size = 0;
  std::uint64_t start = 0;
  while (samples.Next(&at, &size, &start)) {
    const std::string_view sample = state.file.At(at, static_cast<std::size_t>(std::min<std::uint64_t>(size, 65538)));
    chapters.push_back({Ns(start, track.timescale), 0, CutText(Title(sample), kTitleBytesMax)});
  }
  if (chapters.size() < samples.count())
    state.to.Warn("the chapter track is damaged; only the first chapters were read");
  return chapters;
}

const Mp4Track* ChapterTrack(const Mp4State& state) {
  for (const auto& track : state.tracks) {
    for (const std::uint32_t id : track.chapter_tracks) {
      for (const auto& other : state.tracks) {
        if (other.id == id && (other.handler == "text" || other.handler == "sbtl") && other.sizes.size > 0)
          return &other;
      }
    }
  }
  return nullptr;
}

}  // namespace

void ReadMp4ChapterList(ByteView box, Mp4State& state) {
  // Version 1 has four reserved bytes before the count.
  std::uint64_t at = box.U8(0) == 0 ? 5 : 9;
  const std::uint32_t count = box.U8(at - 1);
  std::vector<std::string> shown;
  for (std::uint32_t i = 0; i < count && box.Has(at, 9); ++i) {
    const std::uint64_t units = std::min<std::uint64_t>(box.U64(at), 90'000'000'000'000'000);
    Chapter chapter{static_cast<std::int64_t>(units) * 100, 0, ToUtf8(box.Part(at + 9, box.U8(at + 8)))};
    shown.push_back(fmt::format("[{}] {}", Clock(chapter.start_ns), chapter.title));
    state.chapter_list.push_back(std::move(chapter));
    at += 9U + box.U8(at + 8);
  }
  if (shown.empty()) return;
  if (shown.size() == 1) return state.to.Add("ChapterList", std::move(shown[0]));
  state.to.Add("ChapterList", std::move(shown));
}

void ReadMp4Chapters(Mp4State& state) {
  std::vector<Chapter> chapters;
  if (const Mp4Track* track = ChapterTrack(state)) chapters = FromTrack(state, *track);
  // Nero's list ends at 255 chapters, the track does not.
  if (chapters.size() < state.chapter_list.size()) chapters = std::move(state.chapter_list);
  const std::int64_t end = Ns(state.duration, state.timescale);
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    chapters[i].end_ns = i + 1 < chapters.size() ? chapters[i + 1].start_ns : std::max(end, chapters[i].start_ns);
  }
  state.to.chapters = std::move(chapters);
}

}  // namespace cairn
