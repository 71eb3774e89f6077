#include "cache/redis_url.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/percent.h"

namespace cairn {
namespace {

constexpr int kDbMax = 1'000'000;

Status Wrong(std::string_view what) {
  return {StatusCode::kInvalidArgument,
          fmt::format("Redis URL: {}; expected redis://[[user]:password@]host[:port][/db], rediss://... or "
                      "unix:///path[?db=N]",
                      what)};
}

std::optional<int> Number(std::string_view text, int max) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > max) return std::nullopt;
  return value;
}

/// What stands before the first `mark`; `text` keeps what stands after it.
std::string_view TakeUntil(std::string_view& text, char mark) {
  const std::size_t at = text.find(mark);
  const std::string_view head = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return head;
}

Status ReadCredentials(std::string_view text, RedisUrl& url) {
  std::string_view rest = text;
  const auto user = PercentDecode(TakeUntil(rest, ':'));
  const auto password = PercentDecode(rest);
  if (!user || !password) return Wrong("user or password is not percent-encoded well");
  if (password->empty()) return Wrong("a user without a password");
  url.user = *user;
  url.password = *password;
  return Status::Ok();
}

Status ReadDoor(std::string_view text, RedisUrl& url) {
  RedisEndpoint door;
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return Wrong("a `[` without its `]`");
    door.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (!port.empty() && port.front() != ':') return Wrong("something other than a port after `]`");
    if (!port.empty()) port.remove_prefix(1);
  } else {
    port = text;
    door.host = TakeUntil(port, ':');
  }
  if (door.host.empty()) return Wrong("no host");
  if (!port.empty()) {
    const auto number = Number(port, 65535);
    if (!number || *number == 0) return Wrong("the port is not a number from 1 to 65535");
    door.port = static_cast<std::uint16_t>(*number);
  }
  url.doors.push_back(std::move(door));
  return Status::Ok();
}

Status ReadOptions(std::string_view text, RedisUrl& url) {
  while (!text.empty()) {
    std::string_view value = TakeUntil(text, '&');
    const std::string_view name = TakeUntil(value, '=');
    const auto decoded = PercentDecode(value);
    if (!decoded) return Wrong(fmt::format("option {} is not percent-encoded well", name));
    if (name == "db") {
      const auto db = Number(*decoded, kDbMax);
      if (!db) return Wrong("db is not a number");
      url.db = *db;
    } else if (url.tls && name == "ca") {
      url.ca_file = *decoded;
    } else if (url.tls && name == "cert") {
      url.cert_file = *decoded;
    } else if (url.tls && name == "key") {
      url.key_file = *decoded;
    } else {
      return Wrong(fmt::format("no option is called {} here", name));
    }
  }
  return Status::Ok();
}

}  // namespace

std::string RedisEndpoint::ToString() const {
  if (is_socket()) return host;
  return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port) : fmt::format("[{}]:{}", host, port);
}

std::string RedisUrl::ToString() const {
  if (doors.front().is_socket()) return fmt::format("unix://{}?db={}", doors.front().host, db);
  std::string out = tls ? "rediss://" : "redis://";
  for (std::size_t i = 0; i < doors.size(); ++i) out += (i == 0 ? "" : ",") + doors[i].ToString();
  return fmt::format("{}/{}", out, db);
}

Result<RedisUrl> ParseRedisUrl(std::string_view text) {
  RedisUrl url;
  std::string_view rest = text;
  const bool is_socket = rest.starts_with("unix://");
  url.tls = rest.starts_with("rediss://");
  if (!is_socket && !url.tls && !rest.starts_with("redis://")) return Wrong("unknown scheme");
  rest.remove_prefix(rest.find("//") + 2);
  const std::size_t at = rest.substr(0, rest.find_first_of("/?")).rfind('@');
  if (at != std::string_view::npos) {
    if (Status read = ReadCredentials(rest.substr(0, at), url); !read.ok()) return read;
    rest.remove_prefix(at + 1);
  }
  std::string_view options = rest;
  rest = TakeUntil(options, '?');
  if (is_socket) {
    if (!rest.starts_with('/') || rest.size() < 2) return Wrong("a socket needs an absolute path");
    url.doors.push_back({std::string(rest), 0});
  } else {
    std::string_view db = rest;
    std::string_view doors = TakeUntil(db, '/');
    if (doors.empty()) return Wrong("no host");
    while (!doors.empty()) {
      if (Status read = ReadDoor(TakeUntil(doors, ','), url); !read.ok()) return read;
    }
    if (!db.empty()) {
      const auto number = Number(db, kDbMax);
      if (!number) return Wrong("the database is not a number");
      url.db = *number;
    }
  }
  if (Status read = ReadOptions(options, url); !read.ok()) return read;
  return url;
}

}  // namespace cairn
