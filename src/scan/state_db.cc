#include "scan/state_db.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace cairn {
namespace {

constexpr int kBusyMs = 10'000;
constexpr std::int64_t kFormat = 1;

constexpr const char* kSchema = R"(
BEGIN;
CREATE TABLE folder(path BLOB PRIMARY KEY, entries BLOB NOT NULL, problem TEXT NOT NULL);
CREATE TABLE result(key BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE method(id INTEGER PRIMARY KEY, type TEXT NOT NULL, extractor TEXT NOT NULL,
  version INTEGER NOT NULL, config INTEGER NOT NULL);
CREATE TABLE removal(path BLOB PRIMARY KEY, content BLOB NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
PRAGMA user_version=1;
COMMIT;
)";

std::string_view Bytes(const ContentHash& hash) { return {reinterpret_cast<const char*>(&hash), sizeof(hash)}; }

ContentHash HashOf(std::string_view bytes) {
  ContentHash hash;
  if (bytes.size() == sizeof(hash)) std::memcpy(&hash, bytes.data(), sizeof(hash));
  return hash;
}

std::string FileOf(const std::string& folder) { return folder + "/state.db"; }

// An empty one is left of a power cut, and as good as none.
bool Exists(const std::string& path) {
  struct stat file {};
  return ::stat(path.c_str(), &file) == 0 && (!S_ISREG(file.st_mode) || file.st_size != 0);
}

}  // namespace

Status StateDb::Connect() {
  const int fd = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  const bool may_write = fd >= 0;
  if (may_write) {
    // A part of it, left of a power cut, is told by its length, but not with a log of changes beside it: it is on the
    // disk before there is one.
    if (::access((path_ + "-wal").c_str(), F_OK) != 0) (void)::fdatasync(fd);
    ::close(fd);
  } else if (const int why = errno; (why != EROFS && why != EACCES) || ::access(path_.c_str(), R_OK) != 0) {
    return {StatusCode::kUnavailable, path_ + ": " + std::strerror(why)};
  }
  auto connection = may_write ? SqliteConnection::Open(path_, kBusyMs) : SqliteConnection::OpenToRead(path_, kBusyMs);
  if (!connection) return connection.error();
  auto format = (*connection)->Number("PRAGMA user_version");
  if (!format) return format.error();
  if (*format != kFormat) return {StatusCode::kDataLoss, "it was written by another version"};
  const Status set = (*connection)
                         ->Execute(
                             "PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0; PRAGMA "
                             "journal_size_limit=16777216");
  if (!set.ok()) return set;
  connection_ = std::move(*connection);
  return Status::Ok();
}

Status StateDb::Reach() { return connection_ == nullptr && Exists(path_) ? Connect() : Status::Ok(); }

Status StateDb::Make() {
  if (Status reached = Reach(); !reached.ok() || connection_ != nullptr) return reached;
  const std::string folder = std::filesystem::path(path_).parent_path();
  if (::access(folder.c_str(), W_OK) != 0) return {StatusCode::kUnavailable, path_ + ": " + std::strerror(errno)};
  auto connection = SqliteConnection::OpenInMemory();
  if (!connection) return connection.error();
  if (Status made = (*connection)->Execute(kSchema); !made.ok()) return made;
  connection_ = std::move(*connection);
  is_in_memory_ = true;
  return Status::Ok();
}

Status StateDb::WriteFile() {
  std::error_code ignored;
  for (const char* end : {"-wal", "-shm"}) std::filesystem::remove(path_ + end, ignored);  // Of one that was lost.
  if (Status written = connection_->WriteFile(path_); !written.ok()) return written;
  statements_ = {};
  connection_.reset();
  is_in_memory_ = false;
  return Status::Ok();
}

Result<StateDb*> LazyStateDb::Get() {
  if (state_ == nullptr) {
    auto opened = StateDb::Open(folder_);
    if (!opened) return opened.error();
    state_ = std::move(*opened);
  }
  return state_.get();
}

Result<std::unique_ptr<StateDb>> StateDb::Open(const std::string& folder, std::string* note) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Status(StatusCode::kUnavailable, folder + ": " + error.message());
  const std::string path = FileOf(folder);
  std::unique_ptr<StateDb> db(new StateDb(path));
  const Status connected = db->Reach();
  if (connected.ok()) return db;
  if (connected.code() != StatusCode::kDataLoss) return connected;
  if (note != nullptr) {
    *note = fmt::format("{} cannot be used ({}): it is kept as {}.damaged, and every file is read again", path,
                        connected.message(), path);
  }
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::rename(path + end, path + ".damaged" + end, error);
  return db;
}

Result<std::unique_ptr<StateDb>> StateDb::OpenToRead(const std::string& folder) {
  std::unique_ptr<StateDb> db(new StateDb(FileOf(folder)));
  if (Status reached = db->Reach(); !reached.ok()) return reached;
  if (db->connection_ != nullptr) return db;
  return Status(StatusCode::kNotFound, "nothing was scanned into this store yet: `cairn scan FOLDER` does");
}

Result<SqliteStatement*> StateDb::Prepared(Question question) {
  static constexpr std::array<std::string_view, kQuestions> kSql{
      "SELECT entries, problem FROM folder WHERE path=?1",
      "SELECT path, entries, problem FROM folder WHERE path=?1 OR (path>=?2 AND path<?3) ORDER BY path",
      "SELECT seq FROM result WHERE key=?1",
      "INSERT OR REPLACE INTO folder VALUES(?1,?2,?3)",
      "DELETE FROM folder WHERE path=?1",
      "INSERT OR REPLACE INTO result VALUES(?1,?2)",
      "INSERT OR REPLACE INTO method VALUES(?1,?2,?3,?4,?5)",
      "INSERT OR REPLACE INTO removal VALUES(?1,?2,?3)",
      "SELECT path, content, reason FROM removal ORDER BY path LIMIT ?1",
      "DELETE FROM removal WHERE path=?1",
      "SELECT value FROM meta WHERE name=?1",
      "INSERT OR REPLACE INTO meta VALUES(?1,?2)",
  };
  std::optional<SqliteStatement>& statement = statements_[question];
  if (!statement) {
    auto prepared = connection_->Prepare(kSql[question]);
    if (!prepared) return prepared.error();
    statement = std::move(*prepared);
  }
  return &*statement;
}

Result<std::optional<StoredFolder>> StateDb::LoadFolder(std::string_view path) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return std::optional<StoredFolder>();
  auto load = Prepared(kLoadFolder);
  if (!load) return load.error();
  auto row = (*load)->BindBlob(1, path).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<StoredFolder>();
  StoredFolder folder{std::string((*load)->Bytes(0)), std::string((*load)->Bytes(1))};
  (*load)->Reset();
  return std::optional<StoredFolder>(std::move(folder));
}

Status StateDb::EachFolder(std::string_view path,
                           const std::function<void(std::string_view, const StoredFolder&)>& each) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return Status::Ok();
  // What is below `a` begins with `a/`; the character behind the slash bounds it.
  const std::string from = path == "/" ? "/" : std::string(path) + "/";
  std::string until = from;
  until.back() = '/' + 1;
  auto prepared = Prepared(kEachFolder);
  if (!prepared) return prepared.error();
  SqliteStatement& rows = (*prepared)->BindBlob(1, path).BindBlob(2, from).BindBlob(3, until);
  for (;;) {
    auto row = rows.Step();
    if (!row) return row.error();
    if (!*row) return Status::Ok();
    each(rows.Bytes(0), {std::string(rows.Bytes(1)), std::string(rows.Bytes(2))});
  }
}

Result<std::optional<KnownResult>> StateDb::FindResult(const ContentHash& key) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return std::optional<KnownResult>();
  auto find = Prepared(kFindResult);
  if (!find) return find.error();
  auto row = (*find)->BindBlob(1, Bytes(key)).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<KnownResult>();
  const KnownResult result{(*find)->Unsigned(0)};
  (*find)->Reset();
  return std::optional<KnownResult>(result);
}

Result<std::vector<std::pair<std::uint16_t, ReadMethod>>> StateDb::LoadMethods() {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return std::vector<std::pair<std::uint16_t, ReadMethod>>();
  auto select = connection_->Prepare("SELECT id, type, extractor, version, config FROM method");
  if (!select) return select.error();
  std::vector<std::pair<std::uint16_t, ReadMethod>> out;
  for (;;) {
    auto row = select->Step();
    if (!row) return row.error();
    if (!*row) return out;
    out.emplace_back(
        static_cast<std::uint16_t>(select->Int(0)),
        ReadMethod{std::string(select->Bytes(1)), std::string(select->Bytes(2)), select->Int(3), select->Unsigned(4)});
  }
}

Result<std::string> StateDb::Meta(std::string_view name) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return std::string();
  auto load = Prepared(kLoadMeta);
  if (!load) return load.error();
  auto row = (*load)->BindText(1, name).Step();
  if (!row) return row.error();
  std::string value;
  if (*row) {
    value = (*load)->Bytes(0);
    (*load)->Reset();
  }
  return value;
}

Result<bool> StateDb::HasFolders() {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return false;
  auto number = connection_->Number("SELECT EXISTS(SELECT 1 FROM folder)");
  if (!number) return number.error();
  return *number != 0;
}

Result<bool> StateDb::HasResults() {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return false;
  auto number = connection_->Number("SELECT EXISTS(SELECT 1 FROM result)");
  if (!number) return number.error();
  return *number != 0;
}

template <class Bind>
Status StateDb::Write(Question question, const Bind& bind) {
  if (Status made = Make(); !made.ok()) return made;
  if (!connection_->is_in_transaction()) {
    if (Status begun = connection_->Execute("BEGIN IMMEDIATE"); !begun.ok()) return begun;
  }
  auto statement = Prepared(question);
  if (!statement) return statement.error();
  bind(**statement);
  return (*statement)->Run();
}

Status StateDb::SaveFolder(std::string_view path, const StoredFolder& folder) {
  return Write(kSaveFolder, [&](SqliteStatement& statement) {
    statement.BindBlob(1, path).BindBlob(2, folder.entries).BindText(3, folder.problem);
  });
}

Status StateDb::DropFolder(std::string_view path) {
  return Write(kDropFolder, [&](SqliteStatement& statement) { statement.BindBlob(1, path); });
}

Status StateDb::SaveResult(const ContentHash& key, const KnownResult& result) {
  return Write(kSaveResult, [&](SqliteStatement& statement) { statement.BindBlob(1, Bytes(key)).Bind(2, result.seq); });
}

Status StateDb::BoundResults(std::uint64_t max) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return Status::Ok();
  auto count = connection_->Number("SELECT count(*) FROM result");
  if (!count) return count.error();
  if (static_cast<std::uint64_t>(*count) <= max) return Status::Ok();
  auto drop = connection_->Prepare(
      "DELETE FROM result WHERE seq < (SELECT min(seq) FROM (SELECT seq FROM result ORDER BY seq DESC LIMIT ?1))");
  if (!drop) return drop.error();
  if (Status done = drop->Bind(1, max - max / 10).Run(); !done.ok()) return done;
  return Commit();
}

Status StateDb::SaveMethod(std::uint16_t id, const ReadMethod& method) {
  return Write(kSaveMethod, [&](SqliteStatement& statement) {
    statement.Bind(1, int{id})
        .BindText(2, method.type)
        .BindText(3, method.extractor)
        .Bind(4, method.version)
        .Bind(5, method.config);
  });
}

Status StateDb::SaveRemoval(const Removal& removal) {
  return Write(kSaveRemoval, [&](SqliteStatement& statement) {
    statement.BindBlob(1, removal.path).BindBlob(2, Bytes(removal.content)).BindText(3, removal.reason);
  });
}

Result<std::vector<Removal>> StateDb::LoadRemovals(std::size_t limit) {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return std::vector<Removal>();
  std::vector<Removal> out;
  auto prepared = Prepared(kLoadRemovals);
  if (!prepared) return prepared.error();
  SqliteStatement& rows = (*prepared)->Bind(1, std::uint64_t{limit});
  for (;;) {
    auto row = rows.Step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back({std::string(rows.Bytes(0)), HashOf(rows.Bytes(1)), std::string(rows.Bytes(2))});
  }
}

Status StateDb::DropRemoval(std::string_view path) {
  return Write(kDropRemoval, [&](SqliteStatement& statement) { statement.BindBlob(1, path); });
}

Status StateDb::SaveMeta(std::string_view name, std::string_view value) {
  return Write(kSaveMeta, [&](SqliteStatement& statement) { statement.BindText(1, name).BindBlob(2, value); });
}

Status StateDb::Clear() {
  if (Status reached = Reach(); !reached.ok()) return reached;
  if (connection_ == nullptr) return Status::Ok();
  return connection_->Execute("DELETE FROM folder; DELETE FROM result; DELETE FROM removal; DELETE FROM meta;");
}

Status StateDb::Commit() {
  if (connection_ == nullptr || !connection_->is_in_transaction()) return Status::Ok();
  Status committed = connection_->Execute("COMMIT");
  return committed.ok() && is_in_memory_ ? WriteFile() : committed;
}

}  // namespace cairn
