#include "rival_redis.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>
#include <vector>

#include "scratch.h"

namespace cairn::bench {
namespace {

constexpr int kTries = 500;
constexpr std::chrono::milliseconds kPause(10);

// Whichever the kernel picks; nobody else takes it in the moment before the server does.
std::uint16_t FreePort() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  const bool is_bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&name), size) == 0 &&
                        ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0;
  ::close(fd);
  if (!is_bound) Fail("no free port for Redis");
  return ntohs(name.sin_port);
}

}  // namespace

RedisServer::RedisServer(std::string folder) : port_(FreePort()) {
  std::vector<std::string> words = {
      "redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir", std::move(folder),
      "--save",       "",       "--appendonly",        "no"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  process_ = ::fork();
  if (process_ < 0) Fail("fork");
  if (process_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // A run that is interrupted leaves no server behind.
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    const int null = ::open("/dev/null", O_RDWR);
    ::dup2(null, STDIN_FILENO);
    ::dup2(null, STDOUT_FILENO);
    ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  for (int i = 0; i < kTries; ++i) {
    std::this_thread::sleep_for(kPause);
    if (::waitpid(process_, nullptr, WNOHANG) != 0) break;
    redisContext* context = redisConnect("127.0.0.1", port_);
    const bool answers = context != nullptr && context->err == 0;
    redisFree(context);
    if (answers) return;
  }
  Fail("redis-server does not start; it is in Debian's package redis-server");
}

RedisServer::~RedisServer() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

RedisRival::RedisRival(const RedisServer& server) : context_(redisConnect("127.0.0.1", server.port())) {
  if (context_ == nullptr || context_->err != 0) Fail("Redis cannot be reached");
  redisEnableKeepAlive(context_.get());
}

void RedisRival::Set(std::string_view key, std::string_view value) {
  reply_.reset(static_cast<redisReply*>(
      redisCommand(context_.get(), "SET %b %b", key.data(), key.size(), value.data(), value.size())));
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_STATUS) Fail("Redis stored nothing");
}

std::string_view RedisRival::Get(std::string_view key) {
  std::array<const char*, 2> words = {"GET", key.data()};
  const std::array<std::size_t, 2> sizes = {3, key.size()};
  reply_.reset(static_cast<redisReply*>(redisCommandArgv(context_.get(), 2, words.data(), sizes.data())));
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_STRING) Fail("Redis found no value");
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

}  // namespace cairn::bench
