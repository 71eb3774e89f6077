#include <algorithm>

#include "cache/disk_row.h"
#include "cache/disk_store.h"

// How the disk level keeps to its quota: S3-FIFO as in memory, its queues ordered by `position`, uses and ghosts in the
// mapped file.

namespace cairn {
namespace {

constexpr std::uint64_t kPageBytes = 4096;
constexpr unsigned kUsesToStay = 2;
constexpr int kEvictedAtOnce = 8;

}  // namespace

Result<bool> DiskStore::IsFull(std::uint64_t bytes) {
  std::int64_t pages = 0;
  for (const auto& [statement, sign] : {std::pair{&sql_.pages, 1}, std::pair{&sql_.free_pages, -1}}) {
    const auto row = statement->Step();
    if (!row) return row.error();
    pages += sign * statement->Int(0);
    statement->Reset();
  }
  const bool too_many = options_.entries != 0 && state_.entries > options_.entries;
  return too_many || static_cast<std::uint64_t>(pages) * kPageBytes + bytes > file_.budget().pages_bytes;
}

Status DiskStore::MakeRoom(std::uint64_t bytes) {
  for (;;) {
    const auto full = IsFull(bytes);
    if (!full) return full.error();
    if (!*full) return Status::Ok();
    for (int i = 0; i < kEvictedAtOnce; ++i) {
      const auto evicted = EvictOne();
      if (!evicted) return evicted.error();
      if (!*evicted) return Status::Ok();
      if (options_.entries != 0 && state_.entries == options_.entries) break;
    }
  }
}

Result<bool> DiskStore::EvictOne() {
  // Where the counts are off after a crash of old, an empty queue is not asked twice.
  bool main_is_empty = false;
  bool small_is_empty = false;
  while (!main_is_empty || !small_is_empty) {
    const std::uint64_t total = state_.small_bytes + state_.main_bytes;
    const bool from_main = !main_is_empty && (small_is_empty || state_.main_bytes > total - total / 10);
    auto& oldest = sql_.oldest;
    const auto found = oldest.Bind(1, from_main ? 1 : 0).Step();
    if (!found) return found.error();
    if (!*found) {
      (from_main ? main_is_empty : small_is_empty) = true;
      (from_main ? state_.main_bytes : state_.small_bytes) = 0;
      continue;
    }
    const Row row{oldest.Unsigned(0), from_main, oldest.Unsigned(1)};
    const bool is_expired = oldest.Int(2) <= clock_.Now().ns;
    const std::string key(oldest.Bytes(3));
    oldest.Reset();
    DiskMap& map = file_.map();
    const unsigned uses = map.Uses(row.hash);
    const bool stays = !is_expired && uses >= (from_main ? 1 : kUsesToStay);
    if (stays) {
      map.SetUses(row.hash, from_main ? uses - 1 : 0);
      if (!from_main) {
        state_.small_bytes -= std::min(row.bytes, state_.small_bytes);
        state_.main_bytes += row.bytes;
      }
      if (Status status = sql_.promote.Bind(1, row.hash).Bind(2, state_.position++).Run(); !status.ok()) return status;
      main_is_empty = false;
      continue;
    }
    if (!from_main && !is_expired) map.AddGhost(row.hash);
    Count(key, is_expired ? &CacheCounts::expired : &CacheCounts::evicted);
    if (Status status = Remove(row); !status.ok()) return status;
    return true;
  }
  return false;
}

Result<bool> DiskStore::Sweep(std::size_t rows) {
  bool is_end = false;
  const Status status = InTransaction([&](SqliteConnection& db) -> Status {
    struct Dead {
      Row row;
      std::string key;
      bool is_removed;
    };
    std::vector<Dead> dead;
    const std::int64_t now = clock_.Now().ns;
    constexpr std::uint64_t kFirst = std::uint64_t{1} << 63;  // Hashes are ordered as signed numbers.
    auto& sweep = sql_.sweep;
    sweep.Bind(1, swept_to_ ^ kFirst).Bind(2, static_cast<std::int64_t>(rows));
    std::size_t seen = 0;
    for (;; ++seen) {
      const auto more = sweep.Step();
      if (!more) return more.error();
      if (!*more) break;
      swept_to_ = sweep.Unsigned(0) ^ kFirst;
      const auto row = ReadDiskRow(sweep.Bytes(5));
      // Keys are deleted as they are invalidated, so tags alone are asked.
      const bool is_removed = !row || generations_.Check({}, row->tags, row->sequence).is_removed;
      if (!is_removed && sweep.Int(3) > now) continue;
      dead.push_back(
          {{sweep.Unsigned(0), sweep.Int(1) != 0, sweep.Unsigned(2)}, std::string(sweep.Bytes(4)), is_removed});
    }
    is_end = seen < rows;
    if (is_end) swept_to_ = 0;
    for (const Dead& one : dead) {
      Count(one.key, one.is_removed ? &CacheCounts::removed : &CacheCounts::expired);
      if (Status removed = Remove(one.row); !removed.ok()) return removed;
    }
    // Pages that are free for good go back to the disk, a few at a time.
    return db.Execute("PRAGMA incremental_vacuum(64)");
  });
  if (!status.ok()) return status;
  return is_end;
}

}  // namespace cairn
