#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/file_system.h"

namespace cairn {

/// What the processes of a host say to one another without SQLite: a small mapped file. All of it may be lost: it is a
/// hint (uses, ghosts) or restored from the database (sequence). Any thread may call it.
///
///     map := magic:u64 slots:u64 sequence:u64 incarnation:u64 evictions:u64 commits:u64, zeros to byte 4096,
///            uses:u8[slots] ghosts:u64[slots]
class DiskMap {
 public:
  /// `slots`: a power of two, of a new file. Call it under the lock of those that open the cache.
  static Result<std::unique_ptr<DiskMap>> Open(FileSystem& files, const std::string& path, std::uint64_t slots);

  /// How far the generations have been bumped, by anyone.
  [[nodiscard]] const std::atomic<std::uint64_t>& sequence() const { return head()->sequence; }
  void Announce(std::uint64_t sequence);

  /// Which database file stands at the location: it changes when a damaged one is replaced.
  [[nodiscard]] std::uint64_t incarnation() const { return head()->incarnation.load(std::memory_order_acquire); }
  void SetIncarnation(std::uint64_t value) { head()->incarnation.store(value, std::memory_order_release); }

  /// How often the database was written, by anyone: a view that was taken at the same number is up to date.
  [[nodiscard]] std::uint64_t commits() const { return head()->commits.load(std::memory_order_acquire); }
  void CountCommit() { head()->commits.fetch_add(1, std::memory_order_acq_rel); }

  /// How often an entry was read since it came into its queue, at most 3. Entries may share a count.
  void Touch(std::uint64_t hash);
  [[nodiscard]] unsigned Uses(std::uint64_t hash) const;
  void SetUses(std::uint64_t hash, unsigned uses);

  /// Notes that an entry was evicted.
  void AddGhost(std::uint64_t hash);
  /// Whether it was among the last `window` evicted; it no longer is.
  bool TakeGhost(std::uint64_t hash, std::uint64_t window);

  [[nodiscard]] std::uint64_t bytes() const { return BytesOf(slots_); }
  static std::uint64_t BytesOf(std::uint64_t slots) { return kHeadBytes + slots * (1 + sizeof(std::uint64_t)); }

 private:
  static constexpr std::uint64_t kHeadBytes = 4096;
  struct Head {
    std::atomic<std::uint64_t> magic;
    std::atomic<std::uint64_t> slots;
    std::atomic<std::uint64_t> sequence;
    std::atomic<std::uint64_t> incarnation;
    std::atomic<std::uint64_t> evictions;
    std::atomic<std::uint64_t> commits;
  };
  static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

  explicit DiskMap(std::unique_ptr<Mapping> mapping, std::uint64_t slots)
      : mapping_(std::move(mapping)), slots_(slots) {}
  [[nodiscard]] Head* head() const { return reinterpret_cast<Head*>(mapping_->data()); }
  [[nodiscard]] std::atomic<std::uint8_t>& use(std::uint64_t hash) const;
  [[nodiscard]] std::atomic<std::uint64_t>& ghost(std::uint64_t hash) const;

  std::unique_ptr<Mapping> mapping_;
  std::uint64_t slots_;
};

}  // namespace cairn
