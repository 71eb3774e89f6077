#pragma once

// glibc's header is C, whose name of bool clang does not know in C++.
#ifdef __clang__
#define _Bool bool
#endif
#include <sys/platform/x86.h>
#ifdef __clang__
#undef _Bool
#endif

namespace cairn {

// What the processor has and the system lets be used, as the loader found out when the program began. Asking the
// processor again, as GCC's `__builtin_cpu_supports` does before `main`, takes 0.1 ms in a virtual machine, where each
// question leaves it.

inline bool HasAvx2() { return CPU_FEATURE_ACTIVE(AVX2); }
/// With the 512 bit operations on bytes.
inline bool HasAvx512Bytes() { return CPU_FEATURE_ACTIVE(AVX512F) && CPU_FEATURE_ACTIVE(AVX512BW); }
inline bool HasBmi2() { return CPU_FEATURE_ACTIVE(BMI2); }
/// Multiplication without carries, of 64 bits.
inline bool HasPclmul() { return CPU_FEATURE_ACTIVE(PCLMULQDQ); }

}  // namespace cairn
