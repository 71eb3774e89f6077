#include "cache/disk_map.h"

#include <bit>

namespace cairn {
namespace {

constexpr std::uint64_t kMagic = 0x31'70'61'6d'6e'72'69'63;  // "cirnmap1"
constexpr unsigned kUsesMax = 3;
// A ghost is the upper half of its hash and the lower half of the number of its eviction.
constexpr std::uint64_t kHalf = 0xffff'ffff;

}  // namespace

Result<std::unique_ptr<DiskMap>> DiskMap::Open(FileSystem& files, const std::string& path, std::uint64_t slots) {
  // A file that stands keeps its own size: others have it mapped.
  if (const auto size = files.Size(path); size && *size >= kHeadBytes) {
    auto head = files.MapShared(path, kHeadBytes);
    if (!head) return head.error();
    const auto* stored = reinterpret_cast<const Head*>((*head)->data());
    const std::uint64_t its = stored->slots.load();
    const bool is_whole =
        stored->magic.load() == kMagic && std::has_single_bit(its) && its <= *size && BytesOf(its) <= *size;
    if (is_whole) slots = its;
  }
  auto mapping = files.MapShared(path, BytesOf(slots));
  if (!mapping) return mapping.error();
  std::unique_ptr<DiskMap> map(new DiskMap(std::move(*mapping), slots));
  map->head()->slots.store(slots);
  map->head()->magic.store(kMagic);
  return map;
}

void DiskMap::Announce(std::uint64_t sequence) {
  std::uint64_t seen = head()->sequence.load(std::memory_order_acquire);
  while (seen < sequence && !head()->sequence.compare_exchange_weak(seen, sequence, std::memory_order_acq_rel)) {
  }
}

std::atomic<std::uint8_t>& DiskMap::use(std::uint64_t hash) const {
  return reinterpret_cast<std::atomic<std::uint8_t>*>(mapping_->data() + kHeadBytes)[hash & (slots_ - 1)];
}

std::atomic<std::uint64_t>& DiskMap::ghost(std::uint64_t hash) const {
  return reinterpret_cast<std::atomic<std::uint64_t>*>(mapping_->data() + kHeadBytes + slots_)[hash & (slots_ - 1)];
}

void DiskMap::Touch(std::uint64_t hash) {
  auto& count = use(hash);
  const std::uint8_t uses = count.load(std::memory_order_relaxed);
  // Two at once may count as one: a hint.
  if (uses < kUsesMax) count.store(uses + 1, std::memory_order_relaxed);
}

unsigned DiskMap::Uses(std::uint64_t hash) const { return use(hash).load(std::memory_order_relaxed) & kUsesMax; }

void DiskMap::SetUses(std::uint64_t hash, unsigned uses) {
  use(hash).store(static_cast<std::uint8_t>(uses), std::memory_order_relaxed);
}

void DiskMap::AddGhost(std::uint64_t hash) {
  const std::uint64_t number = head()->evictions.fetch_add(1, std::memory_order_relaxed) + 1;
  ghost(hash).store((hash & ~kHalf) | (number & kHalf), std::memory_order_relaxed);
}

bool DiskMap::TakeGhost(std::uint64_t hash, std::uint64_t window) {
  auto& slot = ghost(hash);
  const std::uint64_t seen = slot.load(std::memory_order_relaxed);
  if (seen == 0 || (seen & ~kHalf) != (hash & ~kHalf)) return false;
  slot.store(0, std::memory_order_relaxed);
  const std::uint64_t now = head()->evictions.load(std::memory_order_relaxed);
  return ((now - seen) & kHalf) < window;
}

}  // namespace cairn
