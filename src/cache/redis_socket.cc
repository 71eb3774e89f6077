#include "cache/redis_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace cairn {
namespace {

struct Address {
  sockaddr_storage bytes = {};
  socklen_t size = 0;
};

/// What the resolver's thread hands over; it may come after nobody waits any more.
struct Resolution {
  std::mutex mutex;
  std::condition_variable done_changed;
  bool done = false;
  int error = 0;
  std::vector<Address> addresses;
};

int Resolve(const RedisEndpoint& endpoint, int flags, std::vector<Address>& out) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
  if (error != 0) return error;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    Address& address = out.emplace_back();
    std::memcpy(&address.bytes, each->ai_addr, each->ai_addrlen);
    address.size = each->ai_addrlen;
  }
  freeaddrinfo(found);
  return 0;
}

Result<std::vector<Address>> ResolveWithin(const RedisEndpoint& endpoint, RedisDeadline deadline) {
  std::vector<Address> addresses;
  if (endpoint.is_socket()) {
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    if (endpoint.host.size() >= sizeof name.sun_path) {
      return Status(StatusCode::kInvalidArgument, fmt::format("{}: too long for a socket's path", endpoint.host));
    }
    std::memcpy(name.sun_path, endpoint.host.data(), endpoint.host.size());
    Address& address = addresses.emplace_back();
    std::memcpy(&address.bytes, &name, sizeof name);
    address.size = sizeof name;
    return addresses;
  }
  if (Resolve(endpoint, AI_NUMERICHOST, addresses) == 0) return addresses;

  const auto shared = std::make_shared<Resolution>();
  try {
    std::thread([shared, endpoint] {
      std::vector<Address> found;
      const int error = Resolve(endpoint, 0, found);
      const std::lock_guard lock(shared->mutex);
      shared->done = true;
      shared->error = error;
      shared->addresses = std::move(found);
      shared->done_changed.notify_all();
    }).detach();
  } catch (const std::system_error& error) {
    return Status(StatusCode::kResourceExhausted, fmt::format("resolving {}: {}", endpoint.host, error.what()));
  }
  std::unique_lock lock(shared->mutex);
  if (!shared->done_changed.wait_until(lock, deadline, [&] { return shared->done; })) {
    return Status(StatusCode::kDeadlineExceeded, fmt::format("resolving {}: no answer in time", endpoint.host));
  }
  if (shared->error != 0) {
    return Status(StatusCode::kUnavailable,
                  fmt::format("resolving {}: {}", endpoint.host, gai_strerror(shared->error)));
  }
  return std::move(shared->addresses);
}

Result<RedisSocket> ConnectTo(const Address& address, const RedisEndpoint& endpoint, RedisDeadline deadline) {
  const auto failed = [&](int error) {
    return Status(StatusCode::kUnavailable,
                  fmt::format("connecting to {}: {}", endpoint.ToString(), std::generic_category().message(error)));
  };
  RedisSocket socket(::socket(address.bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.fd() < 0) return failed(errno);
  const auto* name = reinterpret_cast<const sockaddr*>(&address.bytes);
  if (connect(socket.fd(), name, address.size) != 0) {
    if (errno != EINPROGRESS) return failed(errno);
    if (Status waited = socket.Wait(POLLOUT, deadline); !waited.ok()) {
      return waited.WithContext(fmt::format("connecting to {}", endpoint.ToString()));
    }
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return failed(error);
  }
  fcntl(socket.fd(), F_SETFL, fcntl(socket.fd(), F_GETFL) & ~O_NONBLOCK);
  if (!endpoint.is_socket()) {
    const int on = 1;
    setsockopt(socket.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  }
  return socket;
}

}  // namespace

RedisSocket& RedisSocket::operator=(RedisSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(receive_timeout_ms_, other.receive_timeout_ms_);
  return *this;
}

RedisSocket::~RedisSocket() {
  if (fd_ >= 0) close(fd_);
}

void RedisSocket::Shutdown() const { shutdown(fd_, SHUT_RDWR); }

Status RedisSocket::Wait(short events, RedisDeadline deadline) const {
  pollfd watched = {.fd = fd_, .events = events, .revents = 0};
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    const int ready = left > 0 ? poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left, 1 << 30))) : 0;
    if (ready > 0) return Status::Ok();
    if (ready == 0 && left <= (1 << 30)) return {StatusCode::kDeadlineExceeded, "no answer in time"};
    if (ready < 0 && errno != EINTR) {
      return {StatusCode::kUnavailable, fmt::format("poll: {}", std::generic_category().message(errno))};
    }
  }
}

ssize_t RedisSocket::Poll(char* out, std::size_t size) {
  RedisPolls::Turn turn(polls_);
  errno = EAGAIN;
  ssize_t received = -1;
  for (int i = 0; turn.is_granted() && i < RedisPolls::kPolls; ++i) {
    received = recv(fd_, out, size, MSG_DONTWAIT);
    if (received >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
      turn.OnAnswer();
      break;
    }
    sched_yield();
  }
  return received;
}

Result<std::size_t> RedisSocket::Receive(char* out, std::size_t size, RedisDeadline deadline) {
  while (true) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
    if (left <= 0) return Status(StatusCode::kDeadlineExceeded, "no answer in time");
    if (left != receive_timeout_ms_) {
      // As a rule each operation has the same time, so that this is seldom.
      const timeval timeout = {.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
      setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
      receive_timeout_ms_ = left;
    }
    ssize_t received = Poll(out, size);
    if (received < 0 && errno == EAGAIN) received = recv(fd_, out, size, 0);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0) return Status(StatusCode::kUnavailable, "the server closed the connection");
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return Status(StatusCode::kUnavailable, std::generic_category().message(errno));
    }
  }
}

Result<RedisSocket> ConnectRedisSocket(const RedisEndpoint& endpoint, RedisDeadline deadline) {
  const auto addresses = ResolveWithin(endpoint, deadline);
  if (!addresses) return addresses.error();
  Status last(StatusCode::kUnavailable, fmt::format("{}: no address", endpoint.host));
  for (const Address& address : *addresses) {
    Result<RedisSocket> socket = ConnectTo(address, endpoint, deadline);
    if (socket) return socket;
    last = socket.error();
  }
  return last;
}

}  // namespace cairn
