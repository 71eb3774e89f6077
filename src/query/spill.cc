#include "query/spill.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace cairn {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{64} << 10;

struct EntryHead {
  std::uint32_t key_bytes = 0;
  std::uint32_t body_bytes = 0;
};

Status FromErrno(std::string_view what) {
  return {StatusCode::kUnavailable, fmt::format("{}: {}", what, std::system_category().message(errno))};
}

/// Reads a run from front to back.
class RunReader {
 public:
  explicit RunReader(const SpillRun& run) : run_(run), next_(run.begin) {}

  /// Goes to the next entry; false after the last.
  Result<bool> Next() {
    at_ += entry_bytes_;
    entry_bytes_ = 0;
    if (at_ == buffer_.size() && next_ == run_.end) return false;
    if (auto status = Fill(sizeof head_); !status.ok()) return status;
    std::memcpy(&head_, buffer_.data() + at_, sizeof head_);
    entry_bytes_ = sizeof head_ + head_.key_bytes + head_.body_bytes;
    if (auto status = Fill(entry_bytes_); !status.ok()) return status;
    return true;
  }

  [[nodiscard]] std::string_view key() const { return {buffer_.data() + at_ + sizeof head_, head_.key_bytes}; }
  [[nodiscard]] std::string_view body() const {
    return {buffer_.data() + at_ + sizeof head_ + head_.key_bytes, head_.body_bytes};
  }

 private:
  /// Sees to it that `bytes` stand in the buffer from `at_`.
  Status Fill(std::size_t bytes) {
    const std::size_t have = buffer_.size() - at_;
    if (have >= bytes) return Status::Ok();
    if (run_.end - next_ < bytes - have) return {StatusCode::kDataLoss, "a spilled run ends within an entry"};
    std::string more(std::min<std::uint64_t>(run_.end - next_, std::max(kBufferBytes, bytes - have)), '\0');
    if (auto status = run_.file->Read(next_, more); !status.ok()) return status;
    next_ += more.size();
    buffer_.erase(0, at_);
    buffer_ += more;
    at_ = 0;
    return Status::Ok();
  }

  const SpillRun& run_;
  std::uint64_t next_;
  std::string buffer_;
  std::size_t at_ = 0;
  std::size_t entry_bytes_ = 0;
  EntryHead head_;
};

}  // namespace

Result<std::shared_ptr<SpillFile>> SpillFile::Create(const std::string& dir) {
  std::error_code error;
  const std::string folder = dir.empty() ? std::filesystem::temp_directory_path(error).string() : dir;
  int fd = error ? -1 : ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0 && !error) {
    // Not every file system has files without a name.
    std::string name = folder + "/cairn-spill-XXXXXX";
    fd = ::mkostemp(name.data(), O_CLOEXEC);
    if (fd >= 0) ::unlink(name.c_str());
  }
  if (fd < 0) return FromErrno(fmt::format("spilling groups to \"{}\"", folder));
  return std::shared_ptr<SpillFile>(new SpillFile(fd));
}

SpillFile::~SpillFile() { ::close(fd_); }

Status SpillFile::Append(std::string_view bytes) {
  buffer_ += bytes;
  size_ += bytes.size();
  return buffer_.size() < kBufferBytes ? Status::Ok() : Flush();
}

Status SpillFile::Flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t written = ::write(fd_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FromErrno("spilling groups");
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return Status::Ok();
}

Status SpillFile::Read(std::uint64_t offset, std::string& out) const {
  for (std::size_t done = 0; done < out.size();) {
    const ssize_t got = ::pread(fd_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FromErrno("reading spilled groups");
    if (got == 0) return {StatusCode::kUnavailable, "reading spilled groups: the file ends early"};
    done += static_cast<std::size_t>(got);
  }
  return Status::Ok();
}

Status SpillRunWriter::Add(std::string_view key, std::string_view body) {
  const EntryHead head{static_cast<std::uint32_t>(key.size()), static_cast<std::uint32_t>(body.size())};
  if (auto status = file_->Append({reinterpret_cast<const char*>(&head), sizeof head}); !status.ok()) return status;
  if (auto status = file_->Append(key); !status.ok()) return status;
  return file_->Append(body);
}

Result<SpillRun> SpillRunWriter::Finish() {
  if (auto status = file_->Flush(); !status.ok()) return status;
  return SpillRun{file_, begin_, file_->size()};
}

Status MergeRuns(const std::vector<SpillRun>& runs,
                 const std::function<Status(std::string_view key, std::string_view body)>& visit) {
  std::vector<std::unique_ptr<RunReader>> readers;
  const auto later = [](const std::unique_ptr<RunReader>& a, const std::unique_ptr<RunReader>& b) {
    return a->key() > b->key();
  };
  for (const SpillRun& run : runs) {
    auto reader = std::make_unique<RunReader>(run);
    const auto more = reader->Next();
    if (!more) return more.error();
    if (*more) readers.push_back(std::move(reader));
  }
  std::make_heap(readers.begin(), readers.end(), later);
  while (!readers.empty()) {
    std::pop_heap(readers.begin(), readers.end(), later);
    RunReader& first = *readers.back();
    if (auto status = visit(first.key(), first.body()); !status.ok()) return status;
    const auto more = first.Next();
    if (!more) return more.error();
    if (*more) {
      std::push_heap(readers.begin(), readers.end(), later);
    } else {
      readers.pop_back();
    }
  }
  return Status::Ok();
}

}  // namespace cairn
