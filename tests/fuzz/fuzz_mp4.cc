#include <cstddef>
#include <cstdint>

#include "read_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::ReadFile("video/mp4", {reinterpret_cast<const char*>(data), size});
  return 0;
}
