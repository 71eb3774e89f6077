#include "scan/file_producer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <deque>
#include <set>

#include "base/hash.h"
#include "extract/extracted_codec.h"
#include "extract/file_type.h"
#include "scan/content_hash.h"
#include "scan/extract_worker.h"
#include "scan/file_name.h"
#include "scan/opened_file.h"

namespace cairn {
namespace {

using std::chrono::nanoseconds;

constexpr int kKillsMax = 2;
// More at once save hardly more.
constexpr std::size_t kAtOnce = 8;

using SteadyClock = std::chrono::steady_clock;

std::chrono::microseconds Since(SteadyClock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::microseconds>(SteadyClock::now() - begun);
}

// The same bytes, read in the same way: what would be recorded of them is what is recorded, and need not be made, or
// looked up in the store, to be known.
bool SaysTheSame(const StateEntry& before, const StateEntry& now) {
  return before.output != 0 && before.kind == now.kind && before.content == now.content &&
         before.method == now.method && before.stamp.size == now.stamp.size &&
         before.stamp.mtime_ns == now.stamp.mtime_ns &&
         before.Has(StateEntry::kSampled) == now.Has(StateEntry::kSampled);
}

std::string PathOf(const FileTask& task) {
  const std::string& folder = task.folder->path;
  return (folder == "/" ? folder : folder + "/") + std::string(task.folder->entries[task.at].name);
}

}  // namespace

// A file on its way.
struct FileProducer::Reading {
  const FileTask& task;
  std::string path;
  OpenedFile file{};
  std::shared_ptr<FileFound> found = std::make_shared<FileFound>();
  std::int64_t read_ns = 0;  // Before the first look, so that whatever happens from there on counts as later.
  std::chrono::microseconds took{0};
  HashedContent content{};
  ReadMethod method{};
  bool is_recorded = false;  // There is nothing more to be said of it.
  bool needs_worker = false;
  Result<std::string> part{std::string()};  // Of its payload, by a worker or known.
  std::vector<Table> tables{};
  std::vector<Child> children{};

  [[nodiscard]] const StateEntry& before() const { return task.folder->entries[task.at]; }
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

std::size_t FileProducer::most_at_once() const { return kAtOnce; }

Result<Produced> FileProducer::Produce(const ProduceRequest& request, const ProduceContext& context) {
  const ProduceRequest* const one[] = {&request};
  return std::move(ProduceAll(one, context).front());
}

std::vector<Result<Produced>> FileProducer::ProduceAll(std::span<const ProduceRequest* const> requests,
                                                       const ProduceContext& context) {
  std::deque<Reading> readings;
  std::vector<std::optional<Result<Produced>>> ends;
  std::vector<Reading*> for_worker;
  for (const ProduceRequest* request : requests) {
    const auto& task = static_cast<const FileTask&>(*request->detail);
    Reading& reading = readings.emplace_back(Reading{task, PathOf(task)});
    ends.push_back(Begin(reading, context));
    if (!ends.back() && reading.needs_worker) for_worker.push_back(&reading);
  }
  // Of what is the same in several only one is read at first; the others find what it gave.
  while (!for_worker.empty()) {
    std::set<ContentHash> keys;
    const auto others = std::stable_partition(for_worker.begin(), for_worker.end(), [&keys](const Reading* reading) {
      return keys.insert(reading->found->result_key).second;
    });
    Extract({for_worker.begin(), others}, context);
    for_worker.erase(for_worker.begin(), others);
    std::erase_if(for_worker, [&](Reading* other) { return FindKnown(*other, *places_[context.worker].state); });
  }
  std::vector<Result<Produced>> all;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    all.push_back(ends[i] ? std::move(*ends[i]) : Finish(readings[i]));
  }
  return all;
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
  const int folder = OpenPath(slash == 0 ? "/" : path.substr(0, slash), O_PATH | O_DIRECTORY | O_CLOEXEC);
  std::string target(std::size_t{4096}, '\0');
  Listed now;
  const char* name = path.c_str() + slash + 1;
  const ssize_t got = ::readlinkat(folder, name, target.data(), target.size());
  const bool is_there = got >= 0 && LookAt(folder, name, 0, LinkPolicy::kRecord, now);
  if (folder >= 0) ::close(folder);
  if (!is_there) {
    found->gone = true;
    return Produced{{}, std::move(found)};
  }
  target.resize(static_cast<std::size_t>(got));
  now.stamp.device = found->entry.stamp.device;
  found->entry.stamp = now.stamp;
  return Answer(task, path, std::move(found), LinkPayload(target));
}

std::optional<Result<Produced>> FileProducer::Begin(Reading& reading, const ProduceContext& context) {
  if (reading.task.kind == FileKind::kLink) return ReadLink(reading.task, reading.path);
  const auto begun = SteadyClock::now();
  if (auto end = Open(reading)) return end;
  if (Status identified = Identify(reading, context); !identified.ok()) return identified;
  const StateEntry& entry = reading.found->entry;
  const bool is_pinned = entry.Has(StateEntry::kPinned);
  reading.is_recorded = is_pinned || (!reading.task.anew && SaysTheSame(reading.before(), entry));
  const bool has_reader = !reading.method.extractor.empty();
  if (reading.is_recorded) {
    reading.found->reused = has_reader && !is_pinned;
  } else if (has_reader) {
    reading.needs_worker = !FindKnown(reading, *places_[context.worker].state);
  }
  reading.took = Since(begun);
  return std::nullopt;
}

std::optional<Result<Produced>> FileProducer::Open(Reading& reading) {
  const StateEntry& before = reading.before();
  StateEntry& entry = reading.found->entry;
  reading.file = OpenedFile::Open(reading.path, options_.links);
  const int error = reading.file.error();
  bool is_gone = error == ENOENT || error == ENOTDIR || error == ELOOP;
  if (error != 0 && !is_gone) {
    const Status status = OpenFailure(error);
    if (MayPass(status.code())) return status;
    return GivenUp(reading.task, status);
  }
  entry = before;
  entry.kind = FileKind::kFile;
  entry.flags = before.flags & StateEntry::kPinned;
  reading.read_ns = clock_.Now().ns;
  is_gone = is_gone || !reading.file.Look(entry.stamp);
  if (!is_gone) return std::nullopt;
  reading.found->gone = true;
  return Produced{{}, std::move(reading.found)};
}

Status FileProducer::Identify(Reading& reading, const ProduceContext& context) {
  StateEntry& entry = reading.found->entry;
  const int fd = reading.file.fd();
  auto content =
      HashContent(fd, entry.stamp, options_.hash_bytes_max, places_[context.worker].buffer, context.keep_going);
  if (!content) return content.error();
  reading.content = std::move(*content);
  reading.found->bytes = reading.content.bytes;
  entry.content = reading.content.hash;
  if (reading.content.sampled) entry.flags |= StateEntry::kSampled;
  const std::string base = reading.path.substr(reading.path.rfind('/') + 1);
  std::string slow_type;
  std::string_view type = FileType(reading.content.head, base);
  if (type == "application/zip" || type == "audio/mpeg" || type == kUnknownType) {
    if (auto deeper = FileTypeOf(DescriptorBytes(fd, entry.stamp.size), base)) type = *deeper;
    if (type == kUnknownType) type = slow_type = SlowFileType(reading.content.head);
  }
  entry.method = methods_.Current(type);
  reading.method = methods_.Of(entry.method);
  if (entry.content != reading.before().content) entry.flags &= static_cast<std::uint8_t>(~StateEntry::kPinned);
  return Status::Ok();
}

bool FileProducer::FindKnown(Reading& reading, LazyStateDb& state) {
  const ContentHash key = ResultKey(reading.content.hash, reading.method);
  const std::string hash_text = ContentHashText(reading.content.hash, reading.content.sampled);
  auto known = results_.Find(key, reading.task.anew ? nullptr : &state, hash_text);
  reading.found->result_key = key;
  if (!known) return false;
  reading.found->reused = true;
  if (known->find("\"tables\":[") != std::string::npos || known->find("\"children\":[") != std::string::npos) {
    // A copy of a table is a table of its own.
    auto extracted = DecodeExtracted(std::string_view(*known).substr(known->find('{')));
    if (extracted) reading.TakeParts(std::move(*extracted));
  }
  reading.part = std::move(*known);
  return true;
}

void FileProducer::Extract(std::span<Reading* const> readings, const ProduceContext& context) {
  std::vector<Worker::Task> tasks;
  for (const Reading* reading : readings) {
    ExtractRequest request;
    request.type = reading->method.type;
    request.file_name = reading->path.substr(reading->path.rfind('/') + 1);
    request.size = reading->found->entry.stamp.size;
    tasks.push_back({reading->file.fd(), EncodeExtractRequest(request)});
  }
  Worker& worker = *places_[context.worker].worker;
  std::vector<Worker::Answer> answers = worker.RunAll(tasks, context.keep_going);
  for (std::size_t i = 0; i < readings.size(); ++i) {
    Reading& reading = *readings[i];
    // What ended a worker gets another.
    while (answers[i].killed && answers[i].kills < kKillsMax) {
      reading.took += answers[i].took;
      const int kills = answers[i].kills;
      answers[i] = worker.Run(tasks[i], context.keep_going);
      answers[i].kills += kills;
    }
    reading.took += answers[i].took;
    reading.part = PartOf(reading, std::move(answers[i]));
    if (!reading.part) continue;
    reading.found->extracted = true;
    results_.Add(reading.found->result_key, *reading.part);
  }
}

Result<std::string> FileProducer::PartOf(Reading& reading, Worker::Answer answer) {
  if (answer.result) {
    // What comes from a worker is held against the grammar, and written anew.
    auto extracted = DecodeExtracted(*answer.result);
    if (!extracted) return ProblemPart(extracted.error().WithContext("the worker's answer"));
    reading.TakeParts(std::move(*extracted));
    return MetadataPart(*answer.result);
  }
  const Status& why = answer.result.error();
  if (answer.killed) {
    return ProblemPart({why.code(), fmt::format("quarantined, since it ended {} workers: {}; it is tried again when "
                                                "the file or the reader changes",
                                                answer.kills, why.message())});
  }
  if (why.code() == StatusCode::kCancelled || why.code() == StatusCode::kUnavailable) return why;
  return ProblemPart(why);
}

Result<Produced> FileProducer::Finish(Reading& reading) {
  if (!reading.part) return reading.part.error();
  if (options_.while_reading) options_.while_reading(reading.path);
  StateEntry& entry = reading.found->entry;
  FileStamp after = entry.stamp;
  if (!reading.file.Look(after) || after != entry.stamp) {
    return Status(StatusCode::kAborted, "it changes while it is read");
  }
  if (IsRacy(entry.stamp, reading.read_ns)) entry.flags |= StateEntry::kUnverified;
  // Hashing it again tells nothing of what its reader took.
  const bool keeps_cost = reading.found->reused && entry.content == reading.before().content && entry.cost_us != 0;
  if (!keeps_cost) {
    entry.cost_us = static_cast<std::uint32_t>(std::min<std::int64_t>(UINT32_MAX, reading.took.count()));
  }
  if (reading.is_recorded) return Produced{{}, std::move(reading.found)};
  reading.found->is_problem = reading.part->starts_with("\"problem\"");
  std::string payload = PresentPayload({&entry, &reading.method, *reading.part});
  Produced out = Answer(reading.task, reading.path, std::move(reading.found), std::move(payload));
  if (!out.records.empty()) AddParts(reading, out);
  return out;
}

void FileProducer::AddParts(const Reading& reading, Produced& out) {
  for (std::string& record : TableRecords(options_.frame, reading.path, clock_.Now(), reading.tables)) {
    out.records.push_back(std::move(record));
  }
  std::string contents = ContentsPayload(reading.path, reading.tables, reading.children);
  const bool was_known = reading.before().output != 0;
  if (contents == results_.Contents(FileNode(options_.frame.tenant, reading.path), was_known)) return;
  out.records.push_back(ContentsRecord(options_.frame, reading.path, clock_.Now(), std::move(contents)));
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
