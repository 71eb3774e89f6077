#include "scan/file_producer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/hash.h"
#include "extract/extracted_codec.h"
#include "extract/file_type.h"
#include "scan/content_hash.h"
#include "scan/extract_worker.h"
#include "scan/file_name.h"

namespace cairn {
namespace {

using std::chrono::nanoseconds;

constexpr int kKillsMax = 2;

class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

int OpenToRead(const std::string& path, LinkPolicy links) {
  const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (links == LinkPolicy::kFollow ? 0 : O_NOFOLLOW);
  // Reading for metadata is no use of the file; only its owner may say so.
  const int fd = OpenPath(path, flags | O_NOATIME);
  return fd >= 0 || errno != EPERM ? fd : OpenPath(path, flags);
}

Status ErrnoStatus(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return {StatusCode::kPermissionDenied, std::strerror(error)};
    case EIO:
    case ESTALE:
    case ETIMEDOUT:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return {StatusCode::kUnavailable, std::strerror(error)};
    default:
      return {StatusCode::kFailedPrecondition, std::strerror(error)};
  }
}

bool Look(int fd, std::uint64_t folder_device, FileStamp& stamp) {
  struct statx seen {};
  constexpr unsigned kAsked = STATX_TYPE | STATX_SIZE | STATX_MTIME | STATX_CTIME | STATX_INO;
  if (::statx(fd, "", AT_EMPTY_PATH, kAsked, &seen) != 0 || !S_ISREG(seen.stx_mode)) return false;
  // The walk said what device it is; another one now would be a mount in between, which the inode tells.
  stamp = StampOf(seen, DeviceOf(seen));
  stamp.device = folder_device;
  return true;
}

std::string PathOf(const FileTask& task) {
  const std::string& folder = task.folder->path;
  return (folder == "/" ? folder : folder + "/") + std::string(task.folder->entries[task.at].name);
}

}  // namespace

struct FileProducer::Reading {
  const FileTask& task;
  const std::string& path;
  const ProduceContext& context;
  int fd;
  std::shared_ptr<FileFound> found = std::make_shared<FileFound>();
  HashedContent content{};
  ReadMethod method{};
  std::vector<Table> tables{};
  std::vector<Child> children{};

  void TakeParts(Extracted&& extracted) {
    tables = std::move(extracted.tables);
    children = std::move(extracted.children);
  }
};

FileProducer::FileProducer(Zygote& zygote, KnownResults& results, MethodTable& methods, Clock& clock,
                           FileProducerOptions options)
    : results_(results), methods_(methods), clock_(clock), options_(std::move(options)), places_(options_.workers) {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    places_[i].worker = std::make_unique<Worker>(zygote, i);
    places_[i].state = std::make_unique<LazyStateDb>(options_.state_folder);
  }
}

nanoseconds FileProducer::ExpectedCost(const ProduceRequest& request) const {
  const auto& task = static_cast<const FileTask&>(*request.detail);
  const StateEntry& before = task.folder->entries[task.at];
  if (before.cost_us != 0) return std::chrono::microseconds(before.cost_us);
  // What it takes is not known yet: about 100 µs and 1 ns for each byte that is looked at.
  return nanoseconds(100'000 + std::min<std::uint64_t>(before.stamp.size, options_.hash_bytes_max));
}

Result<Produced> FileProducer::Produce(const ProduceRequest& request, const ProduceContext& context) {
  const auto& task = static_cast<const FileTask&>(*request.detail);
  const std::string path = PathOf(task);
  if (task.kind == FileKind::kLink) return ReadLink(task, path);
  return ReadFile(task, path, context);
}

Produced FileProducer::Answer(const FileTask& task, const std::string& path, std::shared_ptr<FileFound> found,
                              std::string payload) {
  Produced out;
  found->entry.output = Hash64(payload);
  const StateEntry& before = task.folder->entries[task.at];
  std::optional<std::uint64_t> standing;
  if (before.output == 0) standing = results_.Standing(FileNode(options_.frame.tenant, path), payload);
  if (found->entry.output == before.output || standing) {
    found->entry.seq = standing.value_or(before.seq);  // Early cutoff: what follows from it follows already.
  } else {
    out.records.push_back(FileRecord(options_.frame, path, clock_.Now(), std::move(payload), task.why));
  }
  out.detail = std::move(found);
  return out;
}

Result<Produced> FileProducer::ReadLink(const FileTask& task, const std::string& path) {
  auto found = std::make_shared<FileFound>();
  found->entry = task.folder->entries[task.at];
  found->entry.kind = FileKind::kLink;
  found->entry.flags = 0;
  const std::size_t slash = path.rfind('/');
  const OwnedFd folder(OpenPath(slash == 0 ? "/" : path.substr(0, slash), O_PATH | O_DIRECTORY | O_CLOEXEC));
  std::string target(std::size_t{4096}, '\0');
  Listed now;
  const char* name = path.c_str() + slash + 1;
  const ssize_t got = ::readlinkat(folder.get(), name, target.data(), target.size());
  if (got < 0 || !LookAt(folder.get(), name, 0, LinkPolicy::kRecord, now)) {
    found->gone = true;
    return Produced{{}, std::move(found)};
  }
  target.resize(static_cast<std::size_t>(got));
  now.stamp.device = found->entry.stamp.device;
  found->entry.stamp = now.stamp;
  return Answer(task, path, std::move(found), LinkPayload(target));
}

Result<Produced> FileProducer::ReadFile(const FileTask& task, const std::string& path, const ProduceContext& context) {
  const OwnedFd fd(OpenToRead(path, options_.links));
  if (fd.get() < 0) {
    const int error = errno;
    if (error == ENOENT || error == ENOTDIR || error == ELOOP) {
      auto found = std::make_shared<FileFound>();
      found->gone = true;
      return Produced{{}, std::move(found)};
    }
    const Status status = ErrnoStatus(error);
    if (MayPass(status.code())) return status;
    return GivenUp(task, status);
  }
  Reading reading{task, path, context, fd.get()};
  return ReadOpen(reading);
}

Result<Produced> FileProducer::ReadOpen(Reading& reading) {
  const StateEntry& before = reading.task.folder->entries[reading.task.at];
  Place& place = places_[reading.context.worker];
  const auto begun = std::chrono::steady_clock::now();
  StateEntry& entry = reading.found->entry;
  entry = before;
  entry.kind = FileKind::kFile;
  entry.flags = before.flags & StateEntry::kPinned;
  // Before the first look, so that whatever happens from there on counts as later.
  const std::int64_t read_ns = clock_.Now().ns;
  if (!Look(reading.fd, before.stamp.device, entry.stamp)) {
    reading.found->gone = true;
    return Produced{{}, std::move(reading.found)};
  }
  auto content =
      HashContent(reading.fd, entry.stamp, options_.hash_bytes_max, place.buffer, reading.context.keep_going);
  if (!content) return content.error();
  reading.content = std::move(*content);
  reading.found->bytes = reading.content.bytes;
  entry.content = reading.content.hash;
  if (reading.content.sampled) entry.flags |= StateEntry::kSampled;
  const std::string base = reading.path.substr(reading.path.rfind('/') + 1);
  std::string slow_type;
  std::string_view type = FileType(reading.content.head, base);
  if (type == "application/zip" || type == kUnknownType) {
    if (auto deeper = FileTypeOf(DescriptorBytes(reading.fd, entry.stamp.size), base)) type = *deeper;
    if (type == kUnknownType) type = slow_type = SlowFileType(reading.content.head);
  }
  entry.method = methods_.Current(type);
  reading.method = methods_.Of(entry.method);

  const bool is_pinned = entry.Has(StateEntry::kPinned) && entry.content == before.content;
  if (!is_pinned) entry.flags &= static_cast<std::uint8_t>(~StateEntry::kPinned);
  std::string part;
  if (!is_pinned && !reading.method.extractor.empty()) {
    auto made = ContentPartOf(reading);
    if (!made) return made.error();
    part = std::move(*made);
  }
  if (options_.while_reading) options_.while_reading(reading.path);
  FileStamp after;
  if (!Look(reading.fd, before.stamp.device, after) || after != entry.stamp) {
    return Status(StatusCode::kAborted, "it changes while it is read");
  }
  if (IsRacy(entry.stamp, read_ns)) entry.flags |= StateEntry::kUnverified;
  entry.cost_us = static_cast<std::uint32_t>(std::min<std::int64_t>(
      UINT32_MAX,
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count()));
  if (is_pinned) return Produced{{}, std::move(reading.found)};
  reading.found->is_problem = part.starts_with("\"problem\"");
  std::string payload = PresentPayload({&entry, &reading.method, part});
  Produced out = Answer(reading.task, reading.path, std::move(reading.found), std::move(payload));
  if (!out.records.empty()) AddParts(reading, out);
  return out;
}

void FileProducer::AddParts(const Reading& reading, Produced& out) {
  for (std::string& record : TableRecords(options_.frame, reading.path, clock_.Now(), reading.tables)) {
    out.records.push_back(std::move(record));
  }
  std::string contents = ContentsPayload(reading.path, reading.tables, reading.children);
  const bool was_known = reading.task.folder->entries[reading.task.at].output != 0;
  if (contents == results_.Contents(FileNode(options_.frame.tenant, reading.path), was_known)) return;
  out.records.push_back(ContentsRecord(options_.frame, reading.path, clock_.Now(), std::move(contents)));
}

Result<std::string> FileProducer::ContentPartOf(Reading& reading) {
  const ContentHash key = ResultKey(reading.content.hash, reading.method);
  const std::string hash_text = ContentHashText(reading.content.hash, reading.content.sampled);
  if (auto known = results_.Find(key, *places_[reading.context.worker].state, hash_text)) {
    reading.found->reused = true;
    reading.found->result_key = key;
    if (known->find("\"tables\":[") != std::string::npos || known->find("\"children\":[") != std::string::npos) {
      // A copy of a table is a table of its own.
      auto extracted = DecodeExtracted(std::string_view(*known).substr(known->find('{')));
      if (extracted) reading.TakeParts(std::move(*extracted));
    }
    return std::move(*known);
  }
  auto part = Extract(reading);
  if (!part) return part;
  reading.found->extracted = true;
  reading.found->result_key = key;
  results_.Add(key, *part);
  return part;
}

Result<std::string> FileProducer::Extract(Reading& reading) {
  Worker& worker = *places_[reading.context.worker].worker;
  ExtractRequest request;
  request.type = reading.method.type;
  request.file_name = reading.path.substr(reading.path.rfind('/') + 1);
  request.size = reading.found->entry.stamp.size;
  const std::string encoded = EncodeExtractRequest(request);
  for (int kills = 1;; ++kills) {
    const Worker::Answer answer = worker.Run(reading.fd, encoded, reading.context.keep_going);
    if (answer.result) {
      // What comes from a worker is held against the grammar, and written anew.
      auto extracted = DecodeExtracted(*answer.result);
      if (!extracted) return ProblemPart(extracted.error().WithContext("the worker's answer"));
      reading.TakeParts(std::move(*extracted));
      return MetadataPart(*answer.result);
    }
    const Status& why = answer.result.error();
    if (!answer.killed) {
      if (why.code() == StatusCode::kCancelled || why.code() == StatusCode::kUnavailable) return why;
      return ProblemPart(why);
    }
    if (kills == kKillsMax) {
      return ProblemPart({why.code(), fmt::format("quarantined, since it ended {} workers: {}; it is tried again when "
                                                  "the file or the reader changes",
                                                  kKillsMax, why.message())});
    }
  }
}

Produced FileProducer::GivenUp(const FileTask& task, const Status& why) {
  auto found = std::make_shared<FileFound>();
  found->entry = task.folder->entries[task.at];
  found->entry.flags = MayPass(why.code()) ? StateEntry::kTransient : 0;
  found->entry.content = {};
  found->entry.method = 0;
  found->is_problem = true;
  std::string payload = UnreadablePayload(found->entry, why);
  return Answer(task, PathOf(task), std::move(found), std::move(payload));
}

}  // namespace cairn
