#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// Where one Redis server listens. A host that begins with `/` is a Unix socket.
struct RedisEndpoint {
  std::string host;
  std::uint16_t port = 6379;

  /// `host:port`, `[v6]:port`, or the socket's path.
  [[nodiscard]] std::string ToString() const;
  [[nodiscard]] bool is_socket() const { return !host.empty() && host.front() == '/'; }
  friend bool operator==(const RedisEndpoint&, const RedisEndpoint&) = default;
};

/// How to reach a Redis server or cluster, as one line of configuration says it:
///
///     redis://[[user]:password@]host[:port][,host[:port]...][/db][?option&...]
///     rediss://...            the same over TLS; options ca=FILE, cert=FILE, key=FILE
///     unix:///path[?db=N]     a socket
///
/// User and password are percent-encoded. Several hosts are several doors to one cluster. Whether it is a cluster, the
/// server says.
struct RedisUrl {
  std::vector<RedisEndpoint> doors;  ///< At least one.
  std::string user;                  ///< Empty: `default`.
  std::string password;              ///< Empty: no AUTH.
  int db = 0;                        ///< A cluster has only 0.
  bool tls = false;
  std::string ca_file;    ///< Empty: the system's.
  std::string cert_file;  ///< Empty: no client certificate.
  std::string key_file;

  /// The URL without user and password, for messages.
  [[nodiscard]] std::string ToString() const;
};

/// Returns INVALID_ARGUMENT with what is wrong, never with the password in it.
Result<RedisUrl> ParseRedisUrl(std::string_view text);

}  // namespace cairn
