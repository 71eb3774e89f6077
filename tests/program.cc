#include "program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

namespace cairn {
namespace {

// Gives the child its input and takes what it writes, whichever it is ready for.
void Exchange(std::string_view input, int in, int out, int err, ProgramEnd& end) {
  std::array<pollfd, 3> ends = {pollfd{in, POLLOUT, 0}, pollfd{out, POLLIN, 0}, pollfd{err, POLLIN, 0}};
  const auto drop = [](pollfd& state) {
    ::close(state.fd);
    state.fd = -1;
  };
  if (input.empty()) drop(ends[0]);
  while (ends[1].fd >= 0 || ends[2].fd >= 0) {
    ::poll(ends.data(), ends.size(), -1);
    if (ends[0].fd >= 0 && ends[0].revents != 0) {
      const ssize_t wrote = ::write(in, input.data(), input.size());
      if (wrote > 0) input.remove_prefix(static_cast<std::size_t>(wrote));
      if (wrote <= 0 || input.empty()) drop(ends[0]);
    }
    for (std::size_t i : {1U, 2U}) {
      if (ends[i].fd < 0 || ends[i].revents == 0) continue;
      std::array<char, 65536> block;
      const ssize_t got = ::read(ends[i].fd, block.data(), block.size());
      if (got > 0) (i == 1 ? end.out : end.err).append(block.data(), static_cast<std::size_t>(got));
      if (got <= 0) drop(ends[i]);
    }
  }
  if (ends[0].fd >= 0) drop(ends[0]);
}

}  // namespace

ProgramEnd RunProgram(const std::string& path, const ProgramStart& start) {
  std::signal(SIGPIPE, SIG_IGN);
  std::array<std::array<int, 2>, 3> pipes;
  for (auto& ends : pipes) {
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) std::abort();
  }
  std::vector<const char*> argv{path.c_str()};
  for (const std::string& arg : start.args) argv.push_back(arg.c_str());
  argv.push_back(nullptr);

  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(pipes[0][0], STDIN_FILENO);
    ::dup2(pipes[1][1], STDOUT_FILENO);
    ::dup2(pipes[2][1], STDERR_FILENO);
    ::unsetenv("CAIRN_STORE");
    for (const auto& [name, value] : start.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (!start.folder.empty() && ::chdir(start.folder.c_str()) != 0) ::_exit(126);
    std::signal(SIGPIPE, SIG_DFL);
    ::execv(path.c_str(), const_cast<char* const*>(argv.data()));
    ::_exit(127);
  }
  ::close(pipes[0][0]);
  ::close(pipes[1][1]);
  ::close(pipes[2][1]);
  ::fcntl(pipes[0][1], F_SETFL, O_NONBLOCK);
  ProgramEnd end;
  Exchange(start.input, pipes[0][1], pipes[1][0], pipes[2][0], end);
  int state = 0;
  ::waitpid(child, &state, 0);
  if (WIFEXITED(state)) end.code = WEXITSTATUS(state);
  return end;
}

}  // namespace cairn
