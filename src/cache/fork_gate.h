#pragma once

#include <atomic>
#include <cstdint>

namespace cairn {

/// Keeps a fork from happening in the middle of work that a child could not clean up after, and tells the child. What
/// SQLite knows of its locks is copied by a fork, the locks are not: the child must close what it inherited before it
/// opens anew, and can do so only if nothing was under way. Any thread may call it.
class ForkGate {
 public:
  ForkGate();
  ForkGate(const ForkGate&) = delete;
  ForkGate& operator=(const ForkGate&) = delete;
  ~ForkGate();

  /// Whether this process is not the one that made the gate.
  [[nodiscard]] bool is_child() const { return forks_seen() != forks_; }
  /// How many forks lie between this process and the first.
  static std::uint64_t forks_seen() { return forks_seen_.load(std::memory_order_relaxed); }

  /// Work during which no fork happens. Short, not nested, and calls nothing of the user's.
  class Pass {
   public:
    explicit Pass(ForkGate& gate) : gate_(gate) { gate_.Enter(); }
    Pass(const Pass&) = delete;
    Pass& operator=(const Pass&) = delete;
    ~Pass() { gate_.inside_.fetch_sub(1, std::memory_order_release); }

   private:
    ForkGate& gate_;
  };

 private:
  friend struct ForkGates;
  void Enter();
  void Close();
  void Open() { is_closed_.store(false, std::memory_order_release); }

  static std::atomic<std::uint64_t> forks_seen_;

  const std::uint64_t forks_;
  std::atomic<std::uint32_t> inside_ = 0;
  std::atomic<bool> is_closed_ = false;
};

}  // namespace cairn
