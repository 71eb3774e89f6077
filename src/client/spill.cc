#include "client/spill.h"

#include <fmt/format.h>

#include <charconv>

#include "base/crc32c.h"

namespace cairn {
namespace {

constexpr std::string_view kSuffix = ".spill";
constexpr std::string_view kMagic = "CAIRNSP1";
constexpr std::size_t kFrameBytes = 8;  // Length and checksum, before the record.

void AppendNumber(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(number >> shift & 0xFF);
}

std::uint32_t NumberAt(std::string_view bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  return number;
}

// Takes the records from the front of `bytes`; what is left is torn or damaged.
std::vector<std::string> TakeRecords(std::string_view& bytes) {
  std::vector<std::string> records;
  if (!bytes.starts_with(kMagic)) return records;
  bytes.remove_prefix(kMagic.size());
  while (bytes.size() >= kFrameBytes) {
    const std::uint32_t length = NumberAt(bytes);
    if (length > bytes.size() - kFrameBytes) break;
    const std::string_view record = bytes.substr(kFrameBytes, length);
    if (Crc32c(Crc32c(0, bytes.substr(0, 4)), record) != NumberAt(bytes.substr(4))) break;
    records.emplace_back(record);
    bytes.remove_prefix(kFrameBytes + length);
  }
  return records;
}

// Whether what is left is what a crash leaves: the beginning of a frame, or of the file.
bool IsTorn(std::string_view rest) {
  if (rest.size() < kFrameBytes || kMagic.starts_with(rest)) return true;
  return std::uint64_t{NumberAt(rest)} + kFrameBytes >= rest.size();
}

}  // namespace

Result<std::unique_ptr<Spill>> Spill::Open(FileSystem& files, const std::string& folder, const Options& options) {
  std::unique_ptr<Spill> spill(new Spill(files, folder, options));
  const auto failed = [&](const Status& status) { return Status(StatusCode::kUnavailable, status.message()); };
  if (Status made = MakeDirsDurably(files, folder); !made.ok()) return failed(made);
  auto lock = files.OpenLock(JoinPath(folder, "LOCK"));
  if (!lock) return failed(lock.error());
  if (!(*lock)->TryLock().ok()) {
    return Status(StatusCode::kUnavailable,
                  fmt::format("{} is in use by another writer: each needs a folder of its own", folder));
  }
  spill->lock_ = std::move(*lock);
  auto names = files.List(folder);
  if (!names) return failed(names.error());
  for (const std::string& name : *names) {
    if (!name.ends_with(kSuffix)) continue;
    Segment segment;
    const char* const end = name.data() + name.size() - kSuffix.size();
    const auto read = std::from_chars(name.data(), end, segment.number);
    if (read.ec != std::errc() || read.ptr != end) continue;
    auto size = files.Size(JoinPath(folder, name));
    if (!size) return failed(size.error());
    segment.bytes = *size;
    spill->bytes_ += *size;
    spill->next_ = segment.number + 1;
    spill->segments_.push_back(segment);
  }
  return spill;
}

std::string Spill::PathOf(std::uint64_t number) const {
  return JoinPath(folder_, fmt::format("{:020}{}", number, kSuffix));
}

Status Spill::Begin() {
  auto file = files_.OpenAppend(PathOf(next_), true);
  if (!file) return file.error();
  if (Status status = files_.SyncDir(folder_); !status.ok()) return status;
  active_ = std::move(*file);
  segments_.push_back({next_++, 0});
  return Status::Ok();
}

bool Spill::Fits(std::span<const std::string> records) const {
  std::uint64_t bytes = bytes_ + kMagic.size();
  for (const std::string& record : records) bytes += kFrameBytes + record.size();
  return bytes <= options_.bytes_max;
}

Status Spill::Append(std::span<const std::string> records) {
  if (records.empty()) return Status::Ok();
  std::string bytes;
  const bool begins = active_ == nullptr || segments_.back().bytes >= options_.segment_bytes;
  if (begins) bytes = kMagic;
  for (const std::string& record : records) {
    std::string frame;
    AppendNumber(frame, static_cast<std::uint32_t>(record.size()));
    AppendNumber(frame, Crc32c(Crc32c(0, frame), record));
    bytes += frame;
    bytes += record;
  }
  if (bytes_ + bytes.size() > options_.bytes_max) {
    return {StatusCode::kResourceExhausted, fmt::format("{} holds {} bytes, and {} more would be too many (at most {})",
                                                        folder_, bytes_, bytes.size(), options_.bytes_max)};
  }
  if (begins) {
    if (Status begun = Begin(); !begun.ok()) return begun;
  }
  Segment& segment = segments_.back();
  Status status = active_->Append(bytes);
  if (status.ok()) status = active_->Sync();
  if (status.ok()) {
    segment.bytes += bytes.size();
    bytes_ += bytes.size();
    return status;
  }
  // What was written of them is cut; where that fails too, their frames stand behind the last that counts, and are
  // stored though they are answered as not kept: sent again they are the same records.
  (void)active_->Truncate(segment.bytes);
  active_.reset();
  if (segment.bytes == 0) {
    (void)files_.Remove(PathOf(segment.number));
    segments_.pop_back();
  }
  return status;
}

Result<std::vector<std::string>> Spill::ReadOldest() {
  const Segment& oldest = segments_.front();
  if (segments_.size() == 1) active_.reset();
  const std::string path = PathOf(oldest.number);
  auto bytes = files_.Read(path);
  if (!bytes) return Status(StatusCode::kUnavailable, bytes.error().message());
  std::string_view rest = *bytes;
  std::vector<std::string> records = TakeRecords(rest);
  if (!rest.empty()) {
    // A damaged length looks like a torn tail, so that is kept too.
    const std::string aside = JoinPath(folder_, IsTorn(rest) ? "torn" : "damaged");
    Status kept = MakeDirsDurably(files_, aside);
    if (kept.ok()) {
      kept = WriteFileDurably(
          files_, JoinPath(aside, fmt::format("{:020}-{}", oldest.number, bytes->size() - rest.size())), rest);
    }
    if (!kept.ok()) return Status(StatusCode::kUnavailable, kept.message());
  }
  return records;
}

Status Spill::DropOldest() {
  const Segment oldest = segments_.front();
  if (segments_.size() == 1) active_.reset();
  if (Status removed = files_.Remove(PathOf(oldest.number)); !removed.ok()) return removed;
  if (Status synced = files_.SyncDir(folder_); !synced.ok()) return synced;
  bytes_ -= oldest.bytes;
  segments_.pop_front();
  return Status::Ok();
}

}  // namespace cairn
