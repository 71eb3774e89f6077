#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <unordered_map>
#include <vector>

#include "cache_trace.h"

namespace cairn::bench {

/// S3-FIFO as its paper's algorithm 1 has it (Yang and others, SOSP 2023), objects of one size; shares nothing with
/// the engine's.
class ReferenceS3Fifo {
 public:
  explicit ReferenceS3Fifo(std::size_t objects)
      : size_(objects), small_size_(objects / 10), ghost_size_(objects - objects / 10) {}
  /// Whether the object is there; afterwards it is.
  bool Request(std::uint32_t id);
  void Remove(std::uint32_t id);

 private:
  struct Object {
    std::list<std::uint32_t>::iterator place;
    bool is_main = false;
    int frequency = 0;
  };
  void Insert(std::uint32_t id);
  void Evict();
  void EvictSmall();
  void EvictMain();

  const std::size_t size_;
  const std::size_t small_size_;
  const std::size_t ghost_size_;
  std::unordered_map<std::uint32_t, Object> objects_;
  std::list<std::uint32_t> small_;  ///< The newest in front.
  std::list<std::uint32_t> main_;
  std::list<std::uint32_t> ghost_;
  std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> ghosts_;
};

/// The least recently used goes.
class ReferenceLru {
 public:
  explicit ReferenceLru(std::size_t objects) : size_(objects) {}
  bool Request(std::uint32_t id);
  void Remove(std::uint32_t id);

 private:
  const std::size_t size_;
  std::list<std::uint32_t> order_;  ///< The newest in front.
  std::unordered_map<std::uint32_t, std::list<std::uint32_t>::iterator> objects_;
};

/// The share of a trace's requests that hit, from 0 to 1. What a tag invalidates stands until it is asked for again.
template <typename Reference>
double HitRatio(const Trace& trace, std::size_t objects) {
  Reference cache(objects);
  std::vector<std::size_t> bumped_at(trace.tags);
  std::vector<std::size_t> stored_at(trace.objects);
  std::size_t hits = 0;
  for (std::size_t i = 0; i < trace.ids.size(); ++i) {
    if (const auto tag = trace.BumpAt(i)) bumped_at[*tag] = i;
    const std::uint32_t id = trace.ids[i];
    if (trace.tags != 0 && bumped_at[id % trace.tags] > stored_at[id]) cache.Remove(id);
    if (cache.Request(id)) {
      ++hits;
    } else {
      stored_at[id] = i;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(trace.ids.size());
}

}  // namespace cairn::bench
