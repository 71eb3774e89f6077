#pragma once

#include <memory>

#include "cache/redis_socket.h"
#include "cache/redis_transport.h"

namespace cairn {

/// Shakes hands over `socket` with OpenSSL and checks the server's certificate against `endpoint`'s name: always, since
/// an encrypted line to a stranger protects nothing. Returns what `RedisTransport::Connect` says.
Result<std::unique_ptr<RedisTransport>> ConnectRedisTls(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                        RedisSocket socket, RedisDeadline deadline);

}  // namespace cairn
