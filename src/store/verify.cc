#include <fmt/format.h>

#include <algorithm>

#include "log/batch_reader.h"
#include "store/embedded_repository.h"

namespace cairn {
namespace {

constexpr Seq kNoBound{~std::uint64_t{0}};

/// Reads the files of a log as they stand, apart from what the repository holds in memory.
class Verifier {
 public:
  Verifier(FileSystem& files, std::string dir, Seq published)
      : files_(files), dir_(std::move(dir)), published_(published) {}

  Result<VerifyReport> Run() {
    auto segments = ListSegments(files_, JoinPath(dir_, "log"));
    if (!segments) return segments.error();
    for (std::size_t i = 0; i < segments->size(); ++i) {
      const auto [first, open] = (*segments)[i];
      const bool newest = i + 1 == segments->size();
      const Seq last = newest ? kNoBound : Seq{(*segments)[i + 1].first.value - 1};
      ++report_.segments;
      Status status = open ? ReadOpen(first, last, newest) : ReadSealed(first, newest ? Seq{0} : last);
      if (!status.ok()) return status;
    }
    NoteTorn();
    return std::move(report_);
  }

 private:
  void Visit(const std::string& file, const LogBatch& batch) {
    if (!batch.damaged) {
      ++report_.batches;
      report_.records += batch.last.value - batch.first.value + 1;
      return;
    }
    report_.damage.push_back({file, batch.offset, batch.first, batch.last, batch.what});
  }

  Status ReadOpen(Seq first, Seq last, bool newest) {
    const std::string name = SegmentName(first) + std::string(kOpenSuffix);
    auto segment = OpenSegment::Open(files_, JoinPath(JoinPath(dir_, "log"), name), first);
    if (!segment) return segment.error();
    auto bytes = (*segment)->FileBytes();
    if (!bytes) return bytes.error();
    tail_.offset = 0;
    // The newest may be growing: what was not published yet is not looked at, unless nothing is known.
    const Seq until = newest && published_.value != 0 ? published_ : last;
    const Seq expected = newest ? published_ : last;
    ReadBatches(*segment, (*segment)->Bytes(*bytes), {until, expected}, &tail_,
                [&](const LogBatch& batch) { Visit(name, batch); });
    return Status::Ok();
  }

  Status ReadSealed(Seq first, Seq last) {
    const std::string dir = JoinPath(dir_, "log");
    const std::string name = SegmentName(first) + std::string(kSealedSuffix);
    const std::string index_name = SegmentName(first) + std::string(kIndexSuffix);
    auto frames = FrameReader::Open(files_, JoinPath(dir, name));
    if (!frames) {
      report_.damage.push_back({name, 0, first, last, frames.error().message()});
      tail_.last = std::max(tail_.last, last);
      tail_.crc_known = false;
      return Status::Ok();
    }
    if (!(*frames)->damage().empty()) report_.damage.push_back({name, 0, first, last, (*frames)->damage()});
    auto index = IndexReader::Open(files_, JoinPath(dir, index_name));
    Status index_status = index ? (*index)->Verify() : index.error();
    if (!index_status.ok()) report_.damage.push_back({index_name, 0, first, last, index_status.message()});
    if (index && last.value == 0) last = {first.value + (*index)->records() - 1};
    std::string lines;
    lines.reserve((*frames)->uncompressed_bytes());
    std::vector<Stretch> damaged;
    for (std::size_t i = 0; i < (*frames)->frames(); ++i) {
      auto frame = (*frames)->Read(i);
      if (frame) {
        lines += (*frame)->text();
      } else {
        damaged.push_back({lines.size(), lines.size() + (*frames)->FrameBytes(i)});
        lines.append((*frames)->FrameBytes(i), '\0');
      }
    }
    if (index && !AreKept(**index, lines, damaged)) {
      report_.damage.push_back({"views/" + SegmentName(first) + std::string(kKeptSuffix), 0, first, last,
                                "it differs from the sealed segment, which is the truth: remove it"});
    }
    tail_.offset = 0;
    // Damage in a frame shows as damage of the batch that it holds.
    ReadBatches(nullptr, lines, {kNoBound, last}, &tail_, [&](const LogBatch& batch) { Visit(name, batch); });
    return Status::Ok();
  }

  struct Stretch {
    std::size_t begin;
    std::size_t end;
  };
  // Whether the lines kept for reading, if any, are those of the segment, as far as these could be read.
  bool AreKept(const IndexReader& index, std::string_view lines, std::span<const Stretch> damaged) {
    const Seq first{index.header().first_seq};
    const std::string name = fmt::format("views/{}{}", SegmentName(first), kKeptSuffix);
    const auto kept = KeptLines::Open(files_, JoinPath(dir_, "log"), index);
    if (kept == nullptr || !kept->Verify()) {
      if (files_.Exists(KeptLines::Path(JoinPath(dir_, "log"), first))) {
        report_.notes.push_back(name + " is damaged or of another log: remove it");
      }
      return true;
    }
    if (!damaged.empty()) {
      report_.notes.push_back(
          fmt::format("{} holds what is damaged in {}{}, and answers are read from it: do not remove it", name,
                      SegmentName(first), kSealedSuffix));
    }
    for (std::uint32_t record = 0; record < index.records(); ++record) {
      const std::size_t begin = std::min<std::size_t>(index.LineOffset(record).value_or(0), lines.size());
      const std::size_t end = std::min(lines.find('\n', begin), lines.size());
      const auto next = std::upper_bound(damaged.begin(), damaged.end(), begin,
                                         [](std::size_t at, const Stretch& stretch) { return at < stretch.end; });
      const bool is_readable = next == damaged.end() || next->begin > end;
      if (is_readable && kept->OfRecord(record).text != lines.substr(begin, end - begin)) return false;
    }
    const IndexReader::Postings all = index.AllPostings();
    for (std::uint32_t posting = 0; posting < all.records.size(); ++posting) {
      const std::string_view line = kept->OfRecord(all.records[posting]).text;
      const std::string_view other = kept->OfPosting(posting).text;
      if (line.data() != other.data() || line.size() != other.size()) return false;
    }
    return true;
  }

  void NoteTorn() {
    const std::string dir = JoinPath(dir_, "torn");
    const auto names = files_.List(dir);
    if (!names) return;
    const auto unsynced = static_cast<std::size_t>(std::count_if(
        names->begin(), names->end(), [](const std::string& name) { return name.ends_with(kUnsyncedSuffix); }));
    if (const std::size_t torn = names->size() - unsynced; torn != 0) {
      report_.notes.push_back(fmt::format("{} torn ends were cut after crashes and are kept in {}", torn, dir));
    }
    if (unsynced != 0) {
      report_.notes.push_back(fmt::format(
          "{} ends that no one was told of could not be synced after crashes (is the disk failing?) and are kept in {}",
          unsynced, dir));
    }
  }

  FileSystem& files_;
  std::string dir_;
  Seq published_;
  LogTail tail_;
  VerifyReport report_;
};

}  // namespace

Result<VerifyReport> EmbeddedRepository::Verify() {
  // No segment is sealed or removed under the reader by this process; another process may, and then it looks again.
  const std::lock_guard sealing(sealing_mutex_);
  constexpr int kTries = 3;
  Result<VerifyReport> report(StatusCode::kUnavailable, "");
  for (int i = 0; i < kTries; ++i) {
    report = Verifier(files_, path_, control_->durable()).Run();
    if (report || report.error().code() != StatusCode::kNotFound) break;
  }
  return report;
}

}  // namespace cairn
