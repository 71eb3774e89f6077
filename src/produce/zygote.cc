#include "produce/zygote.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <set>

#include "produce/worker_loop.h"
#include "produce/worker_wire.h"

namespace cairn {
namespace {

enum Question : std::uint32_t { kSpawn, kRetire };

Status Failed(const char* what) { return {StatusCode::kUnavailable, std::string(what) + ": " + std::strerror(errno)}; }

Status Gone() { return {StatusCode::kUnavailable, "the process that makes workers is gone"}; }

// The kernel begins a process where its parent runs, and may leave it there until that rests, which is long after both
// could have been done where another processor is free.
void StartElsewhere(pid_t pid) {
  cpu_set_t all;
  if (sched_getaffinity(0, sizeof(all), &all) != 0) return;
  cpu_set_t others = all;
  const int here = sched_getcpu();
  if (here >= 0) CPU_CLR(static_cast<unsigned>(here), &others);
  if (CPU_COUNT(&others) == 0) return;
  (void)sched_setaffinity(pid, sizeof(others), &others);
  (void)sched_setaffinity(pid, sizeof(all), &all);
}

// So that one that is stopped, or hangs, holds nobody up for ever.
void SetPatience(int socket, std::chrono::milliseconds patience) {
  const auto ms = std::max<std::int64_t>(patience.count(), 1);
  const timeval time{ms / 1000, ms % 1000 * 1000};
  (void)setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
  (void)setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
}

// Whether the process has ended before that.
bool AwaitEnd(pid_t pid, std::chrono::milliseconds patience) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0) return true;
  pollfd ended{process, POLLIN, 0};
  int polled = 0;
  do {
    polled = ::poll(&ended, 1, static_cast<int>(patience.count()));
  } while (polled < 0 && errno == EINTR);
  ::close(process);
  return polled != 0;
}

// The zygote's own life.
class Nursery {
 public:
  Nursery(int socket, const WorkerJob& job, const WorkerLimits& limits, WorkerSigns* signs)
      : socket_(socket), job_(job), limits_(limits), signs_(signs) {}

  [[noreturn]] void Run() {
    WireHeader question;
    while (ReceiveAll(socket_, reinterpret_cast<char*>(&question), sizeof(question))) {
      if (question.code == kSpawn) {
        Spawn(question.value);
      } else {
        Retire(static_cast<pid_t>(question.value));
      }
    }
    for (const pid_t worker : workers_) ::kill(worker, SIGKILL);
    _exit(0);
  }

 private:
  void Spawn(std::uint64_t slot) {
    int pair[2] = {-1, -1};
    WireHeader answer;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
      answer.code = static_cast<std::uint32_t>(errno);
      (void)SendMessage(socket_, answer, {});
      return;
    }
    const pid_t pid = fork();
    if (pid == 0) {
      ::close(socket_);
      ::close(pair[0]);
      RunWorker(pair[1], job_, limits_, signs_[slot]);
    }
    ::close(pair[1]);
    if (pid < 0) {
      answer.code = static_cast<std::uint32_t>(errno);
    } else {
      workers_.insert(pid);
      answer.value = static_cast<std::uint64_t>(pid);
    }
    (void)SendMessage(socket_, answer, {}, pid < 0 ? -1 : pair[0]);
    ::close(pair[0]);
  }

  // Nobody else waits for the worker, so its number is not given again before.
  void Retire(pid_t pid) {
    WireHeader answer;
    int status = 0;
    if (workers_.erase(pid) == 0) {
      answer.code = ESRCH;
    } else {
      ::kill(pid, SIGKILL);
      while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
      answer.value = static_cast<std::uint64_t>(status);
    }
    (void)SendMessage(socket_, answer, {});
  }

  const int socket_;
  const WorkerJob& job_;
  const WorkerLimits& limits_;
  WorkerSigns* const signs_;
  std::set<pid_t> workers_;
};

[[noreturn]] void LiveAsZygote(int socket, const WorkerJob& job, const WorkerLimits& limits, WorkerSigns* signs,
                               const std::function<void()>& prepare) {
  // Ctrl-C goes to the whole group: its owner decides what becomes of the work.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);
  std::signal(SIGPIPE, SIG_IGN);
  (void)prctl(PR_SET_NAME, "cairn-zygote");
  constexpr int kSocket = 3;
  if (socket != kSocket) dup2(socket, kSocket);
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < kSocket; ++fd) dup2(null, fd);
  close_range(kSocket + 1, ~0U, 0);
  if (prepare) prepare();
  Nursery(kSocket, job, limits, signs).Run();
}

}  // namespace

Result<std::unique_ptr<Zygote>> Zygote::Start(WorkerJob job, const WorkerLimits& limits, std::function<void()> prepare,
                                              std::size_t ahead) {
  void* shared = mmap(nullptr, kSlots * sizeof(WorkerSigns), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) return Failed("memory shared with workers");
  int pair[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
    const Status failed = Failed("a socket for workers");
    munmap(shared, kSlots * sizeof(WorkerSigns));
    return failed;
  }
  auto* signs = static_cast<WorkerSigns*>(shared);
  const pid_t pid = fork();
  if (pid == 0) {
    // The socket of the owner would keep the zygote alive when the owner dies.
    ::close(pair[0]);
    LiveAsZygote(pair[1], job, limits, signs, prepare);
  }
  ::close(pair[1]);
  if (pid > 0) StartElsewhere(pid);
  if (pid < 0) {
    const Status failed = Failed("a process for workers");
    ::close(pair[0]);
    munmap(shared, kSlots * sizeof(WorkerSigns));
    return failed;
  }
  SetPatience(pair[0], limits.patience);
  std::unique_ptr<Zygote> zygote(new Zygote(pid, pair[0], signs, limits));
  // Asked, and answered when the first of them is wanted.
  for (std::size_t slot = 0; slot < std::min(ahead, kSlots); ++slot) {
    if (!SendMessage(pair[0], {0, kSpawn, slot}, {})) break;
    ++zygote->ahead_;
  }
  return zygote;
}

void Zygote::Close() {
  const std::lock_guard lock(mutex_);
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

Zygote::~Zygote() {
  Close();
  for (const auto& [slot, made] : made_ahead_) {
    if (made) ::close(made->socket);
  }
  if (!AwaitEnd(pid_, limits_.patience)) ::kill(pid_, SIGKILL);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) continue;
  munmap(signs_, kSlots * sizeof(WorkerSigns));
}

Status Zygote::Lose() {
  ::kill(pid_, SIGKILL);
  ::close(socket_);
  socket_ = -1;
  return Gone();
}

Result<Zygote::Spawned> Zygote::TakeSpawned() {
  if (socket_ < 0) return Gone();
  WireHeader header;
  Spawned spawned;
  if (!ReceiveAll(socket_, reinterpret_cast<char*>(&header), sizeof(header), &spawned.socket)) return Lose();
  if (header.code != 0 || spawned.socket < 0) {
    errno = static_cast<int>(header.code);
    return Failed("a worker cannot be made");
  }
  spawned.pid = static_cast<pid_t>(header.value);
  return spawned;
}

void Zygote::TakeAhead(std::size_t slot) {
  for (; ahead_taken_ < ahead_ && ahead_taken_ <= slot; ++ahead_taken_) {
    made_ahead_.emplace(ahead_taken_, TakeSpawned());
  }
}

Result<Zygote::Spawned> Zygote::Spawn(std::size_t slot) {
  const std::lock_guard lock(mutex_);
  if (socket_ < 0) return Gone();
  slot %= kSlots;
  TakeAhead(slot);
  if (auto made = made_ahead_.extract(slot)) return std::move(made.mapped());
  TakeAhead(kSlots);
  if (socket_ < 0) return Gone();
  if (!SendMessage(socket_, {0, kSpawn, slot}, {})) return Lose();
  return TakeSpawned();
}

Result<int> Zygote::Retire(pid_t pid) {
  const std::lock_guard lock(mutex_);
  if (socket_ < 0) return Gone();
  TakeAhead(kSlots);
  if (socket_ < 0) return Gone();
  WireHeader header{0, kRetire, static_cast<std::uint64_t>(pid)};
  if (!SendMessage(socket_, header, {}) || !ReceiveAll(socket_, reinterpret_cast<char*>(&header), sizeof(header))) {
    return Lose();
  }
  if (header.code != 0) return Status(StatusCode::kNotFound, "no such worker");
  return static_cast<int>(header.value);
}

}  // namespace cairn
