#pragma once

#include <string>

#include "cairn/status.h"

namespace cairn {

/// Where a service is.
struct ServiceAddress {
  std::string base;       ///< What paths are put behind: `http://127.0.0.1:8137`.
  std::string unix_path;  ///< The socket that it is reached through; empty: none.
  std::string shown;      ///< As it was given.

  /// Whether it is on this machine: nothing is gained by packing what is sent.
  [[nodiscard]] bool is_local() const;
};

/// Reads `http://host:port/base`, `https://...`, `unix:/run/cairn.sock`. Returns INVALID_ARGUMENT for anything else,
/// and for a user, password, question or fragment in it.
Result<ServiceAddress> ParseServiceAddress(const std::string& text);

}  // namespace cairn
