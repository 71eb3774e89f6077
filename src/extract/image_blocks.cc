#include "extract/image_blocks.h"

#include <algorithm>
#include <span>

#include "extract/exif_reader.h"
#include "extract/icc.h"
#include "extract/iptc.h"
#include "extract/jpeg_xmp.h"
#include "extract/jumbf.h"
#include "extract/xmp.h"

namespace cairn {
namespace {

Status ReadTiff(std::string_view bytes, std::uint64_t at, const ExtractContext& context, Extracted& to,
                ExifBlocks* inner) {
  Window window(bytes);
  Status read = ReadExif(window, at, context, to, inner);
  if (read.code() != StatusCode::kInvalidArgument) return read;
  to.Warn("the Exif block is left out: " + read.message());
  return Status::Ok();
}

// The packet that the first ones name as theirs.
void ReadExtended(std::span<const std::string> parts, const ExtractContext& context, Extracted& to) {
  if (parts.empty()) return;
  const auto named = std::find_if(to.fields.begin(), to.fields.end(),
                                  [](const Field& field) { return field.name == "HasExtendedXMP"; });
  const auto* id = named == to.fields.end() ? nullptr : std::get_if<std::string>(&named->value);
  if (id == nullptr) return to.Warn("extended XMP is left out: no packet names it");
  const std::string packet = JoinXmpParts(parts, *id);
  if (packet.empty()) return to.Warn("extended XMP is left out: parts of it are missing");
  ReadXmp(packet, context, to);
}

}  // namespace

Status ReadImageBlocks(const ImageBlocks& blocks, const ExtractContext& context, Extracted& to) {
  ExifBlocks inner;
  if (!blocks.exif.empty()) {
    if (Status read = ReadTiff(blocks.exif, blocks.exif_at, context, to, &inner); !read.ok()) return read;
  }
  PhotoshopBlocks resources;
  const std::string& photoshop = blocks.photoshop.empty() ? inner.photoshop : blocks.photoshop;
  if (!photoshop.empty()) ReadPhotoshop(photoshop, to, &resources);
  if (!resources.exif.empty() && blocks.exif.empty()) {
    if (Status read = ReadTiff(resources.exif, 0, context, to, nullptr); !read.ok()) return read;
  }
  if (!resources.iptc.empty()) ReadIptc(resources.iptc, to);
  if (const std::string& iptc = blocks.iptc.empty() ? inner.iptc : blocks.iptc; !iptc.empty()) ReadIptc(iptc, to);
  if (!blocks.xmp.empty()) {
    ReadXmp(blocks.xmp, context, to);
    for (const auto& packet : blocks.xmp_more) ReadXmp(packet, context, to);
    ReadExtended(blocks.xmp_parts, context, to);
  } else if (!inner.xmp.empty()) {
    ReadXmp(inner.xmp, context, to);
  } else if (!resources.xmp.empty()) {
    ReadXmp(resources.xmp, context, to);
  }
  std::string_view icc = blocks.icc.empty() ? inner.icc : blocks.icc;
  if (icc.empty()) icc = resources.icc;
  if (!icc.empty()) ReadIcc(icc, to);
  if (!blocks.jumbf.empty()) ReadJumbf(blocks.jumbf, context, to);
  return Status::Ok();
}

}  // namespace cairn
