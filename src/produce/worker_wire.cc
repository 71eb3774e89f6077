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
    Ancillary ancillary{};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = ancillary.bytes;
    message.msg_controllen = sizeof(ancillary.bytes);
    const ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
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
    out += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace cairn
