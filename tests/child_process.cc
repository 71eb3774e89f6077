#include "child_process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace cairn {
namespace {

constexpr std::string_view kRoleFlag = "--cairn-role=";
constexpr int kChildOut = 3;

std::map<std::string, ChildRole::Run>& Roles() {
  static std::map<std::string, ChildRole::Run> roles;
  return roles;
}

std::vector<std::string> CommandLine() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> out;
  for (std::string arg; std::getline(in, arg, '\0');) out.push_back(arg);
  return out;
}

// Runs before the first test, and instead of all of them in a process that has a role.
class RoleEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    const std::vector<std::string> args = CommandLine();
    if (args.size() < 2 || !args[1].starts_with(kRoleFlag)) return;
    const auto role = Roles().find(args[1].substr(kRoleFlag.size()));
    if (role == Roles().end()) _exit(127);
    _exit(role->second({args.begin() + 2, args.end()}, kChildOut));
  }
};

const auto* const kEnvironment = testing::AddGlobalTestEnvironment(new RoleEnvironment);

}  // namespace

ChildRole::ChildRole(const char* name, Run run) { Roles()[name] = run; }

ChildProcess::ChildProcess(const std::string& role, const std::vector<std::string>& args) {
  int pipe_ends[2];
  if (pipe2(pipe_ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  std::vector<std::string> words = {"/proc/self/exe", std::string(kRoleFlag) + role};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    // Nothing but system calls between fork and exec: other threads may hold any lock.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nothing = open("/dev/null", O_WRONLY);
    dup2(nothing, STDOUT_FILENO);
    if (pipe_ends[1] == kChildOut) {
      fcntl(kChildOut, F_SETFD, 0);
    } else {
      dup2(pipe_ends[1], kChildOut);
    }
    execv(pointers[0], pointers.data());
    _exit(126);
  }
  close(pipe_ends[1]);
  out_ = pipe_ends[0];
  if (pid_ < 0) throw std::runtime_error("no process");
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), out_(std::exchange(other.out_, -1)), rest_(std::move(other.rest_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(out_, other.out_);
  std::swap(rest_, other.rest_);
  return *this;
}

ChildProcess::~ChildProcess() {
  if (pid_ > 0) Kill();
  if (out_ >= 0) close(out_);
}

bool ChildProcess::ReadLines(std::chrono::steady_clock::time_point until,
                             const std::function<void(const std::string&)>& line) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd waits{out_, POLLIN, 0};
    if (poll(&waits, 1, static_cast<int>(std::max<long>(0, left))) == 0) return true;
    char buffer[4096];
    const ssize_t got = read(out_, buffer, sizeof buffer);
    if (got <= 0) return false;
    rest_.append(buffer, static_cast<std::size_t>(got));
    std::size_t begin = 0;
    for (std::size_t end; (end = rest_.find('\n', begin)) != std::string::npos; begin = end + 1) {
      line(rest_.substr(begin, end - begin));
    }
    rest_.erase(0, begin);
    if (left <= 0) return true;
  }
}

void ChildProcess::Kill() {
  kill(pid_, SIGKILL);
  (void)Wait();
}

int ChildProcess::Wait() {
  if (pid_ <= 0) return -1;
  int status = 0;
  waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace cairn
