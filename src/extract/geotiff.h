#pragma once

#include <string>

#include "extract/byte_view.h"
#include "extract/extracted.h"

namespace cairn {

/// The three tags that GeoTIFF stands in, as bytes of the file's order.
struct GeoTiffTags {
  std::string directory;
  std::string doubles;
  std::string ascii;
};

/// Reads the keys of a GeoTIFF directory (GeoTIFF 1.0, section 2.4): the system of coordinates in words.
void ReadGeoTiff(const GeoTiffTags& tags, std::endian order, Extracted& to);

}  // namespace cairn
