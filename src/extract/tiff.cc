#include <array>

#include "extract/exif_reader.h"
#include "extract/extractors.h"
#include "extract/image_blocks.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"image/tiff"sv};
constexpr std::array kFields = {"*"sv};

class Tiff final : public Extractor {
 public:
  Tiff() : Extractor({"tiff", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Window window(bytes);
    Extracted to(context.limits);
    to.type = kTypes[0];
    ExifBlocks inner;
    inner.file = true;
    if (Status read = ReadExif(window, 0, context, to, &inner); !read.ok()) return read;
    ImageBlocks blocks;
    blocks.xmp = std::move(inner.xmp);
    blocks.icc = std::move(inner.icc);
    blocks.photoshop = std::move(inner.photoshop);
    blocks.iptc = std::move(inner.iptc);
    if (Status read = ReadImageBlocks(blocks, context, to); !read.ok()) return read;
    return to;
  }
};

}  // namespace

const Extractor& TiffExtractor() {
  static const Tiff kTiff;
  return kTiff;
}

}  // namespace cairn
