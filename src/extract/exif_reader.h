#pragma once

#include <cstdint>
#include <string>

#include "extract/exif_value.h"
#include "extract/extractor.h"
#include "extract/window.h"

namespace cairn {

/// Blocks of other formats that stand in an image file directory.
struct ExifBlocks {
  bool file = false;  ///< Set by the caller: the structure is a file of its own, no block in another.
  std::string xmp;
  std::string iptc;
  std::string photoshop;
  std::string icc;
};

/// Reads a TIFF structure (TIFF 6.0; BigTIFF; Exif 2.32): every directory that hangs together, Exif, GPS and
/// interoperability included, as fields and into the common core. Each directory is read once, so that a loop ends.
/// The structure stands at byte `at` of the file, which offsets among the fields count from. `blocks` may be null.
/// Returns INVALID_ARGUMENT where it does not begin as one, or what `keep_going` returned.
Status ReadExif(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to, ExifBlocks* blocks);

}  // namespace cairn
