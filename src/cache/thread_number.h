#pragma once

namespace cairn {

/// A small number that no other living thread has, so that a thread can write to a place of its own without a locked
/// instruction. Given at the first use, free again when the thread ends. A child of fork keeps that of the thread that
/// forked; all others are free there.
class ThreadNumber {
 public:
  static constexpr int kThreadsMax = 64;
  /// Beyond `kThreadsMax` threads at once: the thread has none for good.
  static constexpr int kNone = -1;

  /// From 0 to `kThreadsMax` - 1, or `kNone`.
  static int Mine() { return mine_ != kUnasked ? mine_ : Take(); }
  /// How many threads have one.
  static int Taken();

 private:
  static constexpr int kUnasked = -2;
  static int Take();

  static constinit inline thread_local int mine_ = kUnasked;
};

}  // namespace cairn
