#include "cache_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>

#include "data.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kStoresAtOnce = 1'000;

}  // namespace

std::vector<std::uint32_t> ZipfPicks(std::size_t count, std::size_t keys, std::uint64_t seed) {
  std::vector<double> up_to(keys);
  double sum = 0;
  for (std::size_t rank = 0; rank < keys; ++rank) {
    sum += std::pow(static_cast<double>(rank + 1), -kZipfExponent);
    up_to[rank] = sum;
  }
  constexpr std::uint64_t kScatter = 2'654'435'761;  // A prime, so that no two ranks meet.
  std::vector<std::uint32_t> picks(count);
  for (std::size_t i = 0; i < count; ++i) {
    const double chance = static_cast<double>(Scramble(seed + i) >> 11) * 0x1p-53 * sum;
    const auto rank = static_cast<std::uint64_t>(std::upper_bound(up_to.begin(), up_to.end(), chance) - up_to.begin());
    picks[i] = static_cast<std::uint32_t>(std::min<std::uint64_t>(rank, keys - 1) * kScatter % keys);
  }
  return picks;
}

std::string CacheValue(std::uint64_t i) {
  std::string value(kCacheValueBytes, '\0');
  for (std::size_t at = 0; at < value.size(); at += sizeof(std::uint64_t)) {
    const std::uint64_t bytes = Scramble((i << 20) + at);
    std::memcpy(value.data() + at, &bytes, sizeof bytes);
  }
  return value;
}

CacheLoaded LoadAtOnce(const CacheLoad& /*load*/) {
  static const std::string value = CacheValue(0);
  return CacheLoaded::Value(value);
}

CachePolicy LastingPolicy(CacheLevels levels) {
  CachePolicy policy;
  policy.ttl = std::chrono::hours(24);
  policy.levels = levels;
  return policy;
}

AskedCache::AskedCache(CacheOptions options, const CachePolicy& policy, std::size_t key_count)
    : cache(Must(Cache::Open(std::move(options)), "opening a cache")),
      operation(Must(cache->Define("bench", "book", policy), "defining an operation")) {
  keys.reserve(key_count);
  for (std::size_t i = 0; i < key_count; ++i) {
    keys.push_back(Must(operation->Key({{"asin", fmt::format("B{:09}", i)}}), "making a key"));
  }
}

void AskedCache::Fill() const {
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto loader = [i](const CacheLoad&) { return CacheLoaded::Value(CacheValue(i)); };
    Must(cache->GetOrLoad(keys[i], loader).status(), "filling a cache");
    // The disk level's queue is bounded.
    if ((i + 1) % kStoresAtOnce == 0) Must(cache->Flush(), "filling a cache");
  }
  Must(cache->Flush(), "filling a cache");
}

std::string_view AskedCache::MustHit(std::size_t key, CacheLevel level, CacheResult& result) const {
  result = cache->Get(keys[key]);
  if (result.level != level || !result.has_value()) {
    Fail(fmt::format("{} was to be answered from {}, not {}", keys[key].text(), CacheLevelName(level),
                     CacheLevelName(result.level)));
  }
  return result.value();
}

}  // namespace cairn::bench
