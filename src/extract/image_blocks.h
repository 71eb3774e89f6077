#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "extract/extractor.h"

namespace cairn {

/// Metadata of other formats that an image carries; what is empty it does not have.
struct ImageBlocks {
  std::string exif;           ///< A TIFF structure.
  std::uint64_t exif_at = 0;  ///< Where it stands in the file; offsets in fields count from the file's beginning.
  std::string xmp;
  std::vector<std::string> xmp_more;   ///< Packets behind the first.
  std::vector<std::string> xmp_parts;  ///< Of packets too large for a segment, as `JoinXmpParts` takes them.
  std::string icc;
  std::string photoshop;  ///< Image resource blocks, IPTC within.
  std::string iptc;
  std::string jumbf;  ///< Boxes.
};

/// Reads all of them, Exif first: what the common core takes from one it does not take from the next.
/// Returns what `keep_going` returned.
Status ReadImageBlocks(const ImageBlocks& blocks, const ExtractContext& context, Extracted& to);

}  // namespace cairn
