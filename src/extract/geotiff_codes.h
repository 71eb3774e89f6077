#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace cairn {

/// Codes that follow each other, with what they mean: `NAD27 UTM zone `, 1 and `N` from 26701 on.
struct GeoTiffCode {
  std::uint16_t first;
  std::uint16_t last;
  std::int16_t zone;  ///< The number that `first` has; -1 where the name has none.
  std::string_view name;
  std::string_view ending;
};

/// A key of a GeoTIFF directory (GeoTIFF 1.0, sections 2.7 and 6.2 to 6.3; NOAA's keys of charts).
struct GeoTiffKey {
  std::uint16_t id;
  std::string_view name;
  std::span<const GeoTiffCode> codes;  ///< Of EPSG, where the value is a code.
};

/// The key of this number, or null.
const GeoTiffKey* FindGeoTiffKey(std::uint16_t id);
/// The word for a value of a key that has codes, else `Unknown (7)`.
std::string GeoTiffWord(const GeoTiffKey& key, std::uint16_t value);

}  // namespace cairn
