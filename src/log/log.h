#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/file_system.h"
#include "cairn/repository.h"
#include "log/batch_reader.h"
#include "log/control.h"
#include "log/segment.h"

namespace cairn {

struct LogOptions {
  Sync sync = Sync::kAlways;
  std::uint64_t segment_bytes = std::uint64_t{256} << 20;
  bool read_only = false;
  /// The room that a segment is given ahead of short commits which follow one upon the other. 0: none.
  std::uint64_t room_bytes = 0;
  /// After so many of them.
  std::uint64_t room_after = 64;
};

/// How the name of a file in `torn/` ends that holds no torn end but batches that could not be synced.
inline constexpr std::string_view kUnsyncedSuffix = "-unsynced";

/// The files of the log that take writes: finds their end, follows what other processes append, appends, mends what
/// a crash left. Owned by the repository, which lets one thread at a time call it.
///
/// After a crash the log holds every batch whose commit line stands; what stands behind the last one is cut by the
/// next taker of the lock and kept in `torn/`. So is a whole batch that was not published and cannot be synced.
///
/// Behind the last line the active segment may have room: zeros, which the next batches are written over. A sync of a
/// file that does not grow costs half of one that does. No byte of a line is zero, so the lines end where zeros begin.
class Log {
 public:
  /// Opens the log of the store in `dir`, beginning at `tail`, the end of what the caller has folded already, in the
  /// segment whose first record is `segment`.
  /// Returns UNAVAILABLE where it cannot be read or locked.
  static Result<std::unique_ptr<Log>> Open(FileSystem& files, Clock& clock, const std::string& dir,
                                           const LogOptions& options, ControlFile& control, Seq segment,
                                           const LogTail& tail);

  using Visitor = BatchVisitor;

  /// Reads on to what is published, without a lock. Returns ABORTED where the next segment was
  /// sealed meanwhile: the caller opens the log anew.
  Status Follow(const Visitor& visit);

  /// Takes the store's lock, reads on to the end and mends it; what it visits is on the disk. On error the lock is not
  /// held.
  Status Lock(const Visitor& visit);
  /// The same for a caller that holds the store's lock already and keeps it, also on error.
  Status TakeOver(const Visitor& visit);
  void Unlock();
  /// Makes the first segment of a log that has none. The lock is held.
  Status Begin();

  /// Appends `records` as one batch, durable when it returns (as `sync` says), and publishes it. The lock is held.
  /// `meanwhile` is called with the batch when it is on its way to the disk and not yet there: what fails afterwards
  /// has been told to it.
  /// Returns RESOURCE_EXHAUSTED or UNAVAILABLE where nothing was written; UNKNOWN after a failed fdatasync: the batch
  /// is cut again and the segment takes no more writes, but the disk may still show it after a crash.
  using Meanwhile = std::function<void(const LogBatch&)>;
  Result<LogBatch> Append(std::span<const std::string_view> records, const Meanwhile& meanwhile = {});

  /// Closes the newest segment where it holds anything, so that it can be sealed. The lock is held. Where no file for
  /// the next can be made, it goes on taking writes.
  Status Roll();
  /// Cuts off the room behind the lines, where there is any, nobody wrote meanwhile, and this process wrote last or
  /// nobody did for a second: for a quiet time and the end.
  void CutRoom();
  /// fdatasync of what was appended since; for Sync::kInterval.
  Status SyncNow();

  [[nodiscard]] const LogTail& tail() const { return tail_; }
  [[nodiscard]] const std::shared_ptr<OpenSegment>& active() const { return active_; }

 private:
  Log(FileSystem& files, Clock& clock, std::string dir, const LogOptions& options, ControlFile& control)
      : files_(files), clock_(clock), dir_(std::move(dir)), options_(options), control_(control) {}

  Status OpenActive(Seq first, std::uint64_t offset);
  Status CreateSegment(Seq first);
  Status ReadActive(Seq until, Seq expected, const Visitor& visit);
  Status ReadClosed(Seq until, Seq expected, const Visitor& visit);
  Status ReadAll(Seq until, Seq expected, const Visitor& visit);
  Result<Seq> NextSegment() const;
  Status OpenWriter();
  Status Mend(bool exact, const Visitor& visit);
  Status KeepTorn(std::uint64_t bytes, std::string_view why);
  Status GoOnWhereItFits(Seq first, std::uint64_t bytes);
  // `bytes`: what the lines take, or somewhat more.
  Status WriteLines(std::span<const std::string_view> records, std::uint64_t bytes, LogBatch* batch);
  Status EndSegment(std::uint64_t keep);
  [[nodiscard]] bool IsCurrent();
  void MakeRoom(std::uint64_t bytes, Timestamp now);
  Result<std::uint64_t> FindEnd(bool exact);
  void CutZeros();
  [[nodiscard]] std::string PathOf(Seq first) const;

  FileSystem& files_;
  Clock& clock_;
  std::string dir_;  // Of the store.
  LogOptions options_;
  ControlFile& control_;

  std::shared_ptr<OpenSegment> active_;
  std::unique_ptr<AppendFile> writer_;
  LogTail tail_;
  bool unsynced_ = false;
  bool poisoned_ = false;            // The active segment takes no more writes.
  bool has_room_ = false;            // As far as was seen; true to the file while the lock is held.
  bool has_looked_ = false;          // At all that stands behind the tail, once.
  bool may_make_room_ = true;        // The disk had room for it.
  std::uint64_t room_end_ = 0;       // Of what this made.
  std::uint64_t short_commits_ = 0;  // That followed one upon the other.
  Seq own_last_;                     // Of what this appended.
};

}  // namespace cairn
