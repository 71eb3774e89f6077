#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// Where a server listens.
struct ListenAddress {
  std::string host;        ///< An IP address in numbers.
  std::uint16_t port = 0;  ///< 0: a free one.
  std::string unix_path;   ///< Instead of both.

  /// Whether nobody outside this machine can reach it.
  [[nodiscard]] bool is_local() const;
};

/// Reads `127.0.0.1:8137`, `[::1]:8137`, `localhost:8137`, `:8137` (loopback), `unix:/run/cairn.sock`. Returns
/// INVALID_ARGUMENT for anything else; names are not looked up.
Result<ListenAddress> ParseListenAddress(std::string_view text);

}  // namespace cairn
