#include "extract/image_blocks.h"

#include "extract/exif_reader.h"
#include "extract/icc.h"
#include "extract/iptc.h"
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
    std::string more;
    for (const auto& [key, part] : blocks.xmp_extension) {
      if (key.second == more.size() && blocks.xmp.find(key.first) != std::string::npos) more += part;
    }
    if (!more.empty()) ReadXmp(more, context, to);
  } else if (!inner.xmp.empty()) {
    ReadXmp(inner.xmp, context, to);
  } else if (!resources.xmp.empty()) {
    ReadXmp(resources.xmp, context, to);
  }
  if (const std::string& icc = blocks.icc.empty() ? inner.icc : blocks.icc; !icc.empty()) ReadIcc(icc, to);
  return Status::Ok();
}

}  // namespace cairn
