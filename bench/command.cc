#include "command.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "measure.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::vector<char*> ArgumentsOf(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  return arguments;
}

// Not by `fork`: copying the page tables of this process, which holds the data of all workloads, would count as the
// program's own time.
pid_t Spawn(const std::vector<std::string>& words, const std::string& folder) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd = 0; fd < 3; ++fd) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  if (!folder.empty()) posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = -1;
  const int failed = posix_spawnp(&pid, words[0].c_str(), &actions, &attributes, ArgumentsOf(words).data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : -1;
}

CommandCost Wait(const std::vector<std::string>& words, pid_t pid, const Stopwatch& watch, double* peak_mb = nullptr) {
  int status = 0;
  rusage used{};
  if (pid < 0 || wait4(pid, &status, 0, &used) != pid || (WIFEXITED(status) && WEXITSTATUS(status) == 127)) {
    Fail("cannot run " + words[0]);
  }
  if (peak_mb != nullptr) *peak_mb = static_cast<double>(used.ru_maxrss) / 1024;
  return {watch.Seconds(), Seconds(used.ru_utime) + Seconds(used.ru_stime)};
}

}  // namespace

void HearSignals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

void BecomeProgram(const std::vector<std::string>& words) {
  std::vector<char*> arguments = ArgumentsOf(words);
  HearSignals();
  const int null = ::open("/dev/null", O_RDWR);
  for (int fd = 0; fd < 3; ++fd) dup2(null, fd);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

ShellAnswer RunShell(const std::string& command) {
  ShellAnswer answer;
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return answer;
  std::array<char, 4096> bytes{};
  while (const std::size_t got = std::fread(bytes.data(), 1, bytes.size(), pipe))
    answer.output.append(bytes.data(), got);
  answer.exit_code = ::pclose(pipe);
  return answer;
}

std::optional<double> NumberOf(const std::string& command) {
  std::istringstream lines(RunShell(command).output);
  std::optional<double> out;
  for (std::string line; std::getline(lines, line);) {
    char* end = nullptr;
    const double value = std::strtod(line.c_str(), &end);
    if (end != line.c_str()) out = value;
  }
  return out;
}

CommandCost RunCommand(const std::vector<std::string>& words, const std::string& folder) {
  const Stopwatch watch;
  return Wait(words, Spawn(words, folder), watch);
}

PeakCost RunCommandForPeak(const std::vector<std::string>& words) {
  const Stopwatch watch;
  const pid_t pid = fork();
  if (pid == 0) BecomeProgram(words);
  PeakCost cost;
  static_cast<CommandCost&>(cost) = Wait(words, pid, watch, &cost.peak_mb);
  return cost;
}

bool HasCommand(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::stringstream folders(path != nullptr ? path : "/usr/bin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace cairn::bench
