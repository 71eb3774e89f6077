#include "cache/disk_level.h"

// What is asked of the disk level at leisure: listings, notes, statistics.

namespace cairn {
namespace {

constexpr int kRowsAtOnce = 256;

/// The first text behind all that begin with `prefix`; empty where there is none.
std::string EndOfPrefix(std::string_view prefix) {
  std::string end(prefix);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xff) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

bool IsBefore(std::string_view key, const std::string& end) { return end.empty() || key < end; }

}  // namespace

Status DiskLevel::Visit(std::string_view prefix, const std::function<bool(const Listed&)>& visit) {
  if (Status status = Flush(); !status.ok()) return status;
  const std::string end = EndOfPrefix(prefix);
  std::string key(prefix);
  std::int64_t hash = std::numeric_limits<std::int64_t>::min();
  for (bool is_end = false; !is_end;) {
    // Visited when the connection is free again: the visitor may do as it likes.
    std::vector<std::pair<Listed, std::string>> rows;
    const Status status = OnReader([&](DiskReader& reader) -> Status {
      if (Status known = reader.CatchUp(generations_); !known.ok()) return known;
      auto select = reader.db->Prepare(
          "SELECT key, hash, expired, row FROM entries WHERE (key, hash) > (?1, ?2) ORDER BY key, hash LIMIT ?3");
      if (!select) return select.error();
      select->BindText(1, key).Bind(2, hash).Bind(3, kRowsAtOnce);
      int count = 0;
      for (;; ++count) {
        const auto more = select->Step();
        if (!more) return more.error();
        if (!*more) break;
        if (!IsBefore(select->Bytes(0), end)) {
          is_end = true;
          break;
        }
        Listed listed{std::string(select->Bytes(0)), select->Unsigned(1), select->Int(2) != 0, {}};
        rows.emplace_back(std::move(listed), std::string(select->Bytes(3)));
      }
      is_end |= count < kRowsAtOnce;
      return Status::Ok();
    });
    if (!status.ok()) return status;
    for (auto& [listed, bytes] : rows) {
      auto row = ReadDiskRow(bytes);
      if (!row) continue;
      const auto verdict = generations_.Check({}, row->tags, row->sequence);
      if (verdict.is_removed) continue;
      listed.is_expired |= verdict.is_expired;
      listed.row = std::move(*row);
      if (!visit(listed)) return Status::Ok();
    }
    if (rows.empty()) break;
    key = rows.back().first.key;
    hash = static_cast<std::int64_t>(rows.back().first.hash);
  }
  return Status::Ok();
}

Status DiskLevel::VisitEntryKeys(std::string_view prefix,
                                 const std::function<bool(const std::string& key, std::uint64_t hash)>& visit) {
  constexpr int kKeysAtOnce = 1024;
  const std::string end = EndOfPrefix(prefix);
  std::pair<std::string, std::int64_t> last(prefix, std::numeric_limits<std::int64_t>::min());
  for (;;) {
    std::vector<std::pair<std::string, std::int64_t>> keys;
    const Status status = OnReader([&](DiskReader& reader) -> Status {
      auto select =
          reader.db->Prepare("SELECT key, hash FROM entries WHERE (key, hash) > (?1, ?2) ORDER BY key, hash LIMIT ?3");
      if (!select) return select.error();
      select->BindText(1, last.first).Bind(2, last.second).Bind(3, kKeysAtOnce);
      for (;;) {
        const auto more = select->Step();
        if (!more) return more.error();
        if (!*more) return Status::Ok();
        keys.emplace_back(select->Bytes(0), select->Int(1));
      }
    });
    if (!status.ok()) return status;
    for (const auto& [key, hash] : keys) {
      if (!IsBefore(key, end) || !visit(key, static_cast<std::uint64_t>(hash))) return Status::Ok();
    }
    if (keys.size() < kKeysAtOnce) return Status::Ok();
    last = keys.back();
  }
}

Result<std::string> DiskLevel::Note(const std::string& name) {
  std::string value;
  const Status status = OnReader([&](DiskReader& reader) -> Status {
    auto select = reader.db->Prepare("SELECT value FROM notes WHERE name=?1");
    if (!select) return select.error();
    const auto row = select->BindText(1, name).Step();
    if (!row) return row.error();
    if (*row) value = select->Bytes(0);
    return Status::Ok();
  });
  if (!status.ok()) return status;
  return value;
}

Result<std::vector<std::pair<std::string, std::string>>> DiskLevel::Notes(std::string_view prefix) {
  std::vector<std::pair<std::string, std::string>> notes;
  const Status status = OnReader([&](DiskReader& reader) -> Status {
    auto select = reader.db->Prepare("SELECT name, value FROM notes WHERE name>=?1 ORDER BY name");
    if (!select) return select.error();
    select->BindText(1, prefix);
    for (;;) {
      const auto row = select->Step();
      if (!row) return row.error();
      if (!*row || !select->Bytes(0).starts_with(prefix)) return Status::Ok();
      notes.emplace_back(select->Bytes(0), select->Bytes(1));
    }
  });
  if (!status.ok()) return status;
  return notes;
}

Status DiskLevel::SetNote(const std::string& name, std::string_view value) {
  return OnStore([&](DiskStore& store) {
    return store.InTransaction([&](SqliteConnection& db) -> Status {
      if (value.empty()) {
        auto drop = db.Prepare("DELETE FROM notes WHERE name=?1");
        return drop ? drop->BindText(1, name).Run() : drop.error();
      }
      auto put = db.Prepare("INSERT INTO notes VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value=?2");
      if (!put) return put.error();
      return put->BindText(1, name).BindBlob(2, value).Run();
    });
  });
}

}  // namespace cairn
