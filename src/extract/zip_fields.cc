#include "extract/zip_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::array kMethods = {
    Code{0, "None"},
    Code{1, "Shrunk"},
    Code{2, "Reduced with compression factor 1"},
    Code{3, "Reduced with compression factor 2"},
    Code{4, "Reduced with compression factor 3"},
    Code{5, "Reduced with compression factor 4"},
    Code{6, "Imploded"},
    Code{7, "Tokenized"},
    Code{8, "Deflated"},
    Code{9, "Enhanced Deflate using Deflate64(tm)"},
    Code{10, "Imploded (old IBM TERSE)"},
    Code{12, "BZIP2"},
    Code{14, "LZMA (EFS)"},
    Code{18, "IBM TERSE (new)"},
    Code{19, "IBM LZ77 z Architecture (PFS)"},
    Code{96, "JPEG recompressed"},
    Code{97, "WavPack compressed"},
    Code{98, "PPMd version I, Rev 1"},
};

constexpr std::uint64_t kHeaderBytes = 30;

// IBM code page 437 from 0x80 on: unicode.org, MAPPINGS/VENDORS/MICSFT/PC/CP437.TXT.
constexpr std::array<std::uint16_t, 128> kCp437 = {
    0xc7,   0xfc,   0xe9,   0xe2,   0xe4,   0xe0,   0xe5,   0xe7,   0xea,   0xeb,   0xe8,   0xef,   0xee,
    0xec,   0xc4,   0xc5,   0xc9,   0xe6,   0xc6,   0xf4,   0xf6,   0xf2,   0xfb,   0xf9,   0xff,   0xd6,
    0xdc,   0xa2,   0xa3,   0xa5,   0x20a7, 0x192,  0xe1,   0xed,   0xf3,   0xfa,   0xf1,   0xd1,   0xaa,
    0xba,   0xbf,   0x2310, 0xac,   0xbd,   0xbc,   0xa1,   0xab,   0xbb,   0x2591, 0x2592, 0x2593, 0x2502,
    0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510, 0x2514,
    0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550,
    0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c,
    0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x3b1,  0xdf,   0x393,  0x3c0,  0x3a3,  0x3c3,  0xb5,   0x3c4,
    0x3a6,  0x398,  0x3a9,  0x3b4,  0x221e, 0x3c6,  0x3b5,  0x2229, 0x2261, 0xb1,   0x2265, 0x2264, 0x2320,
    0x2321, 0xf7,   0x2248, 0xb0,   0x2219, 0xb7,   0x221a, 0x207f, 0xb2,   0x25a0, 0xa0};

// APPNOTE 4.4.17 and annex D: names that are not marked as UTF-8 are in code page 437. Many are UTF-8 all the same.
std::string Path(const ZipMember& member) {
  constexpr std::uint16_t kUtf8 = 1 << 11;
  if (!member.unicode_name.empty()) return member.unicode_name;
  if ((member.flags & kUtf8) != 0 || IsUtf8(member.name)) return member.name;
  std::string out;
  for (const char c : member.name) {
    const auto byte = static_cast<unsigned char>(c);
    AppendUtf8(out, byte < 0x80 ? byte : kCp437[byte - 0x80U]);
  }
  return out;
}

}  // namespace

void AddZipFields(const ZipReader& zip, Extracted& to) {
  if (zip.members().empty()) return;
  const ZipMember& first = zip.members().front();
  to.Add("ZipRequiredVersion", std::int64_t{first.version_needed});
  if (first.flags == 0) {
    to.Add("ZipBitFlag", std::int64_t{0});
  } else {
    to.Add("ZipBitFlag", fmt::format("0x{:04x}", first.flags));
  }
  to.Add("ZipCompression", CodeText(kMethods, first.method));
  to.Add("ZipModifyDate", DosTime(first.dos_time));
  to.Add("ZipCRC", fmt::format("0x{:08x}", first.crc32));
  to.Add("ZipCompressedSize", static_cast<std::int64_t>(first.packed_bytes));
  to.Add("ZipUncompressedSize", static_cast<std::int64_t>(first.bytes));
  to.Add("ZipFileName", ToUtf8(first.name));
  if (!first.comment.empty()) to.Add("ZipFileComment", ToUtf8(first.comment));
}

Child ZipChild(const ZipMember& member) {
  Child child;
  child.path = Path(member);
  child.folder = member.IsFolder();
  child.bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(member.bytes, INT64_MAX));
  child.packed_bytes = static_cast<std::int64_t>(std::min<std::uint64_t>(member.packed_bytes, INT64_MAX));
  if (member.dos_time != 0) child.modified = IsoTime(DosTime(member.dos_time));
  if (!child.folder) child.crc32 = member.crc32;
  return child;
}

void WarnOfOverlaps(const ZipReader& zip, Extracted& to) {
  std::vector<const ZipMember*> order;
  for (const auto& member : zip.members()) order.push_back(&member);
  std::sort(order.begin(), order.end(),
            [](const ZipMember* a, const ZipMember* b) { return a->header_at < b->header_at; });
  std::size_t overlaps = 0;
  const ZipMember* some = nullptr;
  for (std::size_t i = 1; i < order.size(); ++i) {
    const ZipMember& before = *order[i - 1];
    const std::uint64_t room = order[i]->header_at - before.header_at;
    if (before.packed_bytes <= room && kHeaderBytes + before.name.size() <= room - before.packed_bytes) continue;
    ++overlaps;
    if (some == nullptr) some = order[i];
  }
  if (overlaps == 0) return;
  to.Warn(fmt::format("{} members begin within another, as in archives made to exhaust memory: {}", overlaps,
                      ToUtf8(some->name)));
}

}  // namespace cairn
