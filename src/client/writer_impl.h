#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "cairn/client.h"
#include "client/spill.h"

namespace cairn {

/// The queue of a `RecordWriter`, and the thread that empties it.
struct RecordWriter::Impl {
  using Clock = std::chrono::steady_clock;
  using Records = std::deque<std::string>;

  Impl(std::shared_ptr<Repository> repository_in, const RecordWriterOptions& options_in,
       std::unique_ptr<Spill> spill_in)
      : repository(std::move(repository_in)), options(options_in), spill(std::move(spill_in)) {
    NoteSpill();
    thread = std::thread([this] {
      while (Step()) {
      }
    });
  }

  // On the thread.
  bool Step();
  void Wait();
  void TakeBatch();
  /// What stands on disk goes first.
  bool SendSpilled();
  /// Sends from the front as much as makes a batch; what is settled is taken away. False where something has to be sent
  /// again.
  bool SendFront(Records& records);
  void SpillBatch();
  void NoteSpill();
  void FailedWith(const Status& status);
  void Settle(std::size_t count, std::uint64_t bytes, bool is_spilled);
  void End();
  [[nodiscard]] bool HasSpilled() const { return spill != nullptr && !spill->empty(); }

  [[nodiscard]] bool IsReady(Clock::time_point now) const;  // Under mutex.
  Status Wanted(std::chrono::milliseconds timeout);

  const std::shared_ptr<Repository> repository;
  const RecordWriterOptions options;

  // Of the thread alone.
  std::unique_ptr<Spill> spill;
  Records replaying;  // Of the oldest segment, what is not settled yet.
  bool is_replaying = false;
  Records sending;  // Out of the queue, and not settled yet.
  bool is_spill_full = false;
  bool is_disk_full = false;  // That was no bound of the spill's own.
  std::uint32_t failures = 0;
  Clock::time_point next_try = Clock::time_point::min();

  mutable std::mutex mutex;
  std::condition_variable changed;   // For the thread.
  std::condition_variable progress;  // For those who wait for it.
  // Guarded by mutex.
  Records queue;
  Clock::time_point oldest;        // When the front of the queue came.
  std::uint64_t queued_bytes = 0;  // In the queue.
  std::uint64_t wanted = 0;        // Somebody waits for so many of those added: no linger.
  std::uint64_t settled = 0;       // Of those added, in their order: answered or on disk.
  bool has_spilled = false;
  bool is_closing = false;
  bool is_stopping = false;
  bool is_running = true;
  RecordWriterStats stats;  // Its `waiting_bytes` is what the bound is about.

  std::mutex close_mutex;
  bool is_closed = false;  // Guarded by close_mutex.
  Status closed_with;      // Guarded by close_mutex.
  std::thread thread;
};

}  // namespace cairn
