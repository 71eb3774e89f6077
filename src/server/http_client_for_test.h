#pragma once

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace cairn {

/// A peer that may send anything: bytes go out as they are given.
class RawPeer {
 public:
  struct Answer {
    int status = 0;  ///< 0: the connection ended without one.
    std::map<std::string, std::string> headers;
    std::string body;
  };

  /// `address` as the server tells it: `http://127.0.0.1:1234`, `unix:/path`.
  explicit RawPeer(const std::string& address) {
    if (address.starts_with("unix:")) {
      fd_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
      sockaddr_un to{};
      to.sun_family = AF_UNIX;
      address.copy(to.sun_path, sizeof to.sun_path - 1, 5);
      EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
      return;
    }
    fd_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1)));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to), 0);
  }
  RawPeer(const RawPeer&) = delete;
  RawPeer& operator=(const RawPeer&) = delete;
  ~RawPeer() { ::close(fd_); }

  /// False where the server has ended the connection.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  void EndSending() { ::shutdown(fd_, SHUT_WR); }

  /// Awaits one answer, ten seconds at the most.
  Answer Read(bool has_body = true) {
    Answer answer;
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!More()) return answer;
    }
    const std::string head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    answer.status = std::atoi(head.c_str() + head.find(' ') + 1);
    for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
      const std::size_t line_end = head.find("\r\n", at);
      const std::size_t colon = head.find(": ", at);
      answer.headers[head.substr(at, colon - at)] = head.substr(colon + 2, line_end - colon - 2);
      at = line_end + 2;
    }
    const auto length = answer.headers.find("Content-Length");
    const std::size_t bytes = !has_body || length == answer.headers.end() ? 0 : std::stoul(length->second);
    while (buffer_.size() < bytes) {
      if (!More()) return {};
    }
    answer.body = buffer_.substr(0, bytes);
    buffer_.erase(0, bytes);
    return answer;
  }
  /// All bytes up to `text`, it included; what came where it does not come within ten seconds.
  std::string ReadUntil(std::string_view text) {
    std::size_t at = 0;
    while ((at = buffer_.find(text)) == std::string::npos) {
      if (!More()) return std::exchange(buffer_, {});
    }
    std::string out = buffer_.substr(0, at + text.size());
    buffer_.erase(0, out.size());
    return out;
  }
  Answer Ask(std::string_view bytes) {
    Send(bytes);
    return Read();
  }
  Answer Get(std::string_view target) { return Ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n"); }
  Answer Post(std::string_view target, std::string_view body, std::string_view headers = {}) {
    return Ask("POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
               std::to_string(body.size()) + "\r\n" + std::string(headers) + "\r\n" + std::string(body));
  }
  /// Whether the server ends the connection within ten seconds.
  bool AwaitEnd() {
    buffer_.clear();
    while (More()) buffer_.clear();
    return is_ended_;
  }

 private:
  bool More() {
    constexpr int kPatienceMs = 10'000;
    pollfd state{fd_, POLLIN, 0};
    if (::poll(&state, 1, kPatienceMs) != 1) return false;
    char bytes[65536];
    const ssize_t got = ::recv(fd_, bytes, sizeof bytes, 0);
    is_ended_ = got <= 0;
    if (got > 0) buffer_.append(bytes, static_cast<std::size_t>(got));
    return got > 0;
  }

  int fd_ = -1;
  bool is_ended_ = false;
  std::string buffer_;
};

}  // namespace cairn
