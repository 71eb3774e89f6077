#include "view/name_signatures.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::uint32_t kNodesAtOnce = 4096;
// Of the golden ratio: spreads neighbours (Knuth, volume 3, 6.4).
constexpr std::uint64_t kSpread = 0x9E3779B97F4A7C15;

std::uint64_t Lower(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 'A' && byte <= 'Z' ? byte + ('a' - 'A') : byte;
}

}  // namespace

void TextSignature::Add(std::string_view text) {
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::uint64_t letter = Lower(text[i]);
    letters |= std::uint64_t{1} << (letter * kSpread >> 58);
    if (i > 0) {
      const std::uint64_t bit = (before << 8 | letter) * kSpread >> 57;
      pairs[bit >> 6] |= std::uint64_t{1} << (bit & 63);
    }
    before = letter;
  }
}

bool NameSignatures::Follow(const NodeTable& nodes, std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) {
    signatures_.clear();
    epoch_ = epoch;
  }
  const auto taken = static_cast<std::uint32_t>(signatures_.size());
  const std::uint32_t end = taken + std::min(kNodesAtOnce, nodes.size() - taken);
  for (std::uint32_t i = taken; i < end; ++i) {
    const NodeView node = nodes.at(i);
    TextSignature& signature = signatures_.emplace_back();
    signature.Add(node.name);
    signature.Add(node.part);
  }
  return end == nodes.size();
}

void NameSignatures::Find(const TextSignature& part, std::uint32_t end, std::uint32_t count,
                          std::vector<std::uint32_t>& out) const {
  const std::lock_guard lock(mutex_);
  end = std::min(end, static_cast<std::uint32_t>(signatures_.size()));
  const std::uint32_t first = end - std::min(end, count);
  for (std::uint32_t i = end; i > first; --i) {
    if (signatures_[i - 1].MayContain(part)) out.push_back(i - 1);
  }
}

std::uint32_t NameSignatures::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(signatures_.size());
}

}  // namespace cairn
