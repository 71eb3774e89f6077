#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace cairn {

/// Stands between a client and a service at a loopback port, and spoils connections: cuts them after some bytes of
/// either way, answers 503 or 502 itself, is slow. With a seed, so that a run can be had again.
class FlakyProxy {
 public:
  /// `target` is the port of the service, which may change meanwhile.
  FlakyProxy(std::uint16_t target, std::uint64_t seed);
  ~FlakyProxy();

  [[nodiscard]] std::string address() const;
  /// Where to from here on; 0: nowhere, each connection is refused an answer.
  void Target(std::uint16_t port);
  /// From here on it only passes on.
  void BeGood();
  /// Connections that it spoils.
  [[nodiscard]] std::uint64_t spoiled() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn
