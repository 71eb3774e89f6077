#include "extract/jpeg_xmp.h"

#include <algorithm>
#include <map>

#include "extract/byte_view.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPacket = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr std::string_view kPart = "http://ns.adobe.com/xmp/extension/\0"sv;
constexpr std::size_t kPacketsMax = 2048;  // Packets and parts of one image.
constexpr std::size_t kIdBytes = 32;
constexpr std::size_t kPartHeadBytes = kIdBytes + 8;  // Id, size of the whole, place of this part.

std::size_t BytesOf(const ImageBlocks& blocks) {
  std::size_t sum = blocks.xmp.size();
  for (const auto& packet : blocks.xmp_more) sum += packet.size();
  for (const auto& part : blocks.xmp_parts) sum += part.size();
  return sum;
}

}  // namespace

void TakeJpegXmp(std::string_view segment, std::size_t bytes_max, ImageBlocks* blocks) {
  const bool full = blocks->xmp_more.size() + blocks->xmp_parts.size() >= kPacketsMax;
  if (full || segment.starts_with("Exif") || BytesOf(*blocks) + segment.size() > bytes_max) return;
  if (segment.starts_with(kPart)) {
    segment.remove_prefix(kPart.size());
    if (segment.size() > kPartHeadBytes) blocks->xmp_parts.emplace_back(segment);
    return;
  }
  if (segment.starts_with(kPacket)) {
    segment.remove_prefix(kPacket.size());
  } else {
    std::size_t begin = segment.find("<?xpacket");
    if (begin == segment.npos) begin = segment.find("<x:xmpmeta");
    if (begin == segment.npos) return;
    segment.remove_prefix(begin);
  }
  if (segment.empty()) return;
  if (blocks->xmp.empty()) {
    blocks->xmp = segment;
  } else if (segment != blocks->xmp) {
    blocks->xmp_more.emplace_back(segment);
  }
}

std::string JoinXmpParts(std::span<const std::string> parts, std::string_view id) {
  std::map<std::uint32_t, std::string_view> by_place;
  std::uint32_t size = 0;
  for (const auto& part : parts) {
    const ByteView view(part);
    if (!view.Is(0, id) || id.size() != kIdBytes) continue;
    size = view.U32(kIdBytes);
    by_place[view.U32(kIdBytes + 4)] = view.Part(kPartHeadBytes);
  }
  std::string out;
  for (const auto& [place, bytes] : by_place) {
    if (place != out.size()) return {};
    out += bytes;
  }
  return out.size() == size ? out : std::string();
}

}  // namespace cairn
