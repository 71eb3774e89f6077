#pragma once

#include <string>
#include <string_view>

#include "extract/extracted.h"

namespace cairn {

/// Reads IPTC-IIM records (IIM 4.2, chapters 5 to 9), and takes title, creators, keywords and description
/// where the core has none yet.
void ReadIptc(std::string_view bytes, Extracted& to);

/// Reads Photoshop image resources ("Adobe Photoshop File Formats", Image Resource Blocks). IPTC, Exif and XMP
/// within it are handed back where `blocks` has room for them.
struct PhotoshopBlocks {
  std::string iptc;  ///< Of all blocks together.
  std::string_view exif;
  std::string_view xmp;
  std::string_view icc;
};
void ReadPhotoshop(std::string_view bytes, Extracted& to, PhotoshopBlocks* blocks);

}  // namespace cairn
