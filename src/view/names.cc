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
  const Family& family = families_[packed.family];
  return {family.tenant, family.type, family.ns, {at, packed.name_bytes}, {at + packed.name_bytes, packed.part_bytes}};
}

std::uint32_t NodeTable::FamilyOf(std::uint32_t number) const {
  Packed packed;
  std::memcpy(&packed, nodes_[number], sizeof packed);
  return packed.family;
}

std::uint32_t NodeTable::InternFamily(const NodeView& node) {
  const std::uint64_t hash = HashNode({node.tenant, node.type, node.ns, "", ""});
  const std::uint32_t found = family_set_.Find(hash, [&](std::uint32_t number) {
    const Family& family = families_[number];
    return family.tenant == node.tenant && family.type == node.type && family.ns == node.ns;
  });
  if (found != NumberSet::kNone) return found;
  families_.push_back({arena_.Copy(node.tenant), arena_.Copy(node.type), arena_.Copy(node.ns)});
  family_set_.Add(hash);
  return family_set_.size() - 1;
}

std::uint32_t NodeTable::Find(const NodeView& node) const {
  return set_.Find(HashNode(node), [&](std::uint32_t number) { return at(number) == node; });
}

std::uint32_t NodeTable::Intern(const NodeView& node, std::uint64_t hash) {
  const std::uint32_t found = set_.Find(hash, [&](std::uint32_t number) { return at(number) == node; });
  if (found != NumberSet::kNone) return found;
  const Packed packed{InternFamily(node), static_cast<std::uint32_t>(node.name.size()),
                      static_cast<std::uint32_t>(node.part.size())};
  char* out = arena_.Allocate(sizeof packed + node.name.size() + node.part.size());
  nodes_.push_back(out);
  std::memcpy(out, &packed, sizeof packed);
  out += sizeof packed;
  for (const std::string_view part : {node.name, node.part}) {
    if (!part.empty()) std::memcpy(out, part.data(), part.size());
    out += part.size();
  }
  set_.Add(hash);
  return set_.size() - 1;
}

}  // namespace cairn
