#include "scan/state_db.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace cairn {
namespace {

constexpr int kBusyMs = 10'000;
constexpr std::int64_t kFormat = 1;

constexpr const char* kSchema = R"(
PRAGMA synchronous=OFF;
BEGIN IMMEDIATE;
CREATE TABLE IF NOT EXISTS folder(path BLOB PRIMARY KEY, entries BLOB NOT NULL, problem TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS result(key BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS method(id INTEGER PRIMARY KEY, type TEXT NOT NULL, extractor TEXT NOT NULL,
  version INTEGER NOT NULL, config INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS removal(path BLOB PRIMARY KEY, content BLOB NOT NULL, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS meta(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
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

}  // namespace

Result<std::unique_ptr<StateDb>> StateDb::OpenFile(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return Status(StatusCode::kUnavailable, path + ": " + std::strerror(errno));
  ::close(fd);
  auto connection = SqliteConnection::Open(path, kBusyMs);
  if (!connection) return connection.error();
  std::unique_ptr<StateDb> db(new StateDb(std::move(*connection)));
  auto format = db->connection_->Number("PRAGMA user_version");
  if (!format) return format.error();
  if (*format != 0 && *format != kFormat) return Status(StatusCode::kDataLoss, "it was written by another version");
  if (*format == 0) {
    // An empty state that a power cut takes is no loss.
    if (Status made = db->connection_->Execute(kSchema); !made.ok()) return made;
  }
  for (const char* sql : {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", "PRAGMA temp_store=MEMORY",
                          "PRAGMA mmap_size=0", "PRAGMA journal_size_limit=16777216"}) {
    if (Status done = db->connection_->Execute(sql); !done.ok()) return done;
  }
  if (Status prepared = db->Prepare(); !prepared.ok()) return prepared;
  return db;
}

Result<std::unique_ptr<StateDb>> StateDb::Open(const std::string& folder, std::string* note) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Status(StatusCode::kUnavailable, folder + ": " + error.message());
  const std::string path = FileOf(folder);
  auto db = OpenFile(path);
  if (db || db.error().code() != StatusCode::kDataLoss) return db;
  if (note != nullptr) {
    *note = fmt::format("{} cannot be used ({}): it is kept as {}.damaged, and every file is read again", path,
                        db.error().message(), path);
  }
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::rename(path + end, path + ".damaged" + end, error);
  return OpenFile(path);
}

Result<std::unique_ptr<StateDb>> StateDb::OpenToRead(const std::string& folder) {
  if (::access(FileOf(folder).c_str(), F_OK) != 0) {
    return Status(StatusCode::kNotFound, "nothing was scanned into this store yet: `cairn scan FOLDER` does");
  }
  return OpenFile(FileOf(folder));
}

Status StateDb::Prepare() {
  const std::pair<SqliteStatement*, std::string_view> statements[] = {
      {&load_folder_, "SELECT entries, problem FROM folder WHERE path=?1"},
      {&each_folder_,
       "SELECT path, entries, problem FROM folder WHERE path=?1 OR (path>=?2 AND path<?3) ORDER BY path"},
      {&find_result_, "SELECT seq FROM result WHERE key=?1"},
      {&save_folder_, "INSERT OR REPLACE INTO folder VALUES(?1,?2,?3)"},
      {&drop_folder_, "DELETE FROM folder WHERE path=?1"},
      {&save_result_, "INSERT OR REPLACE INTO result VALUES(?1,?2)"},
      {&save_method_, "INSERT OR REPLACE INTO method VALUES(?1,?2,?3,?4,?5)"},
      {&save_removal_, "INSERT OR REPLACE INTO removal VALUES(?1,?2,?3)"},
      {&load_removals_, "SELECT path, content, reason FROM removal ORDER BY path LIMIT ?1"},
      {&drop_removal_, "DELETE FROM removal WHERE path=?1"},
      {&load_meta_, "SELECT value FROM meta WHERE name=?1"},
      {&save_meta_, "INSERT OR REPLACE INTO meta VALUES(?1,?2)"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = connection_->Prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return Status::Ok();
}

Result<std::optional<StoredFolder>> StateDb::LoadFolder(std::string_view path) {
  auto row = load_folder_.BindBlob(1, path).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<StoredFolder>();
  StoredFolder folder{std::string(load_folder_.Bytes(0)), std::string(load_folder_.Bytes(1))};
  load_folder_.Reset();
  return std::optional<StoredFolder>(std::move(folder));
}

Status StateDb::EachFolder(std::string_view path,
                           const std::function<void(std::string_view, const StoredFolder&)>& each) {
  // What is below `a` begins with `a/`; the character behind the slash bounds it.
  const std::string from = path == "/" ? "/" : std::string(path) + "/";
  std::string until = from;
  until.back() = '/' + 1;
  each_folder_.BindBlob(1, path).BindBlob(2, from).BindBlob(3, until);
  for (;;) {
    auto row = each_folder_.Step();
    if (!row) return row.error();
    if (!*row) return Status::Ok();
    each(each_folder_.Bytes(0), {std::string(each_folder_.Bytes(1)), std::string(each_folder_.Bytes(2))});
  }
}

Result<std::optional<KnownResult>> StateDb::FindResult(const ContentHash& key) {
  auto row = find_result_.BindBlob(1, Bytes(key)).Step();
  if (!row) return row.error();
  if (!*row) return std::optional<KnownResult>();
  const KnownResult result{find_result_.Unsigned(0)};
  find_result_.Reset();
  return std::optional<KnownResult>(result);
}

Result<std::vector<std::pair<std::uint16_t, ReadMethod>>> StateDb::LoadMethods() {
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
  auto row = load_meta_.BindText(1, name).Step();
  if (!row) return row.error();
  std::string value;
  if (*row) {
    value = load_meta_.Bytes(0);
    load_meta_.Reset();
  }
  return value;
}

Status StateDb::Write(SqliteStatement& statement) {
  if (!connection_->is_in_transaction()) {
    if (Status begun = connection_->Execute("BEGIN IMMEDIATE"); !begun.ok()) {
      statement.Reset();
      return begun;
    }
  }
  return statement.Run();
}

Status StateDb::SaveFolder(std::string_view path, const StoredFolder& folder) {
  return Write(save_folder_.BindBlob(1, path).BindBlob(2, folder.entries).BindText(3, folder.problem));
}

Status StateDb::DropFolder(std::string_view path) { return Write(drop_folder_.BindBlob(1, path)); }

Status StateDb::SaveResult(const ContentHash& key, const KnownResult& result) {
  return Write(save_result_.BindBlob(1, Bytes(key)).Bind(2, result.seq));
}

Status StateDb::BoundResults(std::uint64_t max) {
  auto count = connection_->Number("SELECT count(*) FROM result");
  if (!count) return count.error();
  if (static_cast<std::uint64_t>(*count) <= max) return Status::Ok();
  auto drop = connection_->Prepare(
      "DELETE FROM result WHERE seq < (SELECT min(seq) FROM (SELECT seq FROM result ORDER BY seq DESC LIMIT ?1))");
  if (!drop) return drop.error();
  if (Status done = Write(drop->Bind(1, max - max / 10)); !done.ok()) return done;
  return Commit();
}

Status StateDb::SaveMethod(std::uint16_t id, const ReadMethod& method) {
  return Write(save_method_.Bind(1, int{id})
                   .BindText(2, method.type)
                   .BindText(3, method.extractor)
                   .Bind(4, method.version)
                   .Bind(5, method.config));
}

Status StateDb::SaveRemoval(const Removal& removal) {
  return Write(save_removal_.BindBlob(1, removal.path).BindBlob(2, Bytes(removal.content)).BindText(3, removal.reason));
}

Result<std::vector<Removal>> StateDb::LoadRemovals(std::size_t limit) {
  std::vector<Removal> out;
  load_removals_.Bind(1, std::uint64_t{limit});
  for (;;) {
    auto row = load_removals_.Step();
    if (!row) return row.error();
    if (!*row) return out;
    out.push_back(
        {std::string(load_removals_.Bytes(0)), HashOf(load_removals_.Bytes(1)), std::string(load_removals_.Bytes(2))});
  }
}

Status StateDb::DropRemoval(std::string_view path) { return Write(drop_removal_.BindBlob(1, path)); }

Status StateDb::SaveMeta(std::string_view name, std::string_view value) {
  return Write(save_meta_.BindText(1, name).BindBlob(2, value));
}

Status StateDb::Clear() {
  return connection_->Execute("DELETE FROM folder; DELETE FROM result; DELETE FROM removal; DELETE FROM meta;");
}

Status StateDb::Commit() { return connection_->is_in_transaction() ? connection_->Execute("COMMIT") : Status::Ok(); }

}  // namespace cairn
