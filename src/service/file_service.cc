#include "service/file_service.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/hash.h"
#include "base/service_address.h"
#include "extract/extracted_codec.h"
#include "record/statements.h"
#include "scan/file_name.h"
#include "scan/file_record.h"
#include "scan/folder_work.h"
#include "service/nodes.h"
#include "store/mapped_log.h"

namespace cairn {
namespace {

std::string WhyOf(const Fact& fact) {
  auto values = FlattenJson(fact.record());
  if (!values) return {};
  for (const FlatValue& value : *values) {
    if (value.path == "extras.why" && value.json.size() >= 2) return value.json.substr(1, value.json.size() - 2);
  }
  return {};
}

bool IsRemoved(std::string_view payload) { return payload.starts_with(R"({"state":"removed")"); }

// Who says it: what stands before the content's part is seen from outside.
std::string SourceOf(const std::string& path, const std::string& extractor) {
  if (path.starts_with("metadata.") || path.starts_with("problem.")) return extractor.empty() ? "scan" : extractor;
  if (path == "hash" || path == "type" || path == "extractor") return "content";
  if (path == "pinned_to") return "rollback";
  return "file system";
}

std::pair<std::string, std::string> SplitPath(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Status NoSuchVersion(std::size_t version, std::size_t versions) {
  return {StatusCode::kOutOfRange, fmt::format("there is no version {}: it has 1 to {}", version, versions)};
}

// Adds the tables of that version of a file, and what else it held.
void AddParts(Repository& store, const std::string& path, const std::string& payload, const RecordFrame& frame,
              Timestamp now, std::vector<std::string>& records) {
  std::string_view part = ContentPart(payload);
  if (!part.starts_with("\"metadata\"")) part = "\"metadata\":{}";
  const auto extracted = DecodeExtracted(part.substr(part.find('{')));
  const Extracted held = extracted ? *extracted : Extracted();
  for (std::string& record : TableRecords(frame, path, now, held.tables)) records.push_back(std::move(record));
  std::string contents = ContentsPayload(path, held.tables, held.children);
  const auto fact = store.Latest(kKindContents, FileNode(frame.tenant, path));
  const auto details = fact ? fact->Parse() : Result<Fact::Details>(fact.error());
  if (contents != (details ? details->payload : std::string(kContentsNone))) {
    records.push_back(ContentsRecord(frame, path, now, std::move(contents)));
  }
}

}  // namespace

FileService::~FileService() {
  std::error_code ignored;
  if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

std::unique_ptr<FileService> FileService::Open(Opening opening) {
  return std::unique_ptr<FileService>(new FileService(std::move(opening)));
}

Result<Repository*> FileService::OpenStore() {
  auto repository = cairn::OpenStore(opening_.store_path, opening_.store, opening_.remote);
  if (!repository) {
    if (repository.error().code() != StatusCode::kNotFound) return repository.error();
    return Status(StatusCode::kNotFound,
                  fmt::format("there is no store at \"{}\": `cairn scan FOLDER` makes one", opening_.store_path));
  }
  repository_ = std::move(*repository);
  return repository_.get();
}

Result<std::string> FileService::StateFolder() const {
  if (!IsServiceAddress(opening_.store_path)) return opening_.store_path + "/scan";
  return Status(
      StatusCode::kFailedPrecondition,
      fmt::format("what a scan has seen is kept beside its store, which must be a folder: `cairn scan --store "
                  "DIR ...`, then `cairn tail --store DIR --json | cairn ingest --store {} -`",
                  opening_.store_path));
}

Result<std::unique_ptr<Scanner>> FileService::OpenScanner(Zygote* zygote, ScanOptions options) {
  for (std::string& root : options.roots) {
    // A variable that is not set, most often: all of the current folder is hardly meant.
    if (root.empty()) return Status(StatusCode::kInvalidArgument, "an empty path is no folder; `.` is the current one");
    root = AbsolutePath(root, opening_.current_folder);
  }
  options.tenant = opening_.tenant;
  auto folder_of_state = StateFolder();
  if (!folder_of_state) return folder_of_state.error();
  std::string state = std::move(*folder_of_state);
  if (zygote == nullptr && ::access((state + "/state.db").c_str(), F_OK) != 0) {
    // What was never scanned is told from nothing, without leaving anything behind.
    std::string folder = std::filesystem::temp_directory_path().string() + "/cairn-dry-XXXXXX";
    if (::mkdtemp(folder.data()) == nullptr) return Status(StatusCode::kUnavailable, "no temporary folder can be made");
    temporary_ = state = folder;
  }
  Scanner::Parts parts{[this] { return store_.Get(); }, JoinPath(opening_.store_path, "log"), zygote};
  parts.release_log = ReleaseLogOf;
  return Scanner::Open(parts, state, std::move(options));
}

Result<std::unique_ptr<ScanStatusWriter>> FileService::Announce(const Scanner& scanner) {
  auto folder = StateFolder();
  if (!folder) return folder.error();
  return std::make_unique<ScanStatusWriter>(scanner, std::move(*folder));
}

Result<ScanStatus> FileService::LastScan() {
  const auto folder = StateFolder();
  if (!folder) return folder.error();
  auto status = ReadScanStatus(*FileSystem::Default(), *folder);
  if (!status) return status.error();
  if (*status) return std::move(**status);
  return Status(StatusCode::kNotFound,
                fmt::format("nothing was scanned into \"{}\" yet: `cairn scan FOLDER`", opening_.store_path));
}

Result<std::vector<ScanProblem>> FileService::Problems() {
  auto store = store_.Get();
  if (!store) return store.error();
  ScanProblemsSpec spec;
  spec.tenant = opening_.tenant;
  spec.limit = 1000;
  std::vector<ScanProblem> out;
  do {
    auto page = FindScanProblems(**store, spec);
    if (!page) return page.error();
    out.insert(out.end(), page->problems.begin(), page->problems.end());
    spec.cursor = std::move(page->cursor);
  } while (!spec.cursor.empty());
  return out;
}

Result<std::vector<SlowFile>> FileService::Slowest(std::size_t limit) {
  const auto folder = StateFolder();
  if (!folder) return folder.error();
  return SlowestFiles(*folder, limit);
}

Result<NodeKey> FileService::Node(const std::string& file) {
  auto store = store_.Get();
  if (!store) return store.error();
  const NodeKey node = FileNode(opening_.tenant, AbsolutePath(file, opening_.current_folder));
  if ((*store)->Entity(node)) return node;
  auto found = ResolveNode(**store, {file, opening_.tenant, std::string(kTypeFile)});
  if (found || found.error().code() != StatusCode::kNotFound) return found;
  return Status(StatusCode::kNotFound, fmt::format("no scan has seen \"{}\"", file));
}

Result<FileView> FileService::Show(const std::string& file) {
  auto store = store_.Get();
  if (!store) return store.error();
  auto node = Node(file);
  if (!node) return node.error();
  auto fact = (*store)->Latest(kKindFile, *node);
  if (!fact) return fact.error();
  auto details = fact->Parse();
  if (!details) return details.error();
  FileView view{*node, *fact, IsRemoved(details->payload), {}};
  auto values = FlattenJson(details->payload);
  if (!values) return values.error();
  std::string extractor;
  for (const FlatValue& value : *values) {
    if (value.path == "extractor") extractor = value.json.substr(1, value.json.size() - 2);
  }
  for (FlatValue& value : *values) {
    // The record has it, too, and says where from.
    if (value.path == "metadata.type") continue;
    std::string source = SourceOf(value.path, extractor);
    for (const std::string_view prefix : {"metadata.core.", "metadata.fields.", "metadata."}) {
      if (value.path.starts_with(prefix)) value.path.erase(0, prefix.size());
    }
    view.values.push_back({std::move(value.path), std::move(value.json), std::move(source)});
  }
  // What others say of the same file.
  auto entity = (*store)->Entity(*node);
  if (!entity) return view;
  for (const std::string& kind : entity->kinds) {
    if (kind == kKindFile || kind == kKindScan || kind == kKindContents) continue;
    auto other = (*store)->Latest(kind, *node);
    if (!other) continue;
    auto said = other->Parse();
    if (!said) continue;
    auto more = FlattenJson(said->payload);
    if (!more) continue;
    for (FlatValue& value : *more) {
      view.values.push_back({kind + "." + value.path, std::move(value.json), said->producer_id});
    }
  }
  return view;
}

Result<FileVersions> FileService::History(const std::string& file) {
  auto store = store_.Get();
  if (!store) return store.error();
  auto node = Node(file);
  if (!node) return node.error();
  auto facts = (*store)->History(kKindFile, *node);
  if (!facts) return facts.error();
  FileVersions out;
  out.node = std::move(*node);
  for (const Fact& fact : *facts) {
    auto details = fact.Parse();
    if (!details) return details.error();
    out.versions.push_back({out.versions.size() + 1, fact, std::move(details->payload), WhyOf(fact)});
  }
  if (out.versions.empty()) return Status(StatusCode::kNotFound, fmt::format("no scan has seen \"{}\"", file));
  return out;
}

Result<FileDifference> FileService::Diff(const std::string& file, std::size_t before, std::size_t after) {
  auto history = History(file);
  if (!history) return history.error();
  const std::size_t count = history->versions.size();
  FileDifference out;
  out.after = after == 0 ? count : after;
  out.before = before == 0 ? out.after - (out.after > 1 ? 1 : 0) : before;
  for (const std::size_t version : {out.before, out.after}) {
    if (version == 0 || version > count) return NoSuchVersion(version, count);
  }
  auto then = FlattenJson(history->versions[out.before - 1].payload);
  auto now = FlattenJson(history->versions[out.after - 1].payload);
  if (!then) return then.error();
  if (!now) return now.error();
  out.changes = CompareFlat(*then, *now);
  return out;
}

Result<FileReason> FileService::Why(const std::string& file, const ScanOptions& options) {
  FileReason reason;
  auto history = History(file);
  reason.path = history ? PathOfName(history->node.name) : AbsolutePath(file, opening_.current_folder);
  if (history) {
    reason.last = history->versions.back().why;
    reason.version = history->versions.back().number;
    reason.at = history->versions.back().fact.produced_at();
  } else if (history.error().code() != StatusCode::kNotFound) {
    return history.error();
  }
  const auto folder_of_state = StateFolder();
  if (!folder_of_state) return folder_of_state.error();
  auto state = StateDb::OpenToRead(*folder_of_state);
  if (!state) return state.error();
  const auto [folder, name] = SplitPath(reason.path);
  auto row = (*state)->LoadFolder(folder);
  if (!row) return row.error();
  auto methods = (*state)->LoadMethods();
  if (!methods) return methods.error();
  const StateEntry* known = nullptr;
  EntryReader reader(*row ? std::string_view((*row)->entries) : std::string_view());
  while (reader.entry() != nullptr && reader.entry()->name != name) reader.Next();
  known = reader.entry();
  reason.is_known = known != nullptr;
  const int fd = OpenPath(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  Listed now;
  // The device that the state knows is the root's, or one of its own: either is what a look from here is held against.
  const bool is_there = fd >= 0 && LookAt(fd, name.c_str(), 0, options.links, now);
  if (fd >= 0) ::close(fd);
  if (known != nullptr && known->stamp.device == 0) now.stamp.device = 0;
  if (!is_there) {
    reason.now = known == nullptr ? "it is not there" : "it is gone: a scan would record that";
    return reason;
  }
  if (known == nullptr) {
    reason.would_read = true;
    reason.now = "no scan has seen it, or it is ignored";
    return reason;
  }
  const MethodTable table(std::move(*methods), ScanConfigHash(options));
  const std::string why = WhyAgain(*known, now, table, false);
  reason.would_read = !why.empty();
  reason.now = !why.empty()
                   ? "a scan would read it: " + why
                   : "a scan would not read it: size, times, inode and the reader are what they were when it was "
                     "read";
  if (known->Has(StateEntry::kPinned))
    reason.now += "; an older version was put back, and stays while the content does";
  return reason;
}

Status FileService::Pin(const std::string& path, const std::function<Result<Stored>(StateEntry&)>& change) {
  const auto folder_of_state = StateFolder();
  if (!folder_of_state) return folder_of_state.error();
  auto lock = FileSystem::Default()->OpenLock(*folder_of_state + "/LOCK");
  if (!lock) return lock.error();
  if (!(*lock)->TryLock().ok()) return {StatusCode::kUnavailable, "a scan runs: try again when it is done"};
  auto state = StateDb::OpenToRead(*folder_of_state);
  if (!state) return state.error();
  const auto [folder, name] = SplitPath(path);
  auto row = (*state)->LoadFolder(folder);
  if (!row) return row.error();
  StoredFolder changed;
  bool found = false;
  if (*row) {
    changed.problem = (*row)->problem;
    for (EntryReader reader((*row)->entries); reader.entry() != nullptr; reader.Next()) {
      StateEntry entry = *reader.entry();
      if (entry.name == name) {
        found = true;
        auto stored = change(entry);
        if (!stored) return stored.error();
      }
      AppendEntry(changed.entries, entry);
    }
  }
  if (!found) return {StatusCode::kFailedPrecondition, path + " is gone: there is nothing to put back"};
  if (Status saved = (*state)->SaveFolder(folder, changed); !saved.ok()) return saved;
  return (*state)->Commit();
}

Result<Stored> FileService::Rollback(const std::string& file, std::size_t version) {
  auto store = store_.Get();
  if (!store) return store.error();
  auto history = History(file);
  if (!history) return history.error();
  if (version == 0 || version > history->versions.size()) return NoSuchVersion(version, history->versions.size());
  const std::string& old = history->versions[version - 1].payload;
  if (IsRemoved(old)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("version {} says that the file is gone", version));
  }
  // Of a version that was put back itself, what it was.
  const std::size_t end = std::min(old.size() - 1, old.rfind(",\"pinned_to\":"));
  std::string payload = old.substr(0, end) + fmt::format(",\"pinned_to\":{}}}", version);
  const std::string path = PathOfName(history->node.name);
  const RecordFrame frame{opening_.tenant, ""};
  const Timestamp now = Clock::Default()->Now();
  std::vector<std::string> records{
      FileRecord(frame, path, now, payload, fmt::format("version {} was put back", version))};
  AddParts(**store, path, old.substr(0, end) + "}", frame, now, records);
  Stored out;
  const Status pinned = Pin(path, [&](StateEntry& entry) -> Result<Stored> {
    entry.output = Hash64(payload);
    const std::vector<std::string_view> views(records.begin(), records.end());
    const auto stored = (*store)->BulkStore(views);
    for (const auto& each : stored) {
      if (!each) return each;
    }
    entry.flags |= StateEntry::kPinned;
    entry.seq = stored.front()->seq.value;
    out = *stored.front();
    return stored.front();
  });
  if (!pinned.ok()) return pinned;
  return out;
}

}  // namespace cairn
