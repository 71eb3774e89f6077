#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <mutex>
#include <vector>

namespace cairn {

/// Something that waits on its thread until others let it go on.
class Parked {
 public:
  Parked() = default;
  Parked(const Parked&) = delete;
  Parked& operator=(const Parked&) = delete;
  virtual ~Parked() = default;
  /// Called once, on its own thread, before it is destroyed.
  virtual void GoOn() = 0;
};

/// What of one thread goes on: the thread is woken once for all that others let go on meanwhile.
class ResumeQueue : public std::enable_shared_from_this<ResumeQueue> {
 public:
  explicit ResumeQueue(boost::asio::io_context& context) : context_(context) {}
  ResumeQueue(const ResumeQueue&) = delete;
  ResumeQueue& operator=(const ResumeQueue&) = delete;
  ~ResumeQueue() = default;

  /// Any thread may call it.
  void Add(std::unique_ptr<Parked> parked);
  /// Before the context ends: nothing goes on any more.
  void Close();

 private:
  friend class ResumeTogether;
  void Wake();
  void GoOn();

  boost::asio::io_context& context_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::vector<std::unique_ptr<Parked>> waiting_;
  bool is_awake_ = false;  // `GoOn` is on its way.
  bool is_closed_ = false;

  std::vector<std::unique_ptr<Parked>> going_;  // Of the thread.
};

/// While one lives, those that its thread lets go on wait for its end: a thread that is woken for the first of them
/// would take the processor from the one that has not named the others yet.
class ResumeTogether {
 public:
  ResumeTogether();
  ResumeTogether(const ResumeTogether&) = delete;
  ResumeTogether& operator=(const ResumeTogether&) = delete;
  ~ResumeTogether();

 private:
  friend class ResumeQueue;
  static thread_local ResumeTogether* current;
  std::vector<std::shared_ptr<ResumeQueue>> queues_;
};

}  // namespace cairn
