#include "cache/memory_level.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "cache/hash_table.h"

namespace cairn {

/// An entry with what a hit needs, in one piece and in few cache lines: the key's text stands behind it, then what only
/// an invalidation asks for.
struct MemoryLevel::Node : S3FifoNode {
  std::uint16_t tags_count = 0;
  CacheLevel from = CacheLevel::kNone;
  bool is_expired = false;
  bool is_negative = false;
  std::shared_ptr<const CacheEntry> entry;
  std::uint64_t sequence = 0;  ///< Known to be good up to this number of the generations.
  std::int64_t calm_until_ns = 0;
  EntryTimes times;
  std::int64_t last_used_ns = 0;
  std::int64_t load_time_ns = 0;
  std::uint32_t hits = 0;
  std::uint32_t operation = 0;
  std::uint64_t text_bytes = 0;

  char* text_at() { return reinterpret_cast<char*>(this + 1); }
  std::string_view text() { return {text_at(), text_bytes}; }
  /// The hash of the text, and those of the tags.
  std::uint64_t* hashes() { return reinterpret_cast<std::uint64_t*>(text_at() + RoundUp(text_bytes)); }
  std::uint64_t text_hash() { return hashes()[0]; }
  std::span<const std::uint64_t> tags() { return {hashes() + 1, tags_count}; }

  struct Ahead {
    const CacheEntry* entry = nullptr;
    const char* value = nullptr;
  };
  [[nodiscard]] Ahead ahead() const { return {entry.get(), entry->value.data()}; }
  /// Of the node what a hit reads, the entry with the count of its holders, which stands before it, and the beginning
  /// of its value.
  static void Prefetch(const Node* node, const Ahead& ahead) {
    const char* at = reinterpret_cast<const char*>(node);
    for (const std::size_t line : {0, 64, 128}) __builtin_prefetch(at + line);
    const char* entry = reinterpret_cast<const char*>(ahead.entry);
    __builtin_prefetch(entry - 2 * sizeof(std::uint64_t));
    __builtin_prefetch(entry + 48);
    __builtin_prefetch(ahead.value);
  }

  static constexpr std::size_t RoundUp(std::size_t bytes) { return (bytes + 7) / 8 * 8; }
  static Node* Make(const Write& write) {
    const std::size_t hashes_bytes = (1 + write.tags.size()) * sizeof(std::uint64_t);
    void* at = ::operator new(sizeof(Node) + RoundUp(write.key.text.size()) + hashes_bytes);
    Node* node = new (at) Node;
    node->hash = write.key.hash;
    node->entry = write.entry;
    node->is_negative = write.entry->is_negative;
    node->load_time_ns = write.entry->load_time.count();
    node->times = write.times;
    node->calm_until_ns = write.entry->is_negative || write.is_expired ? 0 : write.calm_until_ns;
    node->sequence = write.sequence;
    node->operation = static_cast<std::uint32_t>(write.key.operation);
    node->text_bytes = write.key.text.size();
    node->tags_count = static_cast<std::uint16_t>(write.tags.size());
    node->is_expired = write.is_expired;
    node->from = write.from;
    std::memcpy(node->text_at(), write.key.text.data(), write.key.text.size());
    node->hashes()[0] = write.key.text_hash;
    if (!write.tags.empty()) std::memcpy(node->hashes() + 1, write.tags.data(), write.tags.size_bytes());
    return node;
  }
  static void Free(Node* node) {
    node->~Node();
    ::operator delete(node);
  }
};

struct alignas(64) MemoryLevel::Shard {
  explicit Shard(std::uint64_t capacity) : policy(capacity) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard() {
    table.ForEachIn(0, table.slots(), [](Node& node) { Node::Free(&node); });
  }

  mutable SpinLock lock;
  // Guarded by lock.
  HashTable<Node> table;
  S3Fifo policy;
  std::vector<Counts> counts;

  Counts& CountsOf(std::size_t operation) {
    if (operation >= counts.size()) counts.resize(operation + 1);
    return counts[operation];
  }
  /// Takes the node out; the caller frees it, outside the lock.
  void Detach(Node& node) {
    table.Erase(node.hash);
    policy.Erase(node);
  }
};

namespace {

constexpr std::uint64_t kShardBytesMin = 4ULL << 20;
constexpr std::size_t kShardsMax = 64;

std::uint64_t WeightOf(const CacheEntry& entry, std::size_t tags, std::size_t text_bytes) {
  // Beside the node: the shared count, the table's slots, and what the allocator adds to each piece.
  constexpr std::uint64_t kAround = 2 * sizeof(std::uint64_t) + 2 * 32 + 5 * 16;
  std::uint64_t weight =
      sizeof(CacheEntry) + kAround + entry.key.size() + entry.value.capacity() + entry.validator.size();
  for (const CacheField& field : entry.fields) weight += sizeof field + field.name.size() + field.value.size();
  for (const std::string& tag : entry.tags) weight += sizeof tag + tag.size();
  return weight + tags * sizeof(std::uint64_t) + text_bytes;
}

}  // namespace

MemoryLevel::MemoryLevel(const CacheMemoryOptions& options, const Generations& generations, bool notes_uses)
    : options_(options), generations_(generations), notes_uses_(notes_uses) {
  // Small caches are not split: a shard must hold enough for its policy to tell entries apart.
  const std::size_t count = std::bit_floor(std::clamp<std::uint64_t>(options.bytes / kShardBytesMin, 1, kShardsMax));
  if (options.entries != 0) entries_max_ = std::max<std::uint64_t>(1, options.entries / count);
  for (std::size_t i = 0; i < count; ++i) shards_.push_back(std::make_unique<Shard>(options.bytes / count));
}

MemoryLevel::~MemoryLevel() = default;

MemoryLevel::Shard& MemoryLevel::ShardOf(std::uint64_t hash) const {
  // The table takes the low bits.
  return *shards_[(hash >> 56) & (shards_.size() - 1)];
}

CacheState MemoryLevel::Judge(Node& node, std::int64_t now_ns, bool& is_removed) const {
  const std::uint64_t applied = generations_.applied();
  if (node.sequence != applied) {
    const auto verdict = generations_.Check({node.text_hash(), node.text()}, node.tags(), node.sequence);
    is_removed = verdict.is_removed || verdict.is_uncertain;
    if (is_removed) return CacheState::kMiss;
    node.is_expired |= verdict.is_expired;
    if (node.is_expired) node.calm_until_ns = 0;
    node.sequence = applied;
  }
  if (now_ns < node.times.fresh_until_ns && !node.is_expired) {
    return node.is_negative ? CacheState::kNegative : CacheState::kFresh;
  }
  return now_ns < node.times.stale_until_ns && !node.is_negative ? CacheState::kStale : CacheState::kMiss;
}

bool MemoryLevel::ReadCalm(std::uint64_t hash, std::string_view text, std::size_t operation, std::int64_t now_ns,
                           CacheResult& result) {
  if (operation >= HitCounts::kOperationsMax) return false;
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.lock);
  Node* node = shard.table.Find(hash);
  if (node == nullptr || now_ns >= node->calm_until_ns || node->sequence != generations_.announced() ||
      node->text() != text) {
    return false;
  }
  S3Fifo::Touch(*node);
  if (notes_uses_) {
    ++node->hits;
    node->last_used_ns = now_ns;
  }
  calm_hits_.Add(operation, node->load_time_ns);
  result.state = CacheState::kFresh;
  result.level = CacheLevel::kMemory;
  result.age = std::chrono::nanoseconds(std::max<std::int64_t>(0, now_ns - node->times.created_ns));
  result.entry = node->entry;
  return true;
}

MemoryLevel::Hit MemoryLevel::Read(const Key& key, std::int64_t now_ns, bool is_counted) {
  Hit hit;
  Node* dropped = nullptr;
  {
    Shard& shard = ShardOf(key.hash);
    const std::lock_guard lock(shard.lock);
    Counts* counts = is_counted ? &shard.CountsOf(key.operation) : nullptr;
    Node* node = shard.table.Find(key.hash);
    if (node != nullptr && node->text() != key.text) node = nullptr;
    bool is_removed = false;
    if (node != nullptr) hit.state = Judge(*node, now_ns, is_removed);
    if (hit.state == CacheState::kMiss) {
      if (counts != nullptr) ++counts->counts.misses;
      if (node == nullptr) return hit;
      Counts& owner = shard.CountsOf(node->operation);
      ++(is_removed ? owner.counts.removed : owner.counts.expired);
      shard.Detach(*node);
      dropped = node;
    } else {
      hit.entry = node->entry;
      hit.times = node->times;
      hit.from = node->from;
      hit.is_expired = node->is_expired;
      if (counts != nullptr) {
        S3Fifo::Touch(*node);
        if (notes_uses_) {
          ++node->hits;
          node->last_used_ns = now_ns;
        }
        std::uint64_t& count = hit.state == CacheState::kFresh   ? counts->counts.hits
                               : hit.state == CacheState::kStale ? counts->counts.stale
                                                                 : counts->counts.negative;
        ++count;
        counts->time_saved_ns += static_cast<std::uint64_t>(node->load_time_ns);
      }
    }
  }
  if (dropped != nullptr) Node::Free(dropped);
  return hit;
}

void MemoryLevel::Store(const Write& write) {
  Node* node = Node::Make(write);
  node->weight = sizeof(Node) + WeightOf(*write.entry, write.tags.size(), write.key.text.size());
  // What goes is freed outside the lock.
  std::vector<Node*> dropped;
  {
    Shard& shard = ShardOf(node->hash);
    const std::lock_guard lock(shard.lock);
    bool is_removed = false;
    (void)Judge(*node, write.times.created_ns, is_removed);
    // What was invalidated while it was loaded must not push out what was loaded since.
    Node* old = is_removed ? nullptr : shard.table.Find(node->hash);
    if (old != nullptr) {
      shard.Detach(*old);
      dropped.push_back(old);
    }
    if (is_removed) {
      ++shard.CountsOf(node->operation).counts.fenced;
      dropped.push_back(node);
    } else if (node->weight > shard.policy.capacity()) {
      dropped.push_back(node);
    } else {
      const auto is_full = [&] {
        return !shard.policy.HasRoom(node->weight) || (entries_max_ != 0 && shard.policy.size() >= entries_max_);
      };
      while (is_full()) {
        auto* victim = static_cast<Node*>(shard.policy.Evict());
        shard.table.Erase(victim->hash);
        ++shard.CountsOf(victim->operation).counts.evicted;
        dropped.push_back(victim);
      }
      shard.table.Insert(node->hash, node);
      shard.policy.Insert(*node);
      ++shard.CountsOf(node->operation).counts.stores;
    }
  }
  for (Node* gone : dropped) Node::Free(gone);
}

void MemoryLevel::NoteUse(std::uint64_t hash, std::int64_t now_ns) {
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.lock);
  Node* node = shard.table.Find(hash);
  if (node == nullptr) return;
  ++node->hits;
  node->last_used_ns = now_ns;
}

bool MemoryLevel::Erase(std::uint64_t hash) {
  Node* node = nullptr;
  {
    Shard& shard = ShardOf(hash);
    const std::lock_guard lock(shard.lock);
    node = shard.table.Find(hash);
    if (node == nullptr) return false;
    shard.Detach(*node);
    ++shard.CountsOf(node->operation).counts.removed;
  }
  Node::Free(node);
  return true;
}

void MemoryLevel::Clear() {
  for (const auto& shard : shards_) {
    std::vector<Node*> dropped;
    {
      const std::lock_guard lock(shard->lock);
      dropped.reserve(shard->table.size());
      while (auto* node = static_cast<Node*>(shard->policy.Evict())) {
        ++shard->CountsOf(node->operation).counts.removed;
        dropped.push_back(node);
      }
      shard->table = {};
    }
    for (Node* node : dropped) Node::Free(node);
  }
}

void MemoryLevel::Visit(std::int64_t now_ns, const std::function<void(const Seen&)>& visit, bool take_uses) {
  // A few at a time, so that no reader waits long for the lock.
  constexpr std::size_t kSlotsAtOnce = 256;
  std::vector<Seen> seen;
  for (const auto& shard : shards_) {
    for (std::size_t begin = 0;; begin += kSlotsAtOnce) {
      {
        const std::lock_guard lock(shard->lock);
        if (begin >= shard->table.slots()) break;
        shard->table.ForEachIn(begin, begin + kSlotsAtOnce, [&](Node& node) {
          bool is_removed = false;
          const CacheState state = Judge(node, now_ns, is_removed);
          if (state == CacheState::kMiss) return;
          seen.push_back({node.entry, node.times, state, node.weight, node.hits, node.last_used_ns});
          if (take_uses) node.hits = 0;
        });
      }
      for (const Seen& one : seen) visit(one);
      seen.clear();
    }
  }
}

MemoryLevel::Counts MemoryLevel::CountsOf(std::size_t operation) const {
  Counts sum;
  const HitCounts::Sum calm = calm_hits_.Of(operation);
  sum.counts.hits = calm.hits;
  sum.time_saved_ns = calm.saved_ns;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->lock);
    if (operation >= shard->counts.size()) continue;
    sum.counts.Add(shard->counts[operation].counts);
    sum.time_saved_ns += shard->counts[operation].time_saved_ns;
  }
  return sum;
}

void MemoryLevel::AddLatency(std::size_t operation, std::uint64_t ns) {
  Shard& shard = *shards_.front();
  const std::lock_guard lock(shard.lock);
  shard.CountsOf(operation).counts.hit_latency.Add(ns);
}

CacheLevelStats MemoryLevel::Stats() const {
  CacheLevelStats stats;
  stats.level = CacheLevel::kMemory;
  stats.is_open = true;
  stats.state = "open";
  stats.bytes_max = options_.bytes;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard->lock);
    stats.entries += shard->policy.size();
    stats.bytes += shard->policy.weight();
  }
  return stats;
}

}  // namespace cairn
