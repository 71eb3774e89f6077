#include "cache/disk_pool.h"

#include <utility>

namespace cairn {

Result<std::unique_ptr<DiskReader>> DiskReader::Open(const DiskFile& file) {
  auto reader = std::make_unique<DiskReader>();
  reader->incarnation = file.map().incarnation();
  auto db = file.Connect();
  if (!db) return db.error();
  reader->db = std::move(*db);
  const std::pair<SqliteStatement*, const char*> statements[] = {
      {&reader->begin, "BEGIN"},
      {&reader->end, "COMMIT"},
      {&reader->entry, "SELECT key, expired, row, drop_after FROM entries WHERE hash = ?1"},
      {&reader->state, "SELECT sequence, tag_floor, key_floor FROM state"},
      {&reader->patterns, "SELECT number, glob, is_remove FROM patterns WHERE number > ?1 ORDER BY number, id"},
      {&reader->bumps, "SELECT hash, is_key, removed, expired FROM generations WHERE bumped > ?1"},
  };
  for (const auto& [statement, sql] : statements) {
    auto prepared = reader->db->Prepare(sql);
    if (!prepared) return prepared.error();
    *statement = std::move(*prepared);
  }
  return reader;
}

Status DiskReader::CatchUp(Generations& generations) {
  // The state first: bumps that come in between are then applied early, never late.
  const auto row = state.Step();
  if (!row) return row.error();
  if (!*row) return {StatusCode::kDataLoss, "the cache file has lost its state"};
  const std::uint64_t sequence = state.Unsigned(0);
  const Generations::Floors floors{.tags = state.Unsigned(1), .keys = state.Unsigned(2)};
  state.Reset();
  sequence_ = sequence;
  if (sequence <= generations.applied()) return Status::Ok();
  std::vector<Generations::Bump> found;
  bumps.Bind(1, generations.applied());
  for (;;) {
    const auto more = bumps.Step();
    if (!more) return more.error();
    if (!*more) break;
    found.push_back({bumps.Unsigned(0), bumps.Int(1) != 0, bumps.Unsigned(2), bumps.Unsigned(3)});
  }
  std::vector<Generations::Pattern> globs;
  patterns.Bind(1, generations.applied());
  for (;;) {
    const auto more = patterns.Step();
    if (!more) return more.error();
    if (!*more) break;
    globs.push_back({patterns.Unsigned(0), std::string(patterns.Bytes(1)), patterns.Int(2) != 0});
  }
  generations.Apply(found, globs, sequence, floors);
  return Status::Ok();
}

Status DiskReader::KeepView(std::uint64_t commits, std::int64_t now_ns, Generations& generations) {
  // What was invalidated after the view was taken may be forgotten by name already: the row must show it.
  if (has_view_ && commits == commits_ && sequence_ == generations.applied() && now_ns - began_ns_ < kViewMaxNs) {
    return Status::Ok();
  }
  if (Status status = EndView(); !status.ok()) return status;
  if (Status status = begin.Run(); !status.ok()) return status;
  has_view_ = true;
  commits_ = commits;
  began_ns_ = now_ns;
  return CatchUp(generations);
}

Status DiskReader::EndView() { return std::exchange(has_view_, false) ? end.Run() : Status::Ok(); }

Result<std::unique_ptr<DiskReader>> DiskPool::Take() {
  std::vector<std::unique_ptr<DiskReader>> outdated;
  {
    const std::lock_guard lock(mutex_);
    while (!idle_.empty()) {
      std::unique_ptr<DiskReader> reader = std::move(idle_.back());
      idle_.pop_back();
      if (reader->incarnation == file_.map().incarnation()) return reader;
      outdated.push_back(std::move(reader));
    }
  }
  return DiskReader::Open(file_);
}

void DiskPool::GiveBack(std::unique_ptr<DiskReader> reader) {
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kKept) idle_.push_back(std::move(reader));
}

void DiskPool::EndViews() {
  const std::lock_guard lock(mutex_);
  // One that cannot end it is of no use any more.
  std::erase_if(idle_, [](const auto& reader) { return !reader->EndView().ok(); });
}

void DiskPool::Clear() {
  std::vector<std::unique_ptr<DiskReader>> idle;
  const std::lock_guard lock(mutex_);
  idle.swap(idle_);
}

}  // namespace cairn
