#include "produce/worker_wire.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace cairn {
namespace {

union Ancillary {
  char bytes[CMSG_SPACE(sizeof(int))];
  cmsghdr align;
};

// What a request is hardly ever longer than.
constexpr std::size_t kTextAtFirst = 1024;

// Some bytes, at most one descriptor kept.
ssize_t Receive(int socket, iovec* parts, std::size_t count, int* fd) {
  Ancillary ancillary{};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = count;
  message.msg_control = ancillary.bytes;
  message.msg_controllen = sizeof(ancillary.bytes);
  ssize_t got = -1;
  do {
    got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (got < 0 && errno == EINTR);
  if (got <= 0) return got;
  for (cmsghdr* control = CMSG_FIRSTHDR(&message); control != nullptr; control = CMSG_NXTHDR(&message, control)) {
    if (control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS) continue;
    int came = -1;
    std::memcpy(&came, CMSG_DATA(control), sizeof(int));
    if (fd != nullptr && *fd < 0) {
      *fd = came;
    } else {
      ::close(came);
    }
  }
  return got;
}

}  // namespace

bool SendMessage(int socket, const WireHeader& header, std::string_view text, int fd) {
  iovec parts[2] = {{const_cast<WireHeader*>(&header), sizeof(header)}, {const_cast<char*>(text.data()), text.size()}};
  std::size_t first = 0;
  Ancillary ancillary{};
  while (first < 2) {
    ssize_t sent = 0;
    if (fd >= 0) {
      msghdr message{};
      message.msg_iov = parts + first;
      message.msg_iovlen = 2 - first;
      message.msg_control = ancillary.bytes;
      message.msg_controllen = sizeof(ancillary.bytes);
      cmsghdr* control = CMSG_FIRSTHDR(&message);
      control->cmsg_level = SOL_SOCKET;
      control->cmsg_type = SCM_RIGHTS;
      control->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(control), &fd, sizeof(int));
      sent = sendmsg(socket, &message, MSG_NOSIGNAL);
    } else {
      sent = writev(socket, parts + first, static_cast<int>(2 - first));  // All that the sandbox lets a worker do.
    }
    if (sent < 0) {
      if (errno == EINTR) continue;
      return false;
    }
    fd = -1;
    auto left = static_cast<std::size_t>(sent);
    while (first < 2 && left >= parts[first].iov_len) left -= parts[first++].iov_len;
    if (first < 2) {
      parts[first].iov_base = static_cast<char*>(parts[first].iov_base) + left;
      parts[first].iov_len -= left;
    }
  }
  return true;
}

bool ReceiveAll(int socket, char* out, std::size_t bytes, int* fd) {
  if (fd != nullptr) *fd = -1;
  while (bytes != 0) {
    iovec part{out, bytes};
    const ssize_t got = Receive(socket, &part, 1, fd);
    if (got <= 0) return false;
    out += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool ReceiveMessage(int socket, WireHeader& header, std::string& text, int& fd) {
  fd = -1;
  text.resize(kTextAtFirst);
  iovec parts[2] = {{&header, sizeof(header)}, {text.data(), text.size()}};
  const ssize_t received = Receive(socket, parts, 2, &fd);
  if (received <= 0) return false;
  const auto got = static_cast<std::size_t>(received);
  if (got < sizeof(header)) {
    if (!ReceiveAll(socket, reinterpret_cast<char*>(&header) + got, sizeof(header) - got)) return false;
    text.resize(header.bytes);
    return ReceiveAll(socket, text.data(), text.size());
  }
  const std::size_t of_text = got - sizeof(header);
  if (of_text > header.bytes) return false;
  text.resize(header.bytes);
  return ReceiveAll(socket, text.data() + of_text, text.size() - of_text);
}

}  // namespace cairn
