#include "client/address.h"

#include <fmt/format.h>

#include "base/service_address.h"

namespace cairn {
namespace {

// The size of sun_path, without its end.
constexpr std::size_t kUnixBytesMax = 107;

}  // namespace

bool ServiceAddress::is_local() const {
  if (!unix_path.empty()) return true;
  const std::string_view host = std::string_view(base).substr(base.find("://") + 3);
  return host.starts_with("127.") || host.starts_with("localhost") || host.starts_with("[::1]");
}

Result<ServiceAddress> ParseServiceAddress(const std::string& text) {
  const auto wrong = [](std::string_view why) {
    // Without the text: a password may stand in it.
    return Status(StatusCode::kInvalidArgument,
                  fmt::format("the address of the service {}; examples: http://127.0.0.1:8137, "
                              "https://cairn.example.org, unix:/run/cairn.sock",
                              why));
  };
  if (!IsServiceAddress(text)) return wrong("begins with http://, https:// or unix:");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '\x7F') return wrong("holds a space or a control character");
  }
  ServiceAddress address;
  address.shown = text;
  constexpr std::string_view kUnix = "unix:";
  if (text.starts_with(kUnix)) {
    address.unix_path = text.substr(kUnix.size());
    if (address.unix_path.empty() || address.unix_path.size() > kUnixBytesMax) {
      return wrong("names a unix socket of 1 to 107 bytes");
    }
    address.base = "http://localhost";
    return address;
  }
  const std::size_t host = text.find("://") + 3;
  const std::string_view authority = std::string_view(text).substr(host, text.find('/', host) - host);
  if (authority.find('@') != std::string_view::npos) return wrong("names no user or password: a token is given apart");
  if (text.find_first_of("?#", host) != std::string::npos) return wrong("ends with its path");
  if (authority.empty() || authority.starts_with(':')) return wrong("names a host");
  address.base = text;
  while (address.base.ends_with('/')) address.base.pop_back();
  return address;
}

}  // namespace cairn
