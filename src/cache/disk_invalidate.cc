#include <algorithm>

#include "base/hash.h"
#include "cache/disk_store.h"
#include "cache/glob.h"

namespace cairn {

Result<std::uint64_t> DiskStore::Invalidate(const DiskInvalidation& what, std::vector<std::string>* matched) {
  if (Status status = Open(); !status.ok()) return status;
  SqliteConnection& db = *reader_->db;
  // What was removed must stay so after a power cut, so this commit waits for the disk; those of entries need not.
  if (Status status = db.Execute("PRAGMA synchronous=FULL"); !status.ok()) return status;
  std::uint64_t count = 0;
  Status status = InTransaction([&](SqliteConnection&) -> Status {
    ++state_.sequence;
    for (const std::string& key : what.keys) {
      const auto found = InvalidateKey(what.verb, key);
      if (!found) return found.error();
      count += *found;
    }
    for (const std::string& glob : what.globs) {
      const auto found = InvalidateGlob(what.verb, glob, matched);
      if (!found) return found.error();
      count += *found;
    }
    for (const std::uint64_t tag : what.tags) {
      if (Status bumped = Bump(tag, false, what.verb); !bumped.ok()) return bumped;
    }
    constexpr std::uint64_t kLookEvery = 1024;
    const bool looks = state_.sequence % kLookEvery == 0 || what.keys.size() + what.tags.size() >= kLookEvery;
    return looks ? ForgetOldBumps() : Status::Ok();
  });
  const std::uint64_t sequence = state_.sequence;
  if (Status relaxed = db.Execute("PRAGMA synchronous=NORMAL"); status.ok()) status = relaxed;
  if (!status.ok()) return status;
  file_.map().Announce(sequence);
  if (Status known = reader_->CatchUp(generations_); !known.ok()) return known;
  return count;
}

Result<std::uint64_t> DiskStore::InvalidateKey(CacheVerb verb, const std::string& key) {
  if (Status status = Bump(Hash64(key), true, verb); !status.ok()) return status;
  if (verb == CacheVerb::kExpire) {
    if (Status status = sql_.mark_key.BindText(1, key).Run(); !status.ok()) return status;
    return static_cast<std::uint64_t>(reader_->db->changes());
  }
  std::vector<Row> rows;
  sql_.by_key.BindText(1, key);
  for (;;) {
    const auto more = sql_.by_key.Step();
    if (!more) return more.error();
    if (!*more) break;
    rows.push_back({sql_.by_key.Unsigned(0), sql_.by_key.Int(1) != 0, sql_.by_key.Unsigned(2)});
  }
  for (const Row& row : rows) {
    if (Status status = Remove(row); !status.ok()) return status;
    Count(key, &CacheCounts::removed);
  }
  return rows.size();
}

Result<std::uint64_t> DiskStore::InvalidateGlob(CacheVerb verb, const std::string& glob,
                                                std::vector<std::string>* matched) {
  SqliteConnection& db = *reader_->db;
  auto put = db.Prepare("INSERT INTO patterns(number, glob, is_remove) VALUES(?1, ?2, ?3)");
  if (!put) return put.error();
  put->Bind(1, state_.sequence).BindText(2, glob).Bind(3, verb == CacheVerb::kRemove ? 1 : 0);
  if (Status status = put->Run(); !status.ok()) return status;
  if (Status status = ForgetOldPatterns(); !status.ok()) return status;

  const std::string_view prefix = GlobPrefix(glob);
  std::vector<Row> rows;
  auto& range = sql_.by_range;
  range.BindText(1, prefix);
  for (;;) {
    const auto more = range.Step();
    if (!more) return more.error();
    if (!*more) break;
    const std::string_view key = range.Bytes(3);
    if (!key.starts_with(prefix)) {
      range.Reset();
      break;
    }
    if (!GlobMatches(glob, key)) continue;
    rows.push_back({range.Unsigned(0), range.Int(1) != 0, range.Unsigned(2)});
    if (matched != nullptr) matched->emplace_back(key);
    if (verb == CacheVerb::kRemove) Count(key, &CacheCounts::removed);
  }
  for (const Row& row : rows) {
    Status status = verb == CacheVerb::kRemove ? Remove(row) : sql_.mark.Bind(1, row.hash).Run();
    if (!status.ok()) return status;
  }
  return rows.size();
}

Status DiskStore::ForgetOldPatterns() {
  SqliteConnection& db = *reader_->db;
  const auto last = db.Number("SELECT number FROM patterns ORDER BY id DESC LIMIT 1 OFFSET " +
                              std::to_string(Generations::kPatternsMax));
  if (!last) return last.error();
  if (*last == 0) return Status::Ok();
  state_.key_floor = std::max(state_.key_floor, static_cast<std::uint64_t>(*last));
  return db.Execute(("DELETE FROM patterns WHERE number<=" + std::to_string(*last)).c_str());
}

Status DiskStore::Bump(std::uint64_t hash, bool is_key, CacheVerb verb) {
  const std::uint64_t number = state_.sequence;
  return sql_.bump.Bind(1, hash)
      .Bind(2, is_key ? 1 : 0)
      .Bind(3, verb == CacheVerb::kRemove ? number : 0)
      .Bind(4, verb == CacheVerb::kExpire ? number : 0)
      .Bind(5, number)
      .Run();
}

Status DiskStore::ForgetOldBumps() {
  SqliteConnection& db = *reader_->db;
  for (const auto& [is_key, floor] : {std::pair{"0", &state_.tag_floor}, std::pair{"1", &state_.key_floor}}) {
    const std::string of_kind = std::string("FROM generations WHERE is_key=") + is_key;
    const auto count = db.Number("SELECT count(*) " + of_kind);
    if (!count) return count.error();
    if (static_cast<std::size_t>(*count) <= Generations::kBumpsMax) continue;
    const auto middle =
        db.Number("SELECT bumped " + of_kind + " ORDER BY bumped LIMIT 1 OFFSET " + std::to_string(*count / 2));
    if (!middle) return middle.error();
    *floor = std::max(*floor, static_cast<std::uint64_t>(*middle));
    const std::string forget = "DELETE " + of_kind + " AND bumped<=" + std::to_string(*middle);
    if (Status status = db.Execute(forget.c_str()); !status.ok()) return status;
  }
  return Status::Ok();
}

}  // namespace cairn
