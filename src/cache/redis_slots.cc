#include "cache/redis_slots.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace cairn {
namespace {

constexpr std::array<std::uint16_t, 256> MakeCrcTable() {
  std::array<std::uint16_t, 256> table = {};
  for (unsigned i = 0; i < 256; ++i) {
    unsigned crc = i << 8;
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000) != 0 ? 0x1021 : 0);
    table[i] = static_cast<std::uint16_t>(crc);
  }
  return table;
}

constexpr std::array<std::uint16_t, 256> kCrcTable = MakeCrcTable();

Status Damaged(std::string_view what) { return {StatusCode::kDataLoss, fmt::format("Redis Cluster: {}", what)}; }

std::uint16_t IndexOf(const RedisEndpoint& endpoint, std::vector<RedisEndpoint>& owners) {
  const auto found = std::find(owners.begin(), owners.end(), endpoint);
  if (found != owners.end()) return static_cast<std::uint16_t>(found - owners.begin());
  owners.push_back(endpoint);
  return static_cast<std::uint16_t>(owners.size() - 1);
}

}  // namespace

std::uint16_t RedisSlotOf(std::string_view key) {
  if (const std::size_t open = key.find('{'); open != std::string_view::npos) {
    const std::size_t close = key.find('}', open + 1);
    if (close != std::string_view::npos && close != open + 1) key = key.substr(open + 1, close - open - 1);
  }
  std::uint16_t crc = 0;
  for (const char c : key) {
    crc = static_cast<std::uint16_t>((crc << 8) ^ kCrcTable[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xFF]);
  }
  return crc % kRedisSlots;
}

RedisSlotMap RedisSlotMap::One(const RedisEndpoint& owner) {
  return {{owner}, std::vector<std::uint16_t>(kRedisSlots, 0)};
}

Result<RedisSlotMap> RedisSlotMap::Read(const RedisReply& reply, const RedisEndpoint& asked) {
  if (reply.is_error()) return reply.status();
  if (reply.kind != RedisReply::Kind::kArray) return Damaged("CLUSTER SLOTS answered no list");
  RedisSlotMap map{{}, std::vector<std::uint16_t>(kRedisSlots, kNobody)};
  for (const RedisReply& range : reply.elements) {
    if (range.elements.size() < 3 || range.elements[2].elements.size() < 2) return Damaged("a range without an owner");
    const std::int64_t first = range.elements[0].integer;
    const std::int64_t last = range.elements[1].integer;
    const RedisReply& host = range.elements[2].elements[0];
    const std::int64_t port = range.elements[2].elements[1].integer;
    if (first < 0 || last < first || last >= static_cast<std::int64_t>(kRedisSlots) || port < 0 || port > 65535) {
      return Damaged("a range outside 0 to 16383");
    }
    const RedisEndpoint owner{host.text.view().empty() || host.text == "?" ? asked.host : std::string(host.text),
                              static_cast<std::uint16_t>(port)};
    const std::uint16_t index = IndexOf(owner, map.owners);
    std::fill(map.owner_of.begin() + first, map.owner_of.begin() + last + 1, index);
  }
  return map;
}

Result<RedisEndpoint> RedirectionOf(std::string_view error, const RedisEndpoint& asked) {
  const std::size_t space = error.rfind(' ');
  const std::size_t colon = error.rfind(':');
  if (space == std::string_view::npos || colon == std::string_view::npos || colon < space) return Damaged(error);
  RedisEndpoint to;
  to.host = error.substr(space + 1, colon - space - 1);
  if (to.host.empty() || to.host == "?") to.host = asked.host;
  const std::string_view port = error.substr(colon + 1);
  const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), to.port);
  if (wrong != std::errc() || end != port.data() + port.size() || to.port == 0) return Damaged(error);
  return to;
}

}  // namespace cairn
