#include "view/names.h"

#include <cstring>

#include "base/hash.h"

namespace cairn {
namespace {

constexpr std::uint64_t kMix = 0x9E3779B97F4A7C15;

std::uint64_t Combine(std::uint64_t hash, std::uint64_t next) {
  hash ^= next + kMix + (hash << 6) + (hash >> 2);
  return hash * 0xD6E8FEB86659FD93 ^ hash >> 29;
}

}  // namespace

std::uint64_t HashText(std::string_view text) { return Hash64(text); }

std::uint64_t HashNode(const NodeView& node) {
  std::uint64_t hash = Combine(HashText(node.name), HashText(node.ns));
  hash = Combine(hash, HashText(node.type));
  // Both are empty for nearly every node.
  if (!node.tenant.empty()) hash = Combine(hash, HashText(node.tenant) + 1);
  if (!node.part.empty()) hash = Combine(hash, HashText(node.part) + 2);
  return hash;
}

std::uint32_t TextTable::Find(std::string_view text) const {
  return set_.Find(HashText(text), [&](std::uint32_t number) { return texts_[number] == text; });
}

std::uint32_t TextTable::Intern(std::string_view text) {
  const std::uint32_t found = Find(text);
  if (found != NumberSet::kNone) return found;
  texts_.push_back(arena_.Copy(text));
  set_.Add(HashText(text));
  return set_.size() - 1;
}

NodeView NodeTable::at(std::uint32_t number) const {
  Packed packed;
  const char* at = nodes_[number];
  std::memcpy(&packed, at, sizeof packed);
  at += sizeof packed;
  std::string_view parts[5];
  for (int i = 0; i < 5; ++i) {
    parts[i] = {at, packed.bytes[i]};
    at += packed.bytes[i];
  }
  return {parts[0], parts[1], parts[2], parts[3], parts[4]};
}

std::uint32_t NodeTable::Find(const NodeView& node) const {
  return set_.Find(HashNode(node), [&](std::uint32_t number) { return at(number) == node; });
}

std::uint32_t NodeTable::Intern(const NodeView& node, std::uint64_t hash) {
  const std::uint32_t found = set_.Find(hash, [&](std::uint32_t number) { return at(number) == node; });
  if (found != NumberSet::kNone) return found;
  const std::string_view parts[5] = {node.tenant, node.type, node.ns, node.name, node.part};
  Packed packed;
  std::size_t bytes = sizeof packed;
  for (int i = 0; i < 5; ++i) {
    packed.bytes[i] = static_cast<std::uint32_t>(parts[i].size());
    bytes += parts[i].size();
  }
  char* out = arena_.Allocate(bytes);
  nodes_.push_back(out);
  std::memcpy(out, &packed, sizeof packed);
  out += sizeof packed;
  for (const std::string_view part : parts) {
    if (!part.empty()) std::memcpy(out, part.data(), part.size());
    out += part.size();
  }
  set_.Add(hash);
  return set_.size() - 1;
}

}  // namespace cairn
