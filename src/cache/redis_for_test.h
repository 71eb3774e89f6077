#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cache/redis_connection.h"

namespace cairn {

/// Whether this machine has redis-server, which `./dev test` installs; tests that need it fail otherwise.
bool HasRedisServer();
inline constexpr const char* kNoRedisServer = "redis-server is not installed (Debian: apt-get install redis-server)";

/// A port of this machine that no other test chooses as long as this is there.
class ClaimedPort {
 public:
  explicit ClaimedPort(std::uint16_t port);
  ~ClaimedPort();
  ClaimedPort(const ClaimedPort&) = delete;
  ClaimedPort& operator=(const ClaimedPort&) = delete;

  [[nodiscard]] bool is_mine() const { return is_mine_; }
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  std::uint16_t port_;
  int name_;
  bool is_mine_ = false;
};

/// A private server on a free port of this machine, with a folder of its own, keeping nothing on disk unless
/// `arguments` say otherwise (`{port}` stands for the port). Killed with the test.
class RedisServerForTest {
 public:
  /// Returns once it answers; a test that cannot start one ends the process, since nothing else makes sense.
  explicit RedisServerForTest(std::vector<std::string> arguments = {});
  RedisServerForTest(const RedisServerForTest&) = delete;
  RedisServerForTest& operator=(const RedisServerForTest&) = delete;
  ~RedisServerForTest();

  /// As by a power cut. Its port stays free for `Start`.
  void Kill();
  void Start();
  /// Stops answering without closing anything, as a machine that hangs; `Thaw` lets it go on.
  void Freeze() const;
  void Thaw() const;

  [[nodiscard]] RedisEndpoint endpoint() const { return {"127.0.0.1", port_->port()}; }
  [[nodiscard]] std::uint16_t bus_port() const { return bus_port_->port(); }
  [[nodiscard]] std::string url() const { return "redis://" + endpoint().ToString(); }
  [[nodiscard]] const std::string& dir() const { return dir_; }

  /// Runs one command over a connection of its own.
  [[nodiscard]] RedisReply Ask(std::initializer_list<std::string_view> words) const;
  /// `calls` of a command since the last CONFIG RESETSTAT, e.g. of `get`.
  [[nodiscard]] std::int64_t Calls(std::string_view command) const;

 private:
  bool TryStart();
  [[nodiscard]] bool Answers() const;
  [[nodiscard]] std::string Log() const;

  const std::vector<std::string> arguments_;
  std::string dir_;
  std::unique_ptr<ClaimedPort> port_;
  std::unique_ptr<ClaimedPort> bus_port_;  ///< Of the cluster's own messages.
  pid_t process_ = -1;
};

/// Six of them as a cluster: three that own the slots, and a replica of each.
class RedisClusterForTest {
 public:
  RedisClusterForTest();

  static constexpr std::size_t kPrimaries = 3;
  /// The first three own the slots in equal parts; server `i + 3` is a replica of server `i`.
  [[nodiscard]] RedisServerForTest& server(std::size_t index) const { return *servers_[index]; }
  [[nodiscard]] std::size_t size() const { return servers_.size(); }
  /// Names the first two as doors.
  [[nodiscard]] std::string url() const;
  /// Until each replica has what its primary has, and everybody knows it: before a primary is killed.
  void AwaitReplicas() const;
  /// Moves a slot to another primary at once, all of its keys with it.
  void MoveSlot(std::uint16_t slot, std::size_t from, std::size_t to) const;
  /// Opens a move and leaves it open: keys that are not there any more are asked for at `to`.
  void BeginMove(std::uint16_t slot, std::size_t from, std::size_t to) const;
  void MoveKey(const std::string& key, std::size_t from, std::size_t to) const;
  void EndMove(std::uint16_t slot, std::size_t to) const;

 private:
  [[nodiscard]] bool WaitForAll(const std::function<bool(const RedisServerForTest&)>& holds) const;
  [[nodiscard]] std::string IdOf(std::size_t index) const;

  std::vector<std::unique_ptr<RedisServerForTest>> servers_;
};

void PauseForTest();

/// Waits until `holds` does, at most half a minute: for what other processes do. Returns whether it does.
template <typename Condition>
bool WaitUntil(Condition holds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) return false;
    PauseForTest();
  }
  return true;
}

}  // namespace cairn
