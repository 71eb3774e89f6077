#include <fmt/format.h>

#include <algorithm>

#include "extract/image_blocks.h"
#include "extract/mp4_state.h"
#include "extract/xmp.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

// What tells of tiles or layers: eight bytes for each of 65,535.
constexpr std::uint64_t kDerivedBytesMax = std::uint64_t{1} << 20;

// Extents, references and associations of all items together are bounded like boxes.
bool Full(std::size_t count, const Mp4State& state) { return count >= state.context.limits.entries; }

// The bytes of an item, its extents one behind the other; empty where they are not in the file or more than `left`,
// which is asked before any is read.
std::string Content(const Mp4Item& item, std::uint64_t* left, Mp4State& state) {
  if (item.method > 1) return {};
  std::vector<Mp4Span> parts;
  std::uint64_t bytes = 0;
  for (Mp4Span part : item.extents) {
    if (item.method == 1) {
      if (part.at > state.idat.size) return {};
      if (part.size == 0) part.size = state.idat.size - part.at;
      if (part.size > state.idat.size - part.at) return {};
      part.at += state.idat.at;
    }
    if (part.size > *left - bytes || !state.file.Has(part.at, part.size)) return {};
    bytes += part.size;
    parts.push_back(part);
  }
  *left -= bytes;
  std::string out;
  out.reserve(static_cast<std::size_t>(bytes));
  for (const Mp4Span& part : parts) out += state.file.At(part.at, static_cast<std::size_t>(part.size));
  return out;
}

// Where the TIFF structure begins: four bytes say it, but some writers put it elsewhere.
std::size_t TiffAt(const std::string& content) {
  const ByteView bytes(content);
  const std::uint64_t said = bytes.U32(0) + std::uint64_t{4};
  for (const std::uint64_t at : {said, std::uint64_t{4}, std::uint64_t{10}, std::uint64_t{6}, std::uint64_t{0}}) {
    if (bytes.Is(at, "II*\0"sv) || bytes.Is(at, "MM\0*"sv)) return static_cast<std::size_t>(at);
  }
  return static_cast<std::size_t>(std::min<std::uint64_t>(said, content.size()));
}

bool Describes(const Mp4Item& item, std::uint32_t id) {
  return std::find(item.describes.begin(), item.describes.end(), id) != item.describes.end();
}

// 0 for what tells of the main picture, 1 for what tells of none, 2 for what tells of another.
int Rank(const Mp4Item& item, const Mp4State& state) {
  if (state.primary != 0 && Describes(item, state.primary)) return 0;
  return item.describes.empty() ? 1 : 2;
}

// ISO 23008-12, sections 6.6.2.2 and 6.6.2.3: how large the picture is that tiles or layers make up.
void DerivedSize(Mp4State& state) {
  const Mp4Item* item = nullptr;
  if (const auto found = state.items.find(state.primary); found != state.items.end()) item = &found->second;
  const auto derived = [](const Mp4Item& one) { return one.type == "grid" || one.type == "iovl"; };
  if (item == nullptr || !derived(*item)) {
    item = nullptr;
    for (const auto& [id, one] : state.items) {
      if (item == nullptr && derived(one)) item = &one;
    }
  }
  if (item == nullptr || item->method != 1) return;
  std::uint64_t left = kDerivedBytesMax;
  const std::string content = Content(*item, &left, state);
  const ByteView bytes(content);
  const std::size_t wide = (bytes.U8(1) & 1) != 0 ? 4 : 2;
  // Version and flags, then rows and columns of the grid, or the four colours of what no layer covers.
  const std::uint64_t at = item->type == "grid" ? 4 : 10;
  if (!bytes.Has(at, 2 * wide)) return;
  state.to.Add("MetaImageSize", fmt::format("{}x{}", bytes.Unsigned(at, wide), bytes.Unsigned(at + wide, wide)));
}

}  // namespace

void ReadMp4ItemInfo(ByteView box, Mp4State& state) {
  std::uint64_t at = box.U8(0) == 0 ? 6 : 8;
  while (box.Has(at, 8) && !Full(state.items.size(), state)) {
    const std::uint32_t size = box.U32(at);
    if (size < 8 || !box.Has(at, size)) return;
    const ByteView entry = box.Sub(at + 8, size - 8);
    at += size;
    const std::uint64_t wide = entry.U8(0) == 3 ? 4 : 2;
    Mp4Item& item = state.items[static_cast<std::uint32_t>(entry.Unsigned(4, wide))];
    // Behind the number stands how it is protected, then the type but in old versions, name and content type.
    std::string_view rest = entry.Part(6 + wide);
    item.type = entry.U8(0) < 2 ? "mime" : rest.substr(0, 4);
    if (item.type != "mime") continue;
    if (entry.U8(0) >= 2) rest = entry.Part(10 + wide);
    rest.remove_prefix(std::min(BeforeNul(rest).size() + 1, rest.size()));
    item.content_type = BeforeNul(rest);
  }
}

// Section 8.11.3.
void ReadMp4ItemLocations(ByteView box, Mp4State& state) {
  const std::uint8_t version = box.U8(0);
  const std::size_t offset_bytes = box.U8(4) >> 4;
  const std::size_t length_bytes = box.U8(4) & 15;
  const std::size_t base_bytes = box.U8(5) >> 4;
  const std::size_t index_bytes = version > 0 ? box.U8(5) & 15 : 0;
  if (offset_bytes > 8 || length_bytes > 8 || base_bytes > 8 || index_bytes > 8) return;
  const std::uint64_t extent_bytes = index_bytes + offset_bytes + length_bytes;
  const std::size_t wide = version < 2 ? 2 : 4;
  std::uint32_t count = version < 2 ? box.U16(6) : box.U32(6);
  std::uint64_t at = version < 2 ? 8 : 10;
  std::size_t all = 0;
  for (; count > 0 && box.Has(at, wide + 4) && !Full(state.items.size(), state); --count) {
    Mp4Item& item = state.items[static_cast<std::uint32_t>(box.Unsigned(at, wide))];
    at += wide;
    item.method = 0;
    if (version > 0) {
      item.method = box.U8(at + 1) & 15;
      at += 2;
    }
    // Content of another file is not looked at.
    if (box.U16(at) != 0) item.method = 15;
    at += 2;
    const std::uint64_t base = box.Unsigned(at, base_bytes);
    at += base_bytes;
    std::uint16_t extents = box.U16(at);
    at += 2;
    item.extents.clear();
    for (; extents > 0 && extent_bytes > 0 && box.Has(at, extent_bytes) && !Full(all, state); --extents, ++all) {
      const std::uint64_t offset = box.Unsigned(at + index_bytes, offset_bytes);
      item.extents.push_back({base + offset, box.Unsigned(at + index_bytes + offset_bytes, length_bytes)});
      at += extent_bytes;
    }
  }
}

// Section 8.11.12: boxes of their own, named after the kind of reference.
void ReadMp4ItemReferences(ByteView box, Mp4State& state) {
  const std::size_t wide = box.U8(0) == 0 ? 2 : 4;
  std::size_t all = 0;
  for (std::uint64_t at = 4; box.Has(at, 8);) {
    const std::uint32_t size = box.U32(at);
    if (size < 8 || !box.Has(at, size)) return;
    const ByteView entry = box.Sub(at + 8, size - 8);
    const bool describes = box.Is(at + 4, "cdsc");
    at += size;
    if (!describes || Full(state.items.size(), state)) continue;
    Mp4Item& item = state.items[static_cast<std::uint32_t>(entry.Unsigned(0, wide))];
    for (std::uint64_t to = wide + 2; entry.Has(to, wide) && !Full(all, state); to += wide, ++all)
      item.describes.push_back(static_cast<std::uint32_t>(entry.Unsigned(to, wide)));
  }
}

// ISO 23008-12, section 9.3: for each item the numbers of its boxes in ipco.
void ReadMp4PropertyAssociations(ByteView box, Mp4State& state) {
  const std::size_t wide = box.U8(0) == 0 ? 2 : 4;
  const std::size_t number_bytes = (box.U8(3) & 1) != 0 ? 2 : 1;
  std::uint64_t at = 8;
  std::size_t all = 0;
  for (std::uint32_t count = box.U32(4); count > 0 && box.Has(at, wide + 1); --count) {
    if (Full(state.items.size(), state)) return;
    Mp4Item& item = state.items[static_cast<std::uint32_t>(box.Unsigned(at, wide))];
    std::uint8_t numbers = box.U8(at + wide);
    at += wide + 1;
    for (; numbers > 0 && box.Has(at, number_bytes) && !Full(all, state); --numbers, ++all) {
      // The first bit says that the property must be understood.
      const auto number = static_cast<std::uint16_t>(box.Unsigned(at, number_bytes));
      item.properties.push_back(number & (number_bytes == 2 ? 0x7fff : 0x7f));
      at += number_bytes;
    }
  }
}

Status ReadMp4ItemContent(Mp4State& state) {
  ImageBlocks blocks;
  std::vector<std::string> packets;
  std::uint64_t left = state.context.limits.bytes;
  for (const int rank : {0, 1, 2}) {
    for (const auto& [id, item] : state.items) {
      if ((item.type != "Exif" && item.type != "mime") || Rank(item, state) != rank) continue;
      if (item.type == "Exif" && !blocks.exif.empty()) continue;
      if (Status go = state.context.KeepGoing(); !go.ok()) return go;
      std::string content = Content(item, &left, state);
      if (content.empty()) continue;
      if (item.type == "Exif") {
        const std::size_t skip = TiffAt(content);
        if (item.extents.size() == 1)
          blocks.exif_at = item.extents[0].at + (item.method == 1 ? state.idat.at : 0) + skip;
        blocks.exif = content.substr(skip);
      } else if (item.content_type == "application/rdf+xml" || content.find("<x:xmpmeta") != std::string::npos) {
        packets.push_back(std::move(content));
      }
    }
  }
  DerivedSize(state);
  blocks.icc = ReadMp4Properties(state);
  if (!packets.empty()) blocks.xmp = std::move(packets.front());
  if (Status read = ReadImageBlocks(blocks, state.context, state.to); !read.ok()) return read;
  for (std::size_t i = 1; i < packets.size(); ++i) ReadXmp(packets[i], state.context, state.to);
  return Status::Ok();
}

}  // namespace cairn
