#include "base/crc32c.h"

#include <isa-l/crc.h>

namespace cairn {

std::uint32_t Crc32c(std::uint32_t before, std::string_view bytes) {
  // ISA-L takes an int; segments are fed batch by batch, but nothing here says that a batch stays below 2 GiB.
  constexpr std::size_t kPieceBytes = std::size_t{1} << 30;
  std::uint32_t crc = ~before;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceBytes);
    crc = crc32_iscsi(reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data())), static_cast<int>(piece.size()),
                      crc);
    bytes.remove_prefix(piece.size());
  }
  return ~crc;
}

}  // namespace cairn
