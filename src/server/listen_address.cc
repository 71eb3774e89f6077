#include "server/listen_address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <charconv>

namespace cairn {

bool ListenAddress::is_local() const { return !unix_path.empty() || host == "::1" || host.starts_with("127."); }

Result<ListenAddress> ParseListenAddress(std::string_view text) {
  const auto wrong = [&](std::string_view why) {
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("\"{}\" is no address to listen at: {}; examples: 127.0.0.1:8137, [::1]:8137, "
                              "unix:/run/cairn.sock",
                              text, why));
  };
  ListenAddress address;
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    address.unix_path = text.substr(kUnix.size());
    constexpr std::size_t kUnixBytesMax = 107;
    if (address.unix_path.empty() || address.unix_path.size() > kUnixBytesMax) {
      return wrong("the path of a unix socket has 1 to 107 bytes");
    }
    return address;
  }
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong("it has no port");
  const std::string_view port = text.substr(colon + 1);
  const auto read = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || read.ec != std::errc() || read.ptr != port.data() + port.size()) {
    return wrong("the port is a number up to 65535");
  }
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  address.host = host.empty() || host == "localhost" ? "127.0.0.1" : std::string(host);
  unsigned char bytes[sizeof(in6_addr)];
  if (::inet_pton(AF_INET, address.host.c_str(), bytes) != 1 &&
      ::inet_pton(AF_INET6, address.host.c_str(), bytes) != 1) {
    return wrong("the host is an IP address, or localhost");
  }
  return address;
}

}  // namespace cairn
