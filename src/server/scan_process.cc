#include "server/scan_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace cairn {
namespace {

// Of what a process says, at most so much is kept.
constexpr std::size_t kSaidMax = 64 * 1024;

struct Pipe {
  int read = -1;
  int write = -1;
  ~Pipe() {
    for (const int fd : {read, write}) {
      if (fd >= 0) ::close(fd);
    }
  }
  bool Open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

// Appends what can be read now, the oldest of it dropped beyond the bound. False at its end.
bool Take(int fd, std::string* out) {
  std::array<char, 4096> room{};
  const ssize_t got = ::read(fd, room.data(), room.size());
  if (got < 0) return errno == EINTR;
  if (got == 0) return false;
  out->append(room.data(), static_cast<std::size_t>(got));
  if (out->size() > kSaidMax) out->erase(0, out->size() - kSaidMax);
  return true;
}

}  // namespace

ScanProcess::ScanProcess(std::string program) : program_(program.empty() ? "/proc/self/exe" : std::move(program)) {}

ScanProcess::~ScanProcess() {
  Interrupt();
  const std::lock_guard thread_lock(thread_mutex_);
  if (thread_.joinable()) thread_.join();
}

Status ScanProcess::Start(const std::vector<std::string>& arguments) {
  const std::lock_guard thread_lock(thread_mutex_);
  if (is_running()) return {StatusCode::kAlreadyExists, "this service scans already: wait for it, or stop it"};
  if (thread_.joinable()) thread_.join();
  Pipe out;
  Pipe err;
  if (!out.Open() || !err.Open()) return {StatusCode::kUnavailable, "no pipe can be made"};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, err.write, STDERR_FILENO);
  // A server may have blocked or set aside the signals by which a scan is stopped.
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t defaults;
  ::sigemptyset(&none);
  ::sigemptyset(&defaults);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) ::sigaddset(&defaults, signal);
  ::posix_spawnattr_setsigmask(&attributes, &none);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> words = arguments;
  words.insert(words.begin(), "cairn");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  const int failed = ::posix_spawn(&pid, program_.c_str(), &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (failed == E2BIG)
    return {StatusCode::kInvalidArgument, "paths and patterns are longer than a process may be told"};
  if (failed != 0) {
    return {StatusCode::kUnavailable,
            fmt::format("no process can be made: {}", std::generic_category().message(failed))};
  }
  {
    const std::lock_guard lock(mutex_);
    pid_ = pid;
  }
  thread_ = std::thread([this, pid, from_out = std::exchange(out.read, -1), from_err = std::exchange(err.read, -1)] {
    Attend(pid, from_out, from_err);
  });
  return Status::Ok();
}

void ScanProcess::Attend(pid_t pid, int out, int err) {
  Ended ended;
  std::array<pollfd, 2> fds{pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  std::array<std::string*, 2> texts{&ended.said, &ended.wrong};
  while (fds[0].fd >= 0 || fds[1].fd >= 0) {
    if (::poll(fds.data(), fds.size(), -1) < 0) continue;
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].fd < 0 || fds[i].revents == 0 || Take(fds[i].fd, texts[i])) continue;
      ::close(fds[i].fd);
      fds[i].fd = -1;
    }
  }
  int status = 0;
  // Its number is its own until it was waited for: an interrupt before that meets nobody else.
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) continue;
  const std::lock_guard lock(mutex_);
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  pid_ = 0;
  ended_ = std::move(ended);
}

bool ScanProcess::Interrupt() {
  const std::lock_guard lock(mutex_);
  return pid_ != 0 && ::kill(pid_, SIGINT) == 0;
}

bool ScanProcess::is_running() {
  const std::lock_guard lock(mutex_);
  return pid_ != 0;
}

std::optional<ScanProcess::Ended> ScanProcess::ended() {
  const std::lock_guard lock(mutex_);
  return ended_;
}

}  // namespace cairn
