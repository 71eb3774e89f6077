#pragma once

namespace cairn {

/// Has a line of memory fetched into the processor's cache, whether it may be read or not. As an instruction that stays
/// where it is written: a function that does nothing but `__builtin_prefetch` counts as one without effect to GCC 12,
/// which leaves out the calls of it.
[[gnu::always_inline]] inline void PrefetchLine(const void* at) {
#if defined(__x86_64__)
  asm volatile("prefetcht0 %0" : : "m"(*static_cast<const char*>(at)));
#else
  __builtin_prefetch(at);
#endif
}

/// The same for what is going to be written.
[[gnu::always_inline]] inline void PrefetchLineToWrite(const void* at) {
#if defined(__x86_64__)
  asm volatile("prefetchw %0" : : "m"(*static_cast<const char*>(at)));
#else
  __builtin_prefetch(at, 1);
#endif
}

}  // namespace cairn
