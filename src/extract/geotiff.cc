#include "extract/geotiff.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "extract/geotiff_codes.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::uint16_t kDoublesTag = 0x87b0;
constexpr std::uint16_t kAsciiTag = 0x87b1;
constexpr std::uint16_t kDirectoryTag = 0x87af;
constexpr std::uint16_t kNumbersMax = 64;

std::string Ascii(ByteView ascii, std::uint16_t at, std::uint16_t count) {
  std::string_view text = ascii.Part(at, count);
  if (!text.empty() && (text.back() == '\0' || text.back() == '|')) text.remove_suffix(1);
  return ToUtf8(TrimEnd(BeforeNul(text)));
}

std::string Doubles(ByteView doubles, std::uint16_t at, std::uint16_t count) {
  std::string out;
  for (std::uint64_t i = 0; i < std::min(count, kNumbersMax); ++i)
    out += (i > 0 ? " " : "") + General(doubles.F64((at + i) * 8), 15);
  return out;
}

}  // namespace

void ReadGeoTiff(const GeoTiffTags& tags, std::endian order, Extracted& to) {
  const ByteView directory(tags.directory, order);
  const std::uint16_t count = directory.U16(6);
  if (!directory.Has(0, 8) || !directory.Has(8, count * 8U)) return to.Warn("the GeoTIFF directory is cut off");
  const ByteView doubles(tags.doubles, order);
  const ByteView ascii(tags.ascii, order);
  to.Add("GeoTiffVersion", fmt::format("{}.{}.{}", directory.U16(0), directory.U16(2), directory.U16(4)));
  // Each key stands once; repeated ones may all point at the same text.
  std::set<const GeoTiffKey*> seen;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const GeoTiffKey* key = FindGeoTiffKey(directory.U16(i * 8));
    const std::uint16_t where = directory.U16(i * 8 + 2);
    const std::uint16_t values = directory.U16(i * 8 + 4);
    const std::uint16_t at = directory.U16(i * 8 + 6);
    if (key == nullptr || !seen.insert(key).second) continue;
    if (where == kAsciiTag && ascii.Has(at, values)) {
      to.Add(key->name, TextOrNumber(Ascii(ascii, at, values)));
    } else if (where == kDoublesTag && doubles.Has(at * 8U, values * 8U)) {
      to.Add(key->name, TextOrNumber(Doubles(doubles, at, values)));
    } else if (where == 0 || (where == kDirectoryTag && directory.Has(at * 2U, 2))) {
      const std::uint16_t value = where == 0 ? at : directory.U16(at * 2U);
      if (key->codes.empty()) {
        to.Add(key->name, std::int64_t{value});
      } else {
        to.Add(key->name, GeoTiffWord(*key, value));
      }
    }
  }
}

}  // namespace cairn
