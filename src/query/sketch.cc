#include "query/sketch.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace cairn {
namespace {

constexpr double kShrink = 2.0 / 3.0;
constexpr std::size_t kCapacityMin = 8;
constexpr std::size_t kLevelsMax = 60;  // 2^60 values of level 0 are more than can be counted one by one.

template <typename T>
void Put(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
bool Take(std::string_view& in, T& value) {
  if (in.size() < sizeof value) return false;
  std::memcpy(&value, in.data(), sizeof value);
  in.remove_prefix(sizeof value);
  return true;
}

}  // namespace

std::size_t KllSketch::Capacity(std::size_t level) const {
  const auto below_top = static_cast<double>(levels_.size() - 1 - level);
  const auto capacity = static_cast<std::size_t>(std::ceil(static_cast<double>(kK) * std::pow(kShrink, below_top)));
  return std::max(capacity, kCapacityMin);
}

void KllSketch::SetLimits() {
  held_ = 0;
  held_max_ = 0;
  memory_bytes_ = levels_.capacity() * sizeof(std::vector<double>);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    held_ += levels_[level].size();
    held_max_ += Capacity(level);
    memory_bytes_ += levels_[level].capacity() * sizeof(double);
  }
}

bool KllSketch::RandomBit() {
  // SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
  random_ += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = random_;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
  return ((z ^ (z >> 31)) >> 63) != 0;
}

void KllSketch::Add(double value) {
  if (std::isnan(value)) return;
  if (count_ == 0) {
    if (levels_.empty()) levels_.emplace_back();
    min_ = max_ = value;
    SetLimits();
  }
  min_ = std::min(min_, value);
  max_ = std::max(max_, value);
  ++count_;
  std::vector<double>& first = levels_[0];
  if (first.size() == first.capacity()) {
    // Doubling, but never beyond what can be held: there may be a sketch for each of many groups.
    first.reserve(std::min(std::max<std::size_t>(4, 2 * first.size()), std::max(held_max_, first.size()) + 1));
    SetLimits();
  }
  first.push_back(value);
  if (++held_ > held_max_) Compress();
}

void KllSketch::Compress() {
  while (held_ > held_max_) {
    std::size_t level = 0;
    while (levels_[level].size() <= Capacity(level)) ++level;
    if (level + 1 == levels_.size()) levels_.emplace_back();
    std::vector<double>& from = levels_[level];
    std::vector<double>& to = levels_[level + 1];
    if (level == 0) std::sort(from.begin(), from.end());
    // Of each pair of neighbours one goes up, by one throw for all of them; an odd one stays, at a random end, so that
    // no side is favoured.
    std::size_t begin = 0;
    double left = 0;
    const bool odd = from.size() % 2 != 0;
    if (odd) {
      const bool low = RandomBit();
      left = low ? from.front() : from.back();
      begin = low ? 1 : 0;
    }
    const std::size_t middle = to.size();
    const std::size_t end = begin + from.size() / 2 * 2;
    to.reserve(middle + from.size() / 2);
    for (std::size_t i = begin + (RandomBit() ? 1 : 0); i < end; i += 2) to.push_back(from[i]);
    std::inplace_merge(to.begin(), to.begin() + static_cast<std::ptrdiff_t>(middle), to.end());
    from.clear();
    // Only the first level fills up again at once; there may be a sketch for each of many groups.
    if (level != 0) from.shrink_to_fit();
    if (odd) from.push_back(left);
    SetLimits();
  }
}

void KllSketch::Merge(const KllSketch& other) {
  if (other.count_ == 0) return;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  count_ += other.count_;
  if (levels_.size() < other.levels_.size()) levels_.resize(other.levels_.size());
  for (std::size_t level = 0; level < other.levels_.size(); ++level) {
    const auto middle = static_cast<std::ptrdiff_t>(levels_[level].size());
    const std::vector<double>& more = other.levels_[level];
    levels_[level].insert(levels_[level].end(), more.begin(), more.end());
    if (level != 0) {
      std::inplace_merge(levels_[level].begin(), levels_[level].begin() + middle, levels_[level].end());
    }
  }
  SetLimits();
  Compress();
}

double KllSketch::Quantile(double q) const {
  if (q <= 0) return min_;
  if (q >= 1) return max_;
  std::vector<std::pair<double, std::uint64_t>> weighted;
  weighted.reserve(held_);
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    for (const double value : levels_[level]) weighted.emplace_back(value, std::uint64_t{1} << level);
  }
  std::sort(weighted.begin(), weighted.end());
  // The product is rounded: what is a whole rank but for the last bits is that rank.
  const double rank = std::max(1.0, std::ceil(q * static_cast<double>(count_) * (1 - 1e-15)));
  std::uint64_t reached = 0;
  for (const auto& [value, weight] : weighted) {
    reached += weight;
    if (static_cast<double>(reached) >= rank) return value;
  }
  return max_;
}

void KllSketch::SerializeTo(std::string& out) const {
  Put(out, random_);
  Put(out, count_);
  Put(out, min_);
  Put(out, max_);
  Put(out, static_cast<std::uint32_t>(levels_.size()));
  for (const std::vector<double>& level : levels_) {
    Put(out, static_cast<std::uint32_t>(level.size()));
    out.append(reinterpret_cast<const char*>(level.data()), level.size() * sizeof(double));
  }
}

Result<KllSketch> KllSketch::Deserialize(std::string_view bytes) {
  const Status damaged(StatusCode::kDataLoss, "not the bytes of a quantile sketch");
  KllSketch sketch(0);
  std::uint32_t levels = 0;
  if (!Take(bytes, sketch.random_) || !Take(bytes, sketch.count_) || !Take(bytes, sketch.min_) ||
      !Take(bytes, sketch.max_) || !Take(bytes, levels) || levels > kLevelsMax ||
      (levels == 0) != (sketch.count_ == 0)) {
    return damaged;
  }
  std::uint64_t stands_for = 0;
  for (std::uint32_t level = 0; level < levels; ++level) {
    std::uint32_t size = 0;
    if (!Take(bytes, size) || bytes.size() / sizeof(double) < size) return damaged;
    std::vector<double>& values = sketch.levels_.emplace_back(size);
    if (size != 0) std::memcpy(values.data(), bytes.data(), size * sizeof(double));
    bytes.remove_prefix(size * sizeof(double));
    stands_for += std::uint64_t{size} << level;
  }
  if (!bytes.empty() || stands_for != sketch.count_) return damaged;
  sketch.SetLimits();
  return sketch;
}

}  // namespace cairn
