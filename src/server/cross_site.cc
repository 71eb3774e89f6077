#include "server/cross_site.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

namespace cairn {
namespace {

// Of `host[:port]`, in small letters, without the dot at the end of a full name and without the zone of an address;
// nothing where it is neither.
std::optional<std::string> NameOf(std::string_view host) {
  const bool is_bracketed = host.starts_with('[');
  std::size_t end = is_bracketed ? host.find(']') : host.find(':');
  if (is_bracketed && end == std::string_view::npos) return std::nullopt;
  const std::string_view port = end == std::string_view::npos ? "" : host.substr(is_bracketed ? end + 1 : end);
  if (!port.empty() && (port.front() != ':' || port.find_first_not_of("0123456789", 1) != std::string_view::npos)) {
    return std::nullopt;
  }
  std::string out(is_bracketed ? host.substr(1, end - 1) : host.substr(0, end));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (is_bracketed) return out.substr(0, out.find('%'));
  if (out.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") != std::string::npos) return std::nullopt;
  if (out.ends_with('.')) out.pop_back();
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
  // Nearly all ask for the same host, and are no page's.
  static thread_local std::string answered;
  if (!answered.empty() && request.Header("Host") == answered && request.Header("Origin").empty()) return std::nullopt;
  const auto host = NameOf(request.Header("Host"));
  if (!host || (!IsAddress(*host) && !IsNearName(*host))) {
    return Refused(
        fmt::format("this service asks nobody for a token, and so answers to no name of the open net, like "
                    "\"{}\": ask for localhost or an address, or start it with tokens",
                    request.Header("Host")));
  }
  answered = request.Header("Host");
  std::string_view origin = request.Header("Origin");
  if (origin.empty()) return std::nullopt;
  std::optional<std::string> page;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) page = NameOf(origin.substr(scheme.size()));
  }
  if (page && !page->empty() && (*page == *host || IsLoopback(*page) || IsNearName(*page))) return std::nullopt;
  return Refused(
      fmt::format("this service asks nobody for a token, and so answers no page of another site, like "
                  "\"{}\": start it with tokens",
                  origin));
}

}  // namespace cairn
