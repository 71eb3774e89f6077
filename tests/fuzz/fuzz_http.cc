#include <cstddef>
#include <cstdint>

#include "read_http.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cairn::fuzz::ReadHttp({reinterpret_cast<const char*>(data), size});
  return 0;
}
