#include "scan/state_entry.h"

#include <fmt/format.h>

#include <cstring>

namespace cairn {
namespace {

// A row is made and read by one machine.
struct Fixed {
  FileStamp stamp;
  ContentHash content;
  std::uint64_t output;
  std::uint64_t seq;
  std::uint32_t cost_us;
  std::uint16_t method;
  std::uint16_t name_bytes;
  std::uint8_t kind;
  std::uint8_t flags;
  std::uint8_t zeros[6];
};
static_assert(sizeof(Fixed) == 88);

}  // namespace

std::string ContentHashText(const ContentHash& hash, bool sampled) {
  return fmt::format("{}:{:016x}{:016x}", sampled ? "sampled" : "xxh3", hash.high, hash.low);
}

void AppendEntry(std::string& out, const StateEntry& entry) {
  Fixed fixed{};
  fixed.stamp = entry.stamp;
  fixed.content = entry.content;
  fixed.output = entry.output;
  fixed.seq = entry.seq;
  fixed.cost_us = entry.cost_us;
  fixed.method = entry.method;
  fixed.name_bytes = static_cast<std::uint16_t>(entry.name.size());
  fixed.kind = static_cast<std::uint8_t>(entry.kind);
  fixed.flags = entry.flags;
  out.append(reinterpret_cast<const char*>(&fixed), sizeof(fixed));
  out += entry.name;
}

void EntryReader::Next() {
  has_ = false;
  Fixed fixed{};
  if (rest_.size() < sizeof(fixed)) return;
  std::memcpy(&fixed, rest_.data(), sizeof(fixed));
  if (rest_.size() - sizeof(fixed) < fixed.name_bytes || fixed.kind > 3) return;
  entry_.name = rest_.substr(sizeof(fixed), fixed.name_bytes);
  entry_.kind = static_cast<FileKind>(fixed.kind);
  entry_.flags = fixed.flags;
  entry_.method = fixed.method;
  entry_.cost_us = fixed.cost_us;
  entry_.stamp = fixed.stamp;
  entry_.content = fixed.content;
  entry_.output = fixed.output;
  entry_.seq = fixed.seq;
  rest_.remove_prefix(sizeof(fixed) + fixed.name_bytes);
  has_ = true;
}

}  // namespace cairn
