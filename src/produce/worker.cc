#include "produce/worker.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "produce/worker_wire.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// How often an idle broker looks whether the work is to be given up.
constexpr milliseconds kLook{50};
constexpr std::size_t kReceiveBytes = std::size_t{64} << 10;

std::uint64_t MicrosecondsSince(std::chrono::steady_clock::time_point begun) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun).count());
}

double Seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

// It ends by itself, and the zygote clears it away with its own end: nobody waits for that.
Worker::~Worker() {
  if (pid_ >= 0) ::close(socket_);
}

Status Worker::Begin() {
  if (pid_ >= 0 && tasks_ < zygote_.limits().tasks_max) return Status::Ok();
  End();
  auto spawned = zygote_.Spawn(slot_);
  if (!spawned) return spawned.error();
  pid_ = spawned->pid;
  socket_ = spawned->socket;
  tasks_ = 0;
  received_begin_ = received_end_ = 0;
  return Status::Ok();
}

int Worker::End() {
  if (pid_ < 0) return 0;
  ::close(socket_);
  const auto status = zygote_.Retire(pid_);
  pid_ = -1;
  socket_ = -1;
  received_begin_ = received_end_ = 0;
  ++restarts_;
  return status ? *status : 0;
}

void Worker::BeginTasks(std::size_t tasks) {
  begun_ = progressed_ = std::chrono::steady_clock::now();
  progress_ = zygote_.Progress(slot_);
  tasks_begun_before_ = zygote_.Begun(slot_);
  total_ = zygote_.limits().total * static_cast<std::int64_t>(tasks);
}

bool Worker::Send(const Task& task, bool before_others) {
  ++tasks_;
  WireHeader header;
  header.bytes = static_cast<std::uint32_t>(task.request.size());
  header.code = before_others ? kTaskBeforeOthers : kLastTask;
  return SendMessage(socket_, header, task.request, task.fd);
}

Worker::Answer Worker::Run(const Task& task, const std::function<Status()>& keep_going) {
  if (Status begun = Begin(); !begun.ok()) return {begun};
  BeginTasks(1);
  if (!Send(task, false)) {
    // It died between two tasks, so not of this one.
    End();
    return {Status(StatusCode::kUnavailable, "the worker was gone")};
  }
  return Receive(keep_going);
}

std::vector<Worker::Answer> Worker::RunAll(std::span<const Task> tasks, const std::function<Status()>& keep_going) {
  std::vector<Answer> answers;
  std::size_t culprit = tasks.size();
  if (tasks.size() > 1 && Begin().ok()) {
    BeginTasks(tasks.size());
    std::size_t sent = 0;
    while (sent < tasks.size() && Send(tasks[sent], sent + 1 < tasks.size())) ++sent;
    // Where it died of one while others were on their way, what it has answered counts.
    if (sent < tasks.size() && errno != EPIPE && errno != ECONNRESET) End();
    while (pid_ >= 0 && answers.size() < tasks.size()) {
      Answer answer = Receive(keep_going);
      if (answer.killed) {
        // It reads them in their order, and gives some answers together: those that are missing tell nothing.
        const std::uint64_t begun = zygote_.Begun(slot_) - tasks_begun_before_;
        if (begun != 0) culprit = begun - 1;
        break;
      }
      const bool given_up = pid_ < 0;
      answers.resize(given_up ? tasks.size() : answers.size() + 1, answer);
    }
  }
  while (answers.size() < tasks.size()) {
    const bool is_culprit = answers.size() == culprit;
    Answer& answer = answers.emplace_back(Run(tasks[answers.size()], keep_going));
    answer.kills += is_culprit ? 1 : 0;
  }
  return answers;
}

Worker::Answer Worker::Receive(const std::function<Status()>& keep_going) {
  WireHeader header;
  Status read = Read(reinterpret_cast<char*>(&header), sizeof(header), keep_going);
  if (!read.ok()) return Died(read);
  const bool sound = header.bytes <= zygote_.limits().answer_bytes_max &&
                     header.code <= static_cast<std::uint32_t>(StatusCode::kUnauthenticated);
  if (!sound) return Died({StatusCode::kInternal, "the worker answered with what is no answer"});
  std::string text(header.bytes, '\0');
  read = Read(text.data(), text.size(), keep_going);
  if (!read.ok()) return Died(read);
  const auto code = static_cast<StatusCode>(header.code);
  Answer answer{code == StatusCode::kOk ? Result<std::string>(std::move(text)) : Status(code, std::move(text))};
  answer.took = std::chrono::microseconds(std::min<std::uint64_t>(header.value, MicrosecondsSince(begun_)));
  return answer;
}

Status Worker::Read(char* out, std::size_t bytes, const std::function<Status()>& keep_going) {
  while (bytes != 0) {
    if (received_begin_ == received_end_) {
      if (Status filled = Fill(keep_going); !filled.ok()) return filled;
    }
    const std::size_t taken = std::min(bytes, received_end_ - received_begin_);
    std::memcpy(out, received_.get() + received_begin_, taken);
    received_begin_ += taken;
    out += taken;
    bytes -= taken;
  }
  return Status::Ok();
}

Status Worker::Fill(const std::function<Status()>& keep_going) {
  const WorkerLimits& limits = zygote_.limits();
  if (!received_) received_ = std::make_unique_for_overwrite<char[]>(kReceiveBytes);
  for (;;) {
    pollfd ready{socket_, POLLIN, 0};
    const int polled = ::poll(&ready, 1, static_cast<int>(kLook.count()));
    if (polled > 0) {
      const ssize_t got = ::recv(socket_, received_.get(), kReceiveBytes, MSG_DONTWAIT);
      if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return {StatusCode::kInternal, "it died"};
      if (got < 0) continue;
      received_begin_ = 0;
      received_end_ = static_cast<std::size_t>(got);
      return Status::Ok();
    }
    const auto now = std::chrono::steady_clock::now();
    if (const std::uint64_t progress = zygote_.Progress(slot_); progress != progress_) {
      progress_ = progress;
      progressed_ = now;
    }
    if (now - begun_ > total_) {
      return {StatusCode::kDeadlineExceeded, fmt::format("not done after {:.3g} s", Seconds(total_))};
    }
    if (now - progressed_ > limits.stall) {
      return {StatusCode::kDeadlineExceeded, fmt::format("no progress for {:.3g} s", Seconds(limits.stall))};
    }
    if (keep_going) {
      if (Status go_on = keep_going(); !go_on.ok()) return go_on;
    }
  }
}

Worker::Answer Worker::Died(const Status& why) {
  const int status = End();
  if (why.code() == StatusCode::kCancelled) return {why};
  Answer answer{why, true, 1};
  answer.took = std::chrono::microseconds(MicrosecondsSince(begun_));
  if (why.code() == StatusCode::kDeadlineExceeded) return answer;
  if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL) {
    answer.result = Result<std::string>(StatusCode::kInternal,
                                        fmt::format("the worker died of SIG{}", sigabbrev_np(WTERMSIG(status))));
  } else if (WIFEXITED(status) && WEXITSTATUS(status) != 0) {
    answer.result =
        Result<std::string>(StatusCode::kInternal, fmt::format("the worker ended with code {}", WEXITSTATUS(status)));
  } else {
    // Not by us: the kernel, short of memory.
    answer.result = Result<std::string>(StatusCode::kResourceExhausted, "the worker was killed from outside");
  }
  return answer;
}

}  // namespace cairn
