#pragma once

#include <cstdio>
#include <cstdlib>

namespace cairn::fuzz {

/// Ends the process where it does not hold: libFuzzer then keeps the input.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "it does not hold that %s\n", what);
  std::abort();
}

}  // namespace cairn::fuzz
