#include <cstddef>
#include <cstdint>

#include "read_filter.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::ReadFilter({reinterpret_cast<const char*>(data), size});
  return 0;
}
