#include "child.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <thread>

#include "command.h"
#include "measure.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

pid_t Fork(int core) {
  const pid_t pid = fork();
  if (pid < 0) Fail("no process can be made");
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (core == Child::kAnyCore) return 0;
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
  return 0;
}

sockaddr_in Loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// All that is answered, until the other side closes; none where nobody listens.
std::optional<std::string> Exchange(int port, const std::string& request) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = Loopback(port);
  std::optional<std::string> out;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size())) {
    out.emplace();
    char bytes[4096];
    ssize_t got = 0;
    while ((got = ::recv(fd, bytes, sizeof bytes, 0)) > 0) out->append(bytes, static_cast<std::size_t>(got));
  }
  ::close(fd);
  return out;
}

std::string RequestOf(const std::string& method, const std::string& target, const std::string& body) {
  return fmt::format("{} {} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{}", method,
                     target, body.size(), body);
}

bool IsFine(const std::optional<std::string>& answer) { return answer && answer->rfind("HTTP/1.1 2", 0) == 0; }

}  // namespace

Child::Child(const std::vector<std::string>& words, int core) {
  pid_ = Fork(core);
  if (pid_ == 0) BecomeProgram(words);
}

Child::Child(const std::function<void()>& work, int core) {
  pid_ = Fork(core);
  if (pid_ != 0) return;
  HearSignals();
  work();
  _exit(0);
}

void Child::Stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

bool Child::Runs() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
  return pid_ > 0;
}

double Child::ResidentMb() const {
  std::ifstream pages(fmt::format("/proc/{}/statm", pid_));
  double all = 0, resident = 0;
  pages >> all >> resident;
  return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 20);
}

int FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = Loopback(0);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    Fail("no free port");
  }
  ::close(fd);
  return ntohs(address.sin_port);
}

double SecondsUntilAnswer(int port, const std::string& target) {
  const Stopwatch watch;
  const std::string request = RequestOf("GET", target, "");
  while (!IsFine(Exchange(port, request))) {
    if (watch.Seconds() > 30) Fail("nobody answers at " + target);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return watch.Seconds();
}

std::string Ask(int port, const std::string& method, const std::string& target, const std::string& body) {
  const auto answer = Exchange(port, RequestOf(method, target, body));
  if (!IsFine(answer)) Fail(fmt::format("{} {}: {}", method, target, answer ? answer->substr(0, 300) : "no answer"));
  return answer->substr(answer->find("\r\n\r\n") + 4);
}

}  // namespace cairn::bench
