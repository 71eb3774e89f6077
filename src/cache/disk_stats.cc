#include <algorithm>

#include "cache/disk_level.h"
#include "cache/stats_codec.h"

// What all processes have counted, kept with the entries so that a command line can tell.

namespace cairn {
namespace {

constexpr std::int64_t kAccessesMax = 100'000;

}  // namespace

Status DiskLevel::AddStats(std::span<const CacheOperationStats> operations) {
  return OnStore([&](DiskStore& store) {
    return store.InTransaction([&](SqliteConnection& db) -> Status {
      auto get = db.Prepare("SELECT counts FROM stats WHERE operation=?1");
      if (!get) return get.error();
      auto put = db.Prepare("INSERT INTO stats VALUES(?1, ?2) ON CONFLICT DO UPDATE SET counts=?2");
      if (!put) return put.error();
      for (const CacheOperationStats& stats : operations) {
        const auto row = get->BindText(1, stats.operation).Step();
        if (!row) return row.error();
        CacheOperationStats sum = *row ? ReadOperationStats(stats.operation, get->Bytes(0)) : CacheOperationStats();
        get->Reset();
        sum.Add(stats);
        const std::string bytes = WriteOperationStats(sum);
        if (Status status = put->BindText(1, stats.operation).BindBlob(2, bytes).Run(); !status.ok()) return status;
      }
      return Status::Ok();
    });
  });
}

Result<std::vector<CacheOperationStats>> DiskLevel::AllStats() {
  std::vector<CacheOperationStats> all;
  const Status status = OnReader([&](DiskReader& reader) -> Status {
    auto select = reader.db->Prepare("SELECT operation, counts FROM stats ORDER BY operation");
    if (!select) return select.error();
    for (;;) {
      const auto more = select->Step();
      if (!more) return more.error();
      if (!*more) break;
      all.push_back(ReadOperationStats(std::string(select->Bytes(0)), select->Bytes(1)));
    }
    // A key begins with its source and operation, each behind a colon.
    auto standing = reader.db->Prepare(
        "SELECT substr(key, 1, instr(key, ':') + instr(substr(key, instr(key, ':') + 1), ':') - 1), count(*), "
        "sum(bytes) "
        "FROM entries GROUP BY 1");
    if (!standing) return standing.error();
    for (;;) {
      const auto more = standing->Step();
      if (!more) return more.error();
      if (!*more) return Status::Ok();
      const std::string operation(standing->Bytes(0));
      auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.operation == operation; });
      if (at == all.end()) at = all.insert(all.end(), ReadOperationStats(operation, {}));
      at->disk.entries = standing->Unsigned(1);
      at->disk.bytes = standing->Unsigned(2);
    }
  });
  if (!status.ok()) return status;
  return all;
}

Status DiskLevel::AddAccesses(std::span<const CacheAccess> accesses) {
  return OnStore([&](DiskStore& store) {
    return store.InTransaction([&](SqliteConnection& db) -> Status {
      auto get = db.Prepare("SELECT count, last, interval FROM accesses WHERE key=?1");
      if (!get) return get.error();
      auto put = db.Prepare("INSERT OR REPLACE INTO accesses VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
      if (!put) return put.error();
      for (const CacheAccess& seen : accesses) {
        const auto row = get->BindText(1, seen.key).Step();
        if (!row) return row.error();
        std::uint64_t count = seen.count;
        std::int64_t interval = 0;
        if (*row) {
          count += get->Unsigned(0);
          interval = get->Int(2);
          // The uses since the last look, spread over the time between.
          const auto since =
              (seen.last.ns - get->Int(1)) / static_cast<std::int64_t>(std::max<std::uint64_t>(1, seen.count));
          constexpr std::int64_t kWeight = 4;  // A quarter for the newest.
          if (since > 0) interval = interval == 0 ? since : interval + (since - interval) / kWeight;
        }
        get->Reset();
        put->BindText(1, seen.key).Bind(2, count).Bind(3, seen.last.ns).Bind(4, interval);
        put->Bind(5, std::int64_t{seen.load_time.count()}).Bind(6, seen.expires.ns);
        if (Status status = put->Run(); !status.ok()) return status;
      }
      const auto total = db.Number("SELECT count(*) FROM accesses");
      if (!total) return total.error();
      if (*total <= kAccessesMax) return Status::Ok();
      const std::string forget =
          std::string(
              "DELETE FROM accesses WHERE key IN (SELECT key FROM accesses ORDER BY last DESC LIMIT -1 OFFSET ") +
          std::to_string(kAccessesMax) + ")";
      return db.Execute(forget.c_str());
    });
  });
}

Result<std::vector<CacheAccess>> DiskLevel::Accesses(std::size_t limit) {
  std::vector<CacheAccess> found;
  const Status status = OnReader([&](DiskReader& reader) -> Status {
    auto select = reader.db->Prepare(
        "SELECT key, count, last, interval, load_time, expires FROM accesses ORDER BY count DESC, key LIMIT ?1");
    if (!select) return select.error();
    select->Bind(1, static_cast<std::int64_t>(limit));
    for (;;) {
      const auto more = select->Step();
      if (!more) return more.error();
      if (!*more) return Status::Ok();
      found.push_back({std::string(select->Bytes(0)), select->Unsigned(1), Timestamp{select->Int(2)},
                       std::chrono::nanoseconds(select->Int(3)), std::chrono::nanoseconds(select->Int(4)),
                       Timestamp{select->Int(5)}});
    }
  });
  if (!status.ok()) return status;
  return found;
}

}  // namespace cairn
