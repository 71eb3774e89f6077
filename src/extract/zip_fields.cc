#include "extract/zip_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/json.h"
#include "extract/charset.h"
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

// APPNOTE 4.4.17 and annex D: names that are not marked as UTF-8 are in code page 437. Many are UTF-8 all the same.
std::string Path(const ZipMember& member) {
  constexpr std::uint16_t kUtf8 = 1 << 11;
  if (!member.unicode_name.empty()) return member.unicode_name;
  if ((member.flags & kUtf8) != 0 || IsUtf8(member.name)) return member.name;
  return DecodeCharset(member.name, "ibm437").value_or(member.name);
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
