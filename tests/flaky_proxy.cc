#include "flaky_proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <random>
#include <thread>
#include <vector>

namespace cairn {
namespace {

sockaddr_in Loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool SendAll(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = ::send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

struct FlakyProxy::Impl {
  void Accept() {
    while (!is_stopping) {
      pollfd state{listener, POLLIN, 0};
      if (::poll(&state, 1, 20) != 1) continue;
      const int client = ::accept(listener, nullptr, nullptr);
      if (client < 0) continue;
      const std::lock_guard lock(mutex);
      threads.emplace_back([this, client, fate = random()] { Serve(client, fate); });
    }
  }

  void Serve(int client, std::uint64_t fate) {
    const bool is_bad = !is_good;
    // How many bytes go either way before it is cut: in a head, in a body, or after some requests.
    constexpr std::uint64_t kBytes[] = {1'000'000, 400, 200'000, 50'000};
    const std::uint64_t left = is_bad ? fate / 8 % kBytes[fate % 4] : ~std::uint64_t{0};
    const bool answers_itself = is_bad && fate % 4 == 3 && fate / 4 % 2 == 0;
    if (is_bad) ++spoiled;
    if (answers_itself) {
      char bytes[4096];
      (void)::recv(client, bytes, sizeof bytes, 0);
      const std::string answer = fate / 8 % 2 == 0
                                     ? "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbusy"
                                     : "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      SendAll(client, answer.data(), answer.size());
    } else {
      Pass(client, left);
    }
    ::close(client);
  }

  void Pass(int client, std::uint64_t left) {
    const int server = ::socket(AF_INET, SOCK_STREAM, 0);
    const sockaddr_in to = Loopback(target);
    if (target != 0 && ::connect(server, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) {
      std::vector<char> bytes(16'384);
      bool is_open = true;
      while (is_open && !is_stopping) {
        pollfd states[2] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(states, 2, 20) <= 0) continue;
        for (int side = 0; side < 2 && is_open; ++side) {
          if (states[side].revents == 0) continue;
          const ssize_t got = ::recv(side == 0 ? client : server, bytes.data(), bytes.size(), 0);
          is_open = got > 0;
          if (!is_open) break;
          const auto some = std::min<std::uint64_t>(left, static_cast<std::uint64_t>(got));
          is_open = SendAll(side == 0 ? server : client, bytes.data(), some) && some == static_cast<std::uint64_t>(got);
          left -= some;
        }
      }
    }
    ::close(server);
  }

  int listener = -1;
  std::uint16_t port = 0;
  std::atomic<std::uint16_t> target = 0;
  std::atomic<bool> is_good = false;
  std::atomic<bool> is_stopping = false;
  std::atomic<std::uint64_t> spoiled = 0;
  std::mutex mutex;
  std::mt19937_64 random;            // Guarded by mutex.
  std::vector<std::thread> threads;  // Guarded by mutex.
  std::thread acceptor;
};

FlakyProxy::FlakyProxy(std::uint16_t target, std::uint64_t seed) : impl_(std::make_unique<Impl>()) {
  impl_->target = target;
  impl_->random.seed(seed);
  impl_->listener = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = Loopback(0);
  ::bind(impl_->listener, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  ::listen(impl_->listener, 128);
  socklen_t size = sizeof address;
  ::getsockname(impl_->listener, reinterpret_cast<sockaddr*>(&address), &size);
  impl_->port = ntohs(address.sin_port);
  impl_->acceptor = std::thread([this] { impl_->Accept(); });
}

FlakyProxy::~FlakyProxy() {
  impl_->is_stopping = true;
  impl_->acceptor.join();
  for (std::thread& thread : impl_->threads) thread.join();
  ::close(impl_->listener);
}

std::string FlakyProxy::address() const { return "http://127.0.0.1:" + std::to_string(impl_->port); }
void FlakyProxy::Target(std::uint16_t port) { impl_->target = port; }
void FlakyProxy::BeGood() { impl_->is_good = true; }
std::uint64_t FlakyProxy::spoiled() const { return impl_->spoiled; }

}  // namespace cairn
