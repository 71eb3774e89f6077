#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cairn {

/// Takes the pages of a mapped file out of the process's memory when they were read: a segment that is read once, from
/// its begin to its end, would stay there whole. Nothing is lost: who asks for them again has them from the file. One
/// thread.
class ReadBehind {
 public:
  /// Of bytes that are in no file, which stay.
  ReadBehind() = default;
  /// `mapped`: bytes of a `Mapping`, or the part of them that is read here.
  explicit ReadBehind(std::string_view mapped) : begin_(PageBehind(mapped.data())), is_mapped_(true) {}

  /// All before `at` was read.
  void Passed(const char* at) {
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(at) & ~(kPageBytes - 1);
    if (!is_mapped_ || end < begin_ + kStretchBytes) return;
    // What it cannot do it leaves: more memory, nothing else.
    (void)::madvise(reinterpret_cast<void*>(begin_), end - begin_, MADV_DONTNEED);
    begin_ = end;
  }

 private:
  static constexpr std::uintptr_t kPageBytes = 4096;
  static constexpr std::uintptr_t kStretchBytes = std::uintptr_t{8} << 20;

  static std::uintptr_t PageBehind(const char* at) {
    return (reinterpret_cast<std::uintptr_t>(at) + kPageBytes - 1) & ~(kPageBytes - 1);
  }

  std::uintptr_t begin_ = 0;
  bool is_mapped_ = false;
};

}  // namespace cairn
