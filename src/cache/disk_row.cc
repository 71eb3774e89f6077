#include "cache/disk_row.h"

#include <cstring>

#include "base/crc32c.h"
#include "cache/bytes.h"

namespace cairn {
namespace {

constexpr std::size_t kCrcAt = 12;
constexpr std::size_t kTagsAt = 16;

std::uint32_t Checksum(std::string_view row, std::size_t tags_bytes) {
  return Crc32c(Crc32c(0, row.substr(0, kCrcAt)), row.substr(kTagsAt, tags_bytes));
}

}  // namespace

std::string WriteDiskRow(std::uint64_t sequence, std::span<const std::uint64_t> tags, std::string_view entry) {
  std::string row;
  row.reserve(kTagsAt + tags.size_bytes() + entry.size());
  ByteWriter writer(row);
  writer.Number(sequence);
  writer.Number(static_cast<std::uint32_t>(tags.size()));
  writer.Number(std::uint32_t{0});
  for (const std::uint64_t tag : tags) writer.Number(tag);
  const std::uint32_t crc = Checksum(row, tags.size_bytes());
  std::memcpy(row.data() + kCrcAt, &crc, sizeof crc);
  row += entry;
  return row;
}

Result<DiskRow> ReadDiskRow(std::string_view bytes) {
  ByteReader reader(bytes);
  DiskRow row;
  row.sequence = reader.Number<std::uint64_t>();
  const auto count = reader.Number<std::uint32_t>();
  const auto crc = reader.Number<std::uint32_t>();
  const std::string_view tags = reader.Raw(std::size_t{count} * sizeof(std::uint64_t));
  if (!reader.ok() || crc != Checksum(bytes, tags.size())) {
    return {StatusCode::kDataLoss, "a row of the cache file fails its checksum"};
  }
  row.tags.resize(count);
  if (count != 0) std::memcpy(row.tags.data(), tags.data(), tags.size());
  row.entry = reader.rest();
  return row;
}

}  // namespace cairn
