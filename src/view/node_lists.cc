#include "view/node_lists.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::uint32_t kNodesAtOnce = 4096;

}  // namespace

bool NodeLists::Follow(const NodeTable& nodes, std::uint64_t epoch) {
  const std::lock_guard lock(mutex_);
  if (epoch_ != epoch) {
    lists_.clear();
    taken_ = 0;
    epoch_ = epoch;
  }
  const std::uint32_t end = taken_ + std::min(kNodesAtOnce, nodes.size() - taken_);
  if (lists_.size() < nodes.families()) lists_.resize(nodes.families());
  for (; taken_ < end; ++taken_) lists_[nodes.FamilyOf(taken_)].push_back(taken_);
  return taken_ == nodes.size();
}

std::vector<std::uint32_t> NodeLists::Read(std::uint32_t family, std::size_t offset, std::size_t count) const {
  const std::lock_guard lock(mutex_);
  if (family >= lists_.size() || offset >= lists_[family].size()) return {};
  const auto begin = lists_[family].begin() + static_cast<std::ptrdiff_t>(offset);
  const std::size_t left = lists_[family].size() - offset;
  return {begin, begin + static_cast<std::ptrdiff_t>(std::min(count, left))};
}

std::size_t NodeLists::SizeOf(std::uint32_t family) const {
  const std::lock_guard lock(mutex_);
  return family < lists_.size() ? lists_[family].size() : 0;
}

}  // namespace cairn
