#include "server/request_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>

namespace cairn {
namespace {

constexpr std::size_t kIdBytesMax = 64;

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool IsPlain(char c) {
  return IsHex(c) || (c >= 'g' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
}

/// `00-<32 hex>-<16 hex>-<2 hex>`; empty where it is none.
std::string_view TraceIdOf(std::string_view traceparent) {
  constexpr std::size_t kTraceparentBytes = 55;
  if (traceparent.size() < kTraceparentBytes || traceparent[2] != '-' || traceparent[35] != '-') return {};
  const std::string_view id = traceparent.substr(3, 32);
  if (!std::all_of(id.begin(), id.end(), IsHex) || id.find_first_not_of('0') == std::string_view::npos) return {};
  return id;
}

}  // namespace

std::string RequestIdOf(const ServerRequest& request) {
  if (const auto trace = TraceIdOf(request.Header("traceparent")); !trace.empty()) return std::string(trace);
  const std::string_view given = request.Header("X-Request-Id");
  if (!given.empty() && given.size() <= kIdBytesMax && std::all_of(given.begin(), given.end(), IsPlain)) {
    return std::string(given);
  }
  static const std::string begun =
      fmt::format("{:x}-", std::chrono::system_clock::now().time_since_epoch() / std::chrono::milliseconds(1));
  static std::atomic<std::uint64_t> count = 0;
  std::array<char, 16> digits;
  const auto end = std::to_chars(digits.begin(), digits.end(), count.fetch_add(1, std::memory_order_relaxed), 16).ptr;
  return begun + std::string(digits.begin(), end);
}

}  // namespace cairn
