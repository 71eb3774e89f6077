#include "cache/redis_for_test.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <thread>

namespace cairn {
namespace {

constexpr const char* kServer = "redis-server";

[[noreturn]] void Fail(const std::string& what) {
  fmt::print(stderr, "redis_for_test: {}\n", what);
  std::abort();
}

bool IsFree(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in name = {};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool is_free = bind(fd, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  close(fd);
  return is_free;
}

/// Below those that the kernel gives to outgoing connections, so that none is taken while its server is down; and none
/// that another test has chosen, whose server may not be up yet: each holds a name of its own for its ports.
std::unique_ptr<ClaimedPort> FreePort() {
  static std::mt19937 random(std::random_device{}());
  constexpr std::uint16_t kFirst = 10'000;
  constexpr std::uint16_t kLast = 32'000;
  while (true) {
    const auto port = std::uniform_int_distribution<std::uint16_t>(kFirst, kLast)(random);
    auto claimed = std::make_unique<ClaimedPort>(port);
    if (claimed->is_mine() && IsFree(port)) return claimed;
  }
}

RedisDeadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(10); }

}  // namespace

ClaimedPort::ClaimedPort(std::uint16_t port) : port_(port), name_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  // Of no file: it begins with NUL, and ends with the socket.
  const std::string text = fmt::format("cairn-test-port-{}", port);
  text.copy(name.sun_path + 1, sizeof(name.sun_path) - 1);
  const auto bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + text.size());
  is_mine_ = bind(name_, reinterpret_cast<const sockaddr*>(&name), bytes) == 0;
}

ClaimedPort::~ClaimedPort() {
  if (name_ >= 0) close(name_);
}

void PauseForTest() { std::this_thread::sleep_for(std::chrono::milliseconds(2)); }

bool HasRedisServer() {
  const char* path = std::getenv("PATH");
  std::string_view folders = path == nullptr ? "" : path;
  while (!folders.empty()) {
    const std::string_view folder = folders.substr(0, folders.find(':'));
    folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    if (access(fmt::format("{}/{}", folder, kServer).c_str(), X_OK) == 0) return true;
  }
  return false;
}

RedisServerForTest::RedisServerForTest(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {
  std::string pattern = (std::filesystem::temp_directory_path() / "cairn-redis-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) Fail("no folder");
  dir_ = pattern;
  // Another test may take a port between the look and the start.
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    port_ = FreePort();
    bus_port_ = FreePort();
    if (TryStart()) return;
    if (attempt == kAttempts) Fail("redis-server does not start:\n" + Log());
  }
}

RedisServerForTest::~RedisServerForTest() {
  Kill();
  std::filesystem::remove_all(dir_);
}

void RedisServerForTest::Start() {
  if (!TryStart()) Fail("redis-server does not start again:\n" + Log());
}

bool RedisServerForTest::TryStart() {
  const std::string port = std::to_string(port_->port());
  const std::string bus_port = std::to_string(bus_port_->port());
  std::vector<std::string> words = {kServer,  "--port",    port,         "--bind",       "127.0.0.1", "--dir",
                                    dir_,     "--save",    "",           "--appendonly", "no",        "--cluster-port",
                                    bus_port, "--logfile", dir_ + "/log"};
  for (const std::string& argument : arguments_) words.push_back(argument == "{port}" ? port : argument);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  process_ = fork();
  if (process_ < 0) Fail("fork");
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // A test that is killed leaves no server behind.
    const int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    execvp(kServer, argv.data());
    _exit(127);
  }
  bool has_ended = false;
  const bool answers = WaitUntil([&] {
    has_ended = waitpid(process_, nullptr, WNOHANG) != 0;
    return has_ended || Answers();
  });
  if (has_ended) process_ = -1;
  return answers && !has_ended;
}

std::string RedisServerForTest::Log() const {
  std::ifstream file(dir_ + "/log");
  return {std::istreambuf_iterator<char>(file), {}};
}

bool RedisServerForTest::Answers() const {
  RedisUrl url;
  const auto transport = RedisTransport::Connect(url, endpoint(), Soon());
  if (!transport) return false;
  if (!(*transport)->Send("PING\r\n", Soon()).ok()) return false;
  // It listens before it serves, and before it has made its other sockets. One with TLS or a password refuses, or ends
  // the connection, which is an answer too.
  char answer[64];
  return (*transport)->Receive(answer, sizeof(answer), Soon()).status().code() != StatusCode::kDeadlineExceeded;
}

void RedisServerForTest::Kill() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  waitpid(process_, nullptr, 0);
  process_ = -1;
}

void RedisServerForTest::Freeze() const { kill(process_, SIGSTOP); }
void RedisServerForTest::Thaw() const { kill(process_, SIGCONT); }

RedisReply RedisServerForTest::Ask(std::initializer_list<std::string_view> words) const {
  RedisUrl url;
  auto connection = RedisConnection::Open(url, endpoint(), Soon());
  if (!connection) Fail(connection.error().ToString());
  auto reply = (*connection)->Run(words, Soon());
  if (!reply) Fail(reply.error().ToString());
  return std::move(*reply);
}

std::int64_t RedisServerForTest::Calls(std::string_view command) const {
  const std::string stats = Ask({"INFO", "commandstats"}).text;
  const std::string name = fmt::format("cmdstat_{}:calls=", command);
  const std::size_t at = stats.find(name);
  return at == std::string::npos ? 0 : std::atoll(stats.c_str() + at + name.size());
}

RedisClusterForTest::RedisClusterForTest() {
  for (std::size_t i = 0; i < 2 * kPrimaries; ++i) {
    servers_.push_back(std::make_unique<RedisServerForTest>(std::vector<std::string>{
        "--cluster-enabled", "yes", "--cluster-node-timeout", "1000", "--repl-diskless-sync-delay", "0",
        "--repl-ping-replica-period", "1", "--cluster-replica-validity-factor", "0"}));
  }
  constexpr std::size_t kSlots = 16384;
  for (std::size_t i = 0; i < kPrimaries; ++i) {
    (void)server(i).Ask({"CLUSTER", "ADDSLOTSRANGE", std::to_string(kSlots * i / kPrimaries),
                         std::to_string(kSlots * (i + 1) / kPrimaries - 1)});
  }
  for (std::size_t i = 0; i < size(); ++i) {
    (void)server(i).Ask({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    // Everyone meets everyone: gossip would take seconds.
    for (std::size_t j = 0; j < i; ++j) {
      (void)server(i).Ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(server(j).endpoint().port),
                           std::to_string(server(j).bus_port())});
    }
  }
  if (!WaitForAll([](const RedisServerForTest& server) {
        return server.Ask({"CLUSTER", "INFO"}).text.view().find("cluster_known_nodes:6") != std::string::npos;
      })) {
    Fail("the cluster does not meet");
  }
  for (std::size_t i = kPrimaries; i < size(); ++i) {
    (void)server(i).Ask({"CLUSTER", "REPLICATE", IdOf(i - kPrimaries)});
  }
  if (!WaitForAll([](const RedisServerForTest& server) {
        return server.Ask({"CLUSTER", "INFO"}).text.view().find("cluster_state:ok") != std::string::npos;
      })) {
    Fail("the cluster does not come up");
  }
}

bool RedisClusterForTest::WaitForAll(const std::function<bool(const RedisServerForTest&)>& holds) const {
  return WaitUntil([&] {
    return std::all_of(servers_.begin(), servers_.end(), [&](const auto& server) { return holds(*server); });
  });
}

void RedisClusterForTest::AwaitReplicas() const {
  const auto follows = [](const RedisServerForTest& server) {
    // Each range is listed with its owner and one replica.
    const RedisReply slots = server.Ask({"CLUSTER", "SLOTS"});
    const std::string replication = server.Ask({"INFO", "replication"}).text;
    return std::all_of(slots.elements.begin(), slots.elements.end(),
                       [](const RedisReply& range) { return range.elements.size() == 4; }) &&
           (replication.find("role:master") != std::string::npos ||
            replication.find("link_status:up") != std::string::npos);
  };
  if (!WaitForAll(follows)) Fail("the replicas do not follow");
}

std::string RedisClusterForTest::url() const {
  return fmt::format("redis://{},{}", server(0).endpoint().ToString(), server(1).endpoint().ToString());
}

std::string RedisClusterForTest::IdOf(std::size_t index) const { return server(index).Ask({"CLUSTER", "MYID"}).text; }

void RedisClusterForTest::BeginMove(std::uint16_t slot, std::size_t from, std::size_t to) const {
  (void)server(to).Ask({"CLUSTER", "SETSLOT", std::to_string(slot), "IMPORTING", IdOf(from)});
  (void)server(from).Ask({"CLUSTER", "SETSLOT", std::to_string(slot), "MIGRATING", IdOf(to)});
}

void RedisClusterForTest::MoveKey(const std::string& key, std::size_t from, std::size_t to) const {
  const RedisReply reply =
      server(from).Ask({"MIGRATE", "127.0.0.1", std::to_string(server(to).endpoint().port), key, "0", "5000"});
  if (reply.is_error()) Fail(reply.text);
}

void RedisClusterForTest::EndMove(std::uint16_t slot, std::size_t to) const {
  // The new owner first: https://redis.io/commands/cluster-setslot/
  (void)server(to).Ask({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", IdOf(to)});
  for (std::size_t i = 0; i < kPrimaries; ++i) {
    (void)server(i).Ask({"CLUSTER", "SETSLOT", std::to_string(slot), "NODE", IdOf(to)});
  }
}

void RedisClusterForTest::MoveSlot(std::uint16_t slot, std::size_t from, std::size_t to) const {
  BeginMove(slot, from, to);
  const RedisReply keys = server(from).Ask({"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), "10000"});
  for (const RedisReply& key : keys.elements) MoveKey(key.text, from, to);
  EndMove(slot, to);
}

}  // namespace cairn
