#include "cache/disk_store.h"

#include <algorithm>
#include <cstring>

#include "cache/disk_row.h"
#include "cache/entry_codec.h"

namespace cairn {
namespace {

/// Longer than any view is kept by a process that runs.
constexpr int kLogWaitMs = 100;

/// What a row costs beside its bytes: its key again in an index, and cells.
std::uint64_t CostOf(std::size_t row_bytes, std::size_t key_bytes) { return row_bytes + 2 * key_bytes + 64; }

std::uint64_t StampOf(std::string_view entry) {
  const auto head = ReadEntryHead(entry);
  return head ? head->stamp : 0;
}

}  // namespace

Status DiskStore::Open() {
  if (reader_ != nullptr && reader_->incarnation == file_.map().incarnation()) return Status::Ok();
  Close();
  auto reader = DiskReader::Open(file_);
  if (!reader) return reader.error();
  const std::pair<SqliteStatement*, const char*> statements[] = {
      {&sql_.load_state,
       "SELECT sequence, tag_floor, key_floor, position, entries, small_bytes, main_bytes FROM state"},
      {&sql_.save_state,
       "UPDATE state SET sequence=?1, tag_floor=?2, key_floor=?3, position=?4, entries=?5, small_bytes=?6, "
       "main_bytes=?7"},
      {&sql_.find, "SELECT main, bytes, row FROM entries WHERE hash=?1"},
      {&sql_.insert, "INSERT INTO entries VALUES(?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)"},
      {&sql_.update, "UPDATE entries SET key=?2, bytes=?3, drop_after=?4, expired=0, row=?5 WHERE hash=?1"},
      {&sql_.remove, "DELETE FROM entries WHERE hash=?1"},
      {&sql_.oldest, "SELECT hash, bytes, drop_after, key FROM entries WHERE main=?1 ORDER BY position LIMIT 1"},
      {&sql_.promote, "UPDATE entries SET main=1, position=?2 WHERE hash=?1"},
      {&sql_.by_key, "SELECT hash, main, bytes FROM entries WHERE key=?1"},
      {&sql_.by_range, "SELECT hash, main, bytes, key FROM entries WHERE key>=?1 ORDER BY key"},
      {&sql_.mark, "UPDATE entries SET expired=1 WHERE hash=?1"},
      {&sql_.mark_key, "UPDATE entries SET expired=1 WHERE key=?1"},
      {&sql_.bump,
       "INSERT INTO generations VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET removed=max(removed, ?3), "
       "expired=max(expired, ?4), bumped=?5"},
      {&sql_.sweep, "SELECT hash, main, bytes, drop_after, key, row FROM entries WHERE hash>?1 ORDER BY hash LIMIT ?2"},
      {&sql_.pages, "PRAGMA page_count"},
      {&sql_.free_pages, "PRAGMA freelist_count"},
  };
  for (const auto& [statement, text] : statements) {
    auto prepared = (*reader)->db->Prepare(text);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  reader_ = std::move(*reader);
  return Status::Ok();
}

void DiskStore::Close() {
  sql_ = {};
  reader_.reset();
}

Status DiskStore::Begin(SqliteTransaction& transaction) {
  if (Status status = transaction.Begin(); !status.ok()) return status;
  if (Status status = LoadState(); !status.ok()) return status;
  // Nobody bumps while the transaction is open, so what is known now is all there is.
  return reader_->CatchUp(generations_);
}

Status DiskStore::LoadState() {
  auto& load = sql_.load_state;
  const auto row = load.Step();
  if (!row) return row.error();
  if (!*row) return {StatusCode::kDataLoss, "the cache file has lost its state"};
  state_ = {load.Unsigned(0), load.Unsigned(1), load.Unsigned(2), load.Unsigned(3),
            load.Unsigned(4), load.Unsigned(5), load.Unsigned(6)};
  load.Reset();
  return Status::Ok();
}

Status DiskStore::SaveState() {
  return sql_.save_state.Bind(1, state_.sequence)
      .Bind(2, state_.tag_floor)
      .Bind(3, state_.key_floor)
      .Bind(4, state_.position)
      .Bind(5, state_.entries)
      .Bind(6, state_.small_bytes)
      .Bind(7, state_.main_bytes)
      .Run();
}

Status DiskStore::InTransaction(const std::function<Status(SqliteConnection&)>& run) {
  if (Status status = Open(); !status.ok()) return status;
  SqliteTransaction transaction(*reader_->db);
  if (Status status = Begin(transaction); !status.ok()) return status;
  if (Status status = run(*reader_->db); !status.ok()) return status;
  if (Status status = SaveState(); !status.ok()) return status;
  Status status = transaction.Commit();
  file_.map().CountCommit();  // Whatever came of it.
  return status;
}

Status DiskStore::BoundLog() {
  if (file_.LogBytes() <= file_.budget().wal_bytes) return Status::Ok();
  if (Status status = Open(); !status.ok()) return status;
  SqliteConnection& db = *reader_->db;
  db.SetBusyTimeout(kLogWaitMs);
  const auto is_busy = db.Number("PRAGMA wal_checkpoint(RESTART)");
  db.SetBusyTimeout(static_cast<int>(options_.busy_timeout.count()));
  if (!is_busy) return is_busy.error();
  if (*is_busy == 0) return Status::Ok();
  return {StatusCode::kUnavailable,
          "the write-ahead log is at its bound, and a process that reads keeps it from being begun anew"};
}

Status DiskStore::Store(std::span<const std::shared_ptr<DiskWrite>> batch) {
  if (Status status = BoundLog(); !status.ok()) return status;
  std::uint64_t bytes = 0;
  for (const auto& write : batch) bytes += CostOf(write->size(), write->text.size());
  return InTransaction([&](SqliteConnection&) {
    if (Status status = MakeRoom(bytes); !status.ok()) return status;
    for (const auto& write : batch) {
      if (Status status = StoreOne(*write); !status.ok()) return status;
    }
    return MakeRoom(0);
  });
}

Status DiskStore::StoreOne(const DiskWrite& write) {
  const auto verdict = generations_.Check({write.text_hash, write.text}, write.tags, write.sequence);
  if (verdict.is_removed || verdict.is_expired || verdict.is_uncertain) {
    Count(write.text, &CacheCounts::fenced);
    return Status::Ok();
  }
  const auto found = sql_.find.Bind(1, write.hash).Step();
  if (!found) return found.error();
  Row old{write.hash};
  std::uint64_t old_stamp = 0;
  if (*found) {
    old.is_main = sql_.find.Int(0) != 0;
    old.bytes = sql_.find.Unsigned(1);
    if (write.expected_stamp) {
      const auto row = ReadDiskRow(sql_.find.Bytes(2));
      if (row) old_stamp = StampOf(row->entry);
    }
    sql_.find.Reset();
  }
  if (write.expected_stamp && *write.expected_stamp != old_stamp) {
    Count(write.text, &CacheCounts::fenced);
    return Status::Ok();
  }
  const std::string row = WriteDiskRow(write.sequence, write.tags, write.bytes);
  const std::uint64_t bytes = CostOf(row.size(), write.text.size());
  Count(write.text, &CacheCounts::stores);
  if (*found) {
    std::uint64_t& queue_bytes = old.is_main ? state_.main_bytes : state_.small_bytes;
    queue_bytes += bytes - std::min(old.bytes, queue_bytes);
    return sql_.update.Bind(1, write.hash)
        .BindText(2, write.text)
        .Bind(3, bytes)
        .Bind(4, write.drop_after.ns)
        .BindBlob(5, row)
        .Run();
  }
  const bool is_main = file_.map().TakeGhost(write.hash, state_.entries + 1);
  file_.map().SetUses(write.hash, 0);
  (is_main ? state_.main_bytes : state_.small_bytes) += bytes;
  ++state_.entries;
  return sql_.insert.Bind(1, write.hash)
      .BindText(2, write.text)
      .Bind(3, is_main ? 1 : 0)
      .Bind(4, state_.position++)
      .Bind(5, bytes)
      .Bind(6, write.drop_after.ns)
      .BindBlob(7, row)
      .Run();
}

Status DiskStore::Remove(const Row& row) {
  std::uint64_t& queue_bytes = row.is_main ? state_.main_bytes : state_.small_bytes;
  queue_bytes -= std::min(row.bytes, queue_bytes);
  state_.entries -= std::min<std::uint64_t>(1, state_.entries);
  return sql_.remove.Bind(1, row.hash).Run();
}

Status DiskStore::Delete(std::uint64_t hash) {
  return InTransaction([&](SqliteConnection&) -> Status {
    const auto found = sql_.find.Bind(1, hash).Step();
    if (!found) return found.error();
    if (!*found) return Status::Ok();
    const Row row{hash, sql_.find.Int(0) != 0, sql_.find.Unsigned(1)};
    sql_.find.Reset();
    return Remove(row);
  });
}

void DiskStore::Count(std::string_view key, std::uint64_t CacheCounts::*count) {
  const std::size_t end = key.find(':', key.find(':') + 1);
  ++(counts_[std::string(key.substr(0, end))].*count);
}

}  // namespace cairn
