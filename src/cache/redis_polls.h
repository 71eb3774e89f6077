#pragma once

#include <atomic>

namespace cairn {

/// Decides whether a thread that waits for an answer looks for it a few times before it sleeps. From a server on this
/// host or next to it the answer comes sooner than a sleeping thread is woken up, and a hit is a fifth faster; from far
/// away looking is a waste, so that it is given up for a while each time it was in vain. Between two looks the
/// processor is offered to others, and at most half of the processors look at once. One of each connection.
class RedisPolls {
 public:
  static constexpr int kPolls = 64;          ///< About 20 us.
  static constexpr int kRestAfterVain = 64;  ///< Answers for which nobody looks then.

  /// The right to look `kPolls` times, during its life.
  class Turn {
   public:
    explicit Turn(RedisPolls& polls);
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn();
    [[nodiscard]] bool is_granted() const { return is_granted_; }
    /// It came while this thread looked.
    void OnAnswer() { has_answer_ = true; }

   private:
    RedisPolls& polls_;
    bool is_granted_ = false;
    bool has_answer_ = false;
  };

 private:
  static std::atomic<int> turns_;
  int rest_ = 0;
};

}  // namespace cairn
