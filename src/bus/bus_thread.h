#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "bus/fact_match.h"
#include "cairn/bus.h"

namespace cairn {

/// One who is told, as the thread that tells him sees him.
struct BusEntry {
  BusEntry(SubscribeOptions options_in, FactHandler handler_in, FactMatch match_in, Seq from)
      : options(std::move(options_in)), handler(std::move(handler_in)), match(std::move(match_in)), position(from) {}

  using Clock = std::chrono::steady_clock;
  const SubscribeOptions options;
  const FactHandler handler;
  // Of the thread that tells.
  FactMatch match;
  std::vector<Fact> batch;  // What the handler was called with, and is to be called with again.
  Seq batch_end;
  std::uint32_t failed = 0;
  Clock::time_point not_before;
  // Guarded by the bus's mutex.
  Seq position;
  SubscriptionStats stats;
  bool is_stopped = false;
};

/// The subscribers of a bus, and the thread that tells them.
class Bus::Impl {
 public:
  explicit Impl(std::shared_ptr<Repository> repository);
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { Close(); }

  [[nodiscard]] Repository& repository() { return *repository_; }
  void Add(const std::shared_ptr<BusEntry>& entry);
  void Stop(BusEntry& entry);
  void Close();
  template <typename Read>
  auto Locked(Read read) const {
    const std::lock_guard lock(mutex_);
    return read();
  }

 private:
  void Run();
  /// From here to `Leave` its own functions may be called; false where it was stopped.
  bool Enter(const BusEntry& entry);
  void Leave();
  /// Does what there is to do for one; false where there is nothing but to wait.
  bool Step(BusEntry& entry);
  /// Fills its batch; false where nothing new is there.
  bool Gather(BusEntry& entry);
  void Call(BusEntry& entry);
  void Fail(BusEntry& entry, const Status& why);
  void Wait(const std::vector<std::shared_ptr<BusEntry>>& entries);

  const std::shared_ptr<Repository> repository_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by mutex_.
  std::vector<std::shared_ptr<BusEntry>> entries_;
  const BusEntry* called_ = nullptr;
  bool is_closed_ = false;
  // Of the thread: the page that was read last, since most of them read the same one.
  Seq page_from_;
  TailPage page_;

  std::thread thread_;
};

}  // namespace cairn
