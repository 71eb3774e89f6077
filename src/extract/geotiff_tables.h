#pragma once

#include <span>

#include "extract/geotiff_codes.h"

namespace cairn {

/// Codes of EPSG that GeoTIFF 1.0 names (section 6.3), in their order.
std::span<const GeoTiffCode> GeographicTypes();
std::span<const GeoTiffCode> GeodeticDatums();
std::span<const GeoTiffCode> Ellipsoids();
std::span<const GeoTiffCode> ProjectedSystems();
std::span<const GeoTiffCode> Projections();

}  // namespace cairn
