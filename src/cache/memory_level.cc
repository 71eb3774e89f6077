#include "cache/memory_level.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>

#include "base/prefetch.h"
#include "cache/hash_table.h"

namespace cairn {

/// An entry with what a hit needs, in one piece and in few cache lines: from `uses` on to the end of the key's text,
/// which stands behind the members. Behind it stands what a calm hit does not ask for. What may change while it is read
/// is atomic.
struct MemoryLevel::Node : S3FifoNode {
  CacheLevel from = CacheLevel::kNone;
  bool is_expired = false;
  bool is_negative = false;
  std::uint16_t tags_count = 0;
  std::shared_ptr<const CacheEntry> entry;
  std::atomic<std::int64_t> calm_until_ns = 0;
  std::atomic<std::uint64_t> sequence = 0;  ///< Known to be good up to this number of the generations.
  std::int64_t created_ns = 0;
  std::int64_t load_time_ns = 0;
  std::atomic<std::int64_t> last_used_ns = 0;
  std::atomic<std::uint32_t> hits = 0;
  std::uint32_t operation = 0;
  std::uint64_t text_bytes = 0;

  struct Tail {
    EntryTimes times;
    std::uint64_t text_hash = 0;
  };

  char* text_at() { return reinterpret_cast<char*>(this + 1); }
  std::string_view text() { return {text_at(), text_bytes}; }
  Tail& tail() { return *reinterpret_cast<Tail*>(text_at() + RoundUp(text_bytes)); }
  std::span<std::uint64_t> tags() { return {reinterpret_cast<std::uint64_t*>(&tail() + 1), tags_count}; }

  /// Any thread.
  void Use(std::int64_t now_ns) {
    hits.store(hits.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    last_used_ns.store(now_ns, std::memory_order_relaxed);
  }

  [[nodiscard]] const char* ahead() const { return reinterpret_cast<const char*>(entry.get()); }
  /// Of the node what a hit reads, and the entry with the count of its holders, which stands before it.
  static void Prefetch(const Node* node, const char* entry) {
    const char* at = reinterpret_cast<const char*>(&node->uses);
    for (const std::size_t line : {0, 64}) PrefetchLine(at + line);
    // The count is going to be written.
    PrefetchLineToWrite(entry - 16);
    PrefetchLine(entry + 31);
  }

  static constexpr std::size_t RoundUp(std::size_t bytes) { return (bytes + 7) / 8 * 8; }
  static Node* Make(const Write& write) {
    void* at = ::operator new(sizeof(Node) + RoundUp(write.key.text.size()) + sizeof(Tail) + write.tags.size_bytes());
    Node* node = new (at) Node;
    node->hash = write.key.hash;
    node->entry = write.entry;
    node->is_negative = write.entry->is_negative;
    node->load_time_ns = write.entry->load_time.count();
    node->created_ns = write.times.created_ns;
    node->calm_until_ns = write.entry->is_negative || write.is_expired ? 0 : write.calm_until_ns;
    node->sequence = write.sequence;
    node->operation = static_cast<std::uint32_t>(write.key.operation);
    node->text_bytes = write.key.text.size();
    node->tags_count = static_cast<std::uint16_t>(write.tags.size());
    node->is_expired = write.is_expired;
    node->from = write.from;
    std::memcpy(node->text_at(), write.key.text.data(), write.key.text.size());
    new (&node->tail()) Tail{write.times, write.key.text_hash};
    if (!write.tags.empty()) std::memcpy(node->tags().data(), write.tags.data(), write.tags.size_bytes());
    return node;
  }
  static void Free(void* at) {
    static_cast<Node*>(at)->~Node();
    ::operator delete(at);
  }
};

struct alignas(64) MemoryLevel::Shard {
  explicit Shard(std::uint64_t capacity) : policy(capacity) {}
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;
  ~Shard() {
    table.ForEachIn(0, table.slots(), [](Node& node) { Node::Free(&node); });
  }

  /// Changed under the lock, read without it.
  HashTable<Node> table;
  mutable SpinLock lock;
  // Guarded by lock.
  S3Fifo policy;
  std::vector<Counts> counts;

  Counts& CountsOf(std::size_t operation) {
    if (operation >= counts.size()) counts.resize(operation + 1);
    return counts[operation];
  }
  void Insert(Node& node, Dropped& dropped);
  /// Takes the node out; the caller frees it.
  void Detach(Node& node) {
    policy.Erase(node);
    Forget(node);
  }
  /// The same for one that the policy gave up.
  void Forget(Node& node) {
    table.Erase(node.hash);
    CacheCounts& of = CountsOf(node.operation).counts;
    --of.entries;
    of.bytes -= node.weight;
  }
};

/// What a change took out, which readers may still hold. Freed at its end, outside the shard's lock.
class MemoryLevel::Dropped {
 public:
  explicit Dropped(MemoryLevel& level) : level_(level) {}
  Dropped(const Dropped&) = delete;
  Dropped& operator=(const Dropped&) = delete;
  ~Dropped() { level_.readers_.Free(gone_, level_.options_.bytes / kSharesWaiting); }

  void Add(Node* node) { gone_.push_back({node, Node::Free, node->weight}); }
  void Add(std::unique_ptr<HashTable<Node>::Slots> slots) {
    if (slots == nullptr) return;
    const std::size_t bytes = slots->bytes();
    gone_.push_back({slots.release(), [](void* at) { delete static_cast<HashTable<Node>::Slots*>(at); }, bytes});
  }

 private:
  /// Of the level's bytes, at most one part in so many waits to be freed.
  static constexpr std::uint64_t kSharesWaiting = 256;

  MemoryLevel& level_;
  std::vector<Readers::Gone> gone_;
};

void MemoryLevel::Shard::Insert(Node& node, Dropped& dropped) {
  dropped.Add(table.Insert(node.hash, &node));
  policy.Insert(node);
  CacheCounts& of = CountsOf(node.operation).counts;
  ++of.entries;
  of.bytes += node.weight;
}

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
  const std::uint64_t sequence = node.sequence.load(std::memory_order_relaxed);
  if (sequence != applied) {
    const auto verdict = generations_.Check({node.tail().text_hash, node.text()}, node.tags(), sequence);
    is_removed = verdict.is_removed || verdict.is_uncertain;
    if (is_removed) return CacheState::kMiss;
    node.is_expired |= verdict.is_expired;
    if (node.is_expired) node.calm_until_ns.store(0, std::memory_order_relaxed);
    // Who reads without the lock and sees this number sees what it means.
    node.sequence.store(applied, std::memory_order_release);
  }
  const EntryTimes& times = node.tail().times;
  if (now_ns < times.fresh_until_ns && !node.is_expired) {
    return node.is_negative ? CacheState::kNegative : CacheState::kFresh;
  }
  return now_ns < times.stale_until_ns && !node.is_negative ? CacheState::kStale : CacheState::kMiss;
}

bool MemoryLevel::ReadCalm(std::uint64_t hash, std::string_view text, std::size_t operation, CacheClock& clock,
                           CacheResult& result) {
  const HashTable<Node>& table = ShardOf(hash).table;
  table.PrefetchSlot(hash);
  const std::int64_t now_ns = clock.RecentNs();
  const int thread = readers_.Thread();
  if (thread == ThreadNumber::kNone || operation >= HitCounts::kOperationsMax) return false;
  const Readers::Reading reading(readers_, thread);
  Node* node = table.Peek(hash);
  if (node == nullptr || node->sequence.load(std::memory_order_acquire) != generations_.announced() ||
      now_ns >= node->calm_until_ns.load(std::memory_order_relaxed) || node->text() != text) {
    return false;
  }
  S3Fifo::Touch(*node);
  if (notes_uses_) node->Use(now_ns);
  calm_hits_.Add(thread, operation, node->load_time_ns);
  result.state = CacheState::kFresh;
  result.level = CacheLevel::kMemory;
  result.age = std::chrono::nanoseconds(std::max<std::int64_t>(0, now_ns - node->created_ns));
  result.entry = node->entry;
  return true;
}

MemoryLevel::Hit MemoryLevel::Read(const Key& key, std::int64_t now_ns, bool is_counted) {
  Hit hit;
  Dropped dropped(*this);
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
    dropped.Add(node);
    return hit;
  }
  hit.entry = node->entry;
  hit.times = node->tail().times;
  hit.from = node->from;
  hit.is_expired = node->is_expired;
  if (counts == nullptr) return hit;
  S3Fifo::Touch(*node);
  if (notes_uses_) node->Use(now_ns);
  std::uint64_t& count = hit.state == CacheState::kFresh   ? counts->counts.hits
                         : hit.state == CacheState::kStale ? counts->counts.stale
                                                           : counts->counts.negative;
  ++count;
  counts->time_saved_ns += static_cast<std::uint64_t>(node->load_time_ns);
  return hit;
}

void MemoryLevel::Store(const Write& write) {
  Node* node = Node::Make(write);
  node->weight = sizeof(Node) + sizeof(Node::Tail) + WeightOf(*write.entry, write.tags.size(), write.key.text.size());
  Dropped dropped(*this);
  Shard& shard = ShardOf(node->hash);
  const std::lock_guard lock(shard.lock);
  bool is_removed = false;
  (void)Judge(*node, write.times.created_ns, is_removed);
  // What was invalidated while it was loaded must not push out what was loaded since.
  Node* old = is_removed ? nullptr : shard.table.Find(node->hash);
  if (old != nullptr) {
    shard.Detach(*old);
    dropped.Add(old);
  }
  if (is_removed) {
    ++shard.CountsOf(node->operation).counts.fenced;
    dropped.Add(node);
    return;
  }
  if (node->weight > shard.policy.capacity()) {
    dropped.Add(node);
    return;
  }
  const auto is_full = [&] {
    return !shard.policy.HasRoom(node->weight) || (entries_max_ != 0 && shard.policy.size() >= entries_max_);
  };
  while (is_full()) {
    auto* victim = static_cast<Node*>(shard.policy.Evict());
    shard.Forget(*victim);
    ++shard.CountsOf(victim->operation).counts.evicted;
    dropped.Add(victim);
  }
  shard.Insert(*node, dropped);
  ++shard.CountsOf(node->operation).counts.stores;
}

void MemoryLevel::NoteUse(std::uint64_t hash, std::int64_t now_ns) {
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.lock);
  Node* node = shard.table.Find(hash);
  if (node != nullptr) node->Use(now_ns);
}

bool MemoryLevel::Erase(std::uint64_t hash) {
  Dropped dropped(*this);
  Shard& shard = ShardOf(hash);
  const std::lock_guard lock(shard.lock);
  Node* node = shard.table.Find(hash);
  if (node == nullptr) return false;
  shard.Detach(*node);
  ++shard.CountsOf(node->operation).counts.removed;
  dropped.Add(node);
  return true;
}

void MemoryLevel::Clear() {
  for (const auto& shard : shards_) {
    Dropped dropped(*this);
    const std::lock_guard lock(shard->lock);
    while (auto* node = static_cast<Node*>(shard->policy.Evict())) {
      shard->Forget(*node);
      ++shard->CountsOf(node->operation).counts.removed;
      dropped.Add(node);
    }
    dropped.Add(shard->table.Clear());
  }
  readers_.FreeAll();
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
          seen.push_back({node.entry, node.tail().times, state, node.weight, node.hits, node.last_used_ns});
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
