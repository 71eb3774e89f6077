#include "server/cross_site.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace cairn {
namespace {

// Of `host[:port]`, in small letters.
std::string NameOf(std::string_view host) {
  if (host.starts_with('[')) {
    host = host.substr(1, host.find(']') - 1);
  } else {
    host = host.substr(0, host.rfind(':'));
  }
  std::string out(host);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

bool IsAddress(const std::string& name) {
  in_addr four{};
  in6_addr six{};
  return inet_pton(AF_INET, name.c_str(), &four) == 1 || inet_pton(AF_INET6, name.c_str(), &six) == 1;
}

bool IsNearName(const std::string& name) {
  return name == "localhost" || name.ends_with(".localhost") || name.find_first_of(".:") == std::string::npos;
}

bool IsLoopback(const std::string& name) {
  in_addr four{};
  if (inet_pton(AF_INET, name.c_str(), &four) == 1) return (ntohl(four.s_addr) >> 24) == 127;
  return name == "::1";
}

ServerResponse Refused(std::string message) { return HttpFailure(403, "PERMISSION_DENIED", message); }

}  // namespace

std::optional<ServerResponse> RefuseCrossSite(const ServerRequest& request) {
  const std::string host = NameOf(request.Header("Host"));
  if (!IsAddress(host) && !IsNearName(host)) {
    return Refused(
        fmt::format("this service asks nobody for a token, and so answers to no name of the open net, like "
                    "\"{}\": ask for localhost or an address, or start it with tokens",
                    host));
  }
  const std::string_view origin = request.Header("Origin");
  if (origin.empty()) return std::nullopt;
  const std::size_t scheme = origin.find("://");
  const std::string page = scheme == std::string_view::npos ? "" : NameOf(origin.substr(scheme + 3));
  if (!page.empty() && (page == host || IsLoopback(page) || IsNearName(page))) return std::nullopt;
  return Refused(
      fmt::format("this service asks nobody for a token, and so answers no page of another site, like "
                  "\"{}\": start it with tokens",
                  origin));
}

}  // namespace cairn
