#pragma once

#include <pugixml.hpp>

#include "extract/extractor.h"

namespace cairn {

/// Adds what stands in the package document of an EPUB (OPF) under the names that ExifTool makes of paths:
/// `ManifestItemHref`, `CreatorRole`, `MetaProperty`. Of several with one name the first counts, and none that `to`
/// has.
void AddPackageFields(pugi::xml_node package, const ExtractContext& context, Extracted& to);

}  // namespace cairn
