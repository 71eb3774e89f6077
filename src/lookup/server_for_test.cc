#include "lookup/server_for_test.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>

namespace cairn {
namespace {

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string Small(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

TestServer::Request Parse(const std::string& head) {
  TestServer::Request out;
  const std::size_t target = head.find(' ') + 1;
  out.target = head.substr(target, head.find(' ', target) - target);
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) out.headers[Small(line.substr(0, colon))] = line.substr(colon + 2);
    at = end;
  }
  return out;
}

}  // namespace

TestServer::TestServer() {
  listen_fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (::bind(listen_fd_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listen_fd_, 64) != 0 ||
      ::getsockname(listen_fd_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { Accept(); });
}

TestServer::~TestServer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    ::shutdown(listen_fd_, SHUT_RDWR);
    for (const int fd : open_) ::shutdown(fd, SHUT_RDWR);
  }
  changed_.notify_all();
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  ::close(listen_fd_);
}

std::string TestServer::url() const { return fmt::format("http://127.0.0.1:{}", port_); }

void TestServer::AnswerInTurn(const std::string& target, std::vector<Reply> replies) {
  const std::lock_guard lock(mutex_);
  replies_[target] = {replies.begin(), replies.end()};
}

void TestServer::AwaitHeld(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return held_ >= count; });
}

void TestServer::Release() {
  const std::lock_guard lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

std::vector<TestServer::Request> TestServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t TestServer::connections() const {
  const std::lock_guard lock(mutex_);
  return connections_;
}

void TestServer::Accept() {
  for (;;) {
    const int fd = ::accept4(listen_fd_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard lock(mutex_);
    if (ending_ || fd < 0) {
      if (fd >= 0) ::close(fd);
      return;
    }
    const int now = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &now, sizeof(now));
    ++connections_;
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { Serve(fd); });
  }
}

void TestServer::Serve(int fd) {
  std::string buffer;
  for (;;) {
    std::size_t end = 0;
    while ((end = buffer.find("\r\n\r\n")) == std::string::npos) {
      char bytes[4096];
      const ssize_t got = ::recv(fd, bytes, sizeof(bytes), 0);
      if (got <= 0) break;
      buffer.append(bytes, static_cast<std::size_t>(got));
    }
    if (end == std::string::npos) break;
    Request request = Parse(buffer.substr(0, end + 2));
    buffer.erase(0, end + 4);
    const auto length = request.headers.find("content-length");
    const std::size_t bytes = length == request.headers.end() ? 0 : std::stoul(length->second);
    while (buffer.size() < bytes) {
      char more[16'384];
      const ssize_t got = ::recv(fd, more, sizeof(more), 0);
      if (got <= 0) break;
      buffer.append(more, static_cast<std::size_t>(got));
    }
    if (buffer.size() < bytes) break;
    request.body = buffer.substr(0, bytes);
    buffer.erase(0, bytes);
    if (!Send(fd, request, ReplyTo(request))) break;
  }
  const std::lock_guard lock(mutex_);
  std::erase(open_, fd);
  ::close(fd);
}

TestServer::Reply TestServer::ReplyTo(const Request& request) {
  std::unique_lock lock(mutex_);
  requests_.push_back(request);
  const auto found = replies_.find(request.target);
  Reply out{404, "{\"error\":\"not found\"}"};
  if (found != replies_.end() && !found->second.empty()) {
    out = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
  }
  if (out.held || out.silent) {
    ++held_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return ending_ || (released_ && !out.silent); });
  }
  return out;
}

bool TestServer::Send(int fd, const Request& request, const Reply& reply) {
  const auto match = request.headers.find("if-none-match");
  const bool known = !reply.etag.empty() && match != request.headers.end() && match->second == reply.etag;
  const std::string body = known ? "" : reply.body;
  std::string head = fmt::format("HTTP/1.1 {} Reply\r\n", known ? 304 : reply.status);
  if (!reply.etag.empty()) head += fmt::format("ETag: {}\r\n", reply.etag);
  for (const auto& [name, value] : reply.headers) head += fmt::format("{}: {}\r\n", name, value);
  if (reply.endless_body == 0) head += fmt::format("Content-Length: {}\r\n", body.size());
  if (reply.cut_head) {
    SendAll(fd, head + "Content-");
    return false;
  }
  if (!SendAll(fd, head + "\r\n")) return false;
  if (reply.cut) {
    SendAll(fd, std::string_view(body).substr(0, body.size() / 2));
    return false;
  }
  if (!SendAll(fd, body)) return false;
  if (reply.endless_body == 0) return true;
  const std::string block(std::size_t{64} << 10, ' ');
  for (std::size_t sent = 0; sent < reply.endless_body; sent += block.size()) {
    if (!SendAll(fd, block)) return false;
  }
  return false;
}

}  // namespace cairn
