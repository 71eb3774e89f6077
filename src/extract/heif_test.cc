#include <gtest/gtest.h>

#include <span>
#include <utility>

#include "extract/damage_for_test.h"
#include "extract/extractors.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::Big;
using media::Box;
using media::ExtractFrom;
using media::Find;
using media::Zeros;

const std::string kPacket =
    "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">"
    "<rdf:Description xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmp:CreatorTool=\"A Camera\"/></rdf:RDF></x:xmpmeta>";

std::string Entry(std::uint32_t id, const std::string& type, const std::string& more = "") {
  return Box("infe", "\x02" + Zeros(3) + Big(id, 2) + Zeros(2) + type + Zeros(1) + more);
}
std::string Extent(std::size_t at, std::size_t size) { return Big(at, 4) + Big(size, 4); }
std::string Location(std::uint32_t id, std::uint32_t method, const std::vector<std::string>& extents) {
  std::string out = Big(id, 2) + Big(method, 2) + Zeros(2) + Big(extents.size(), 2);
  for (const auto& extent : extents) out += extent;
  return out;
}
std::string Reference(const std::string& kind, std::uint32_t from, std::uint32_t to) {
  return Box(kind, Big(from, 2) + Big(1, 2) + Big(to, 2));
}
std::string Colors(std::uint32_t primaries) {
  return Box("colr", "nclx" + Big(primaries, 2) + Big(13, 2) + Big(6, 2) + "\x80");
}

/// A picture of 100 x 50 that a grid makes up (item 2) of one tile of 64 x 64 (item 1), with Exif (3) in two parts that
/// another picture's (4) stands before, and XMP (5) beside the grid in idat.
std::string Heif() {
  const std::string front = media::Brands("heic");
  const std::string exif = Big(6, 4) + std::string("Exif\0\0", 6) + media::Tiff();
  const std::string grid = Zeros(4) + Big(100, 2) + Big(50, 2);
  const std::size_t at = front.size() + 8;
  const std::string locations =
      Box("iloc", "\x01" + Zeros(3) + "\x44" + Zeros(1) + Big(4, 2) + Location(2, 1, {Extent(0, 8)}) +
                      Location(4, 0, {Extent(at, 20)}) + Location(5, 1, {Extent(8, 0)}) +
                      Location(3, 0, {Extent(at + 20, 30), Extent(at + 50, exif.size() - 30)}));
  const std::string items =
      Box("iinf", Zeros(4) + Big(5, 2) + Entry(1, "hvc1") + Entry(2, "grid") + Entry(3, "Exif") + Entry(4, "Exif") +
                      Entry(5, "mime", std::string("application/rdf+xml\0", 20)));
  const std::string extents =
      Box("ispe", Zeros(4) + Big(64, 4) + Big(64, 4)) + Box("ispe", Zeros(4) + Big(100, 4) + Big(50, 4)) + Colors(9) +
      Colors(1) + Box("auxC", Zeros(4) + std::string("urn:x\0", 6)) +
      Box("clap",
          Big(90, 4) + Big(1, 4) + Big(50, 4) + Big(1, 4) + Big(0xffffffff, 4) + Big(2, 4) + Zeros(4) + Big(1, 4));
  const std::string uses =
      Box("ipma", Zeros(4) + Big(2, 4) + Big(1, 2) + "\x02\x01\x83" + Big(2, 2) + "\x03\x02\x84\x86");
  return front + Box("mdat", std::string(20, 'n') + exif) +
         Box("meta", Zeros(4) + Box("hdlr", Zeros(8) + "pict" + Zeros(13)) + Box("pitm", Zeros(4) + Big(2, 2)) +
                         Box("idat", grid + kPacket) + locations + items + Box("iprp", Box("ipco", extents) + uses) +
                         Box("iref", Zeros(4) + Reference("cdsc", 4, 1) + Reference("cdsc", 3, 2)));
}

TEST(Heif, FindsItemsWhateverTheOrderOfTheTables) {
  const auto out = ExtractFrom(Heif());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->type, "image/heic");
  EXPECT_EQ(Find(*out, "Make"), FieldValue("Maker"));
  EXPECT_EQ(Find(*out, "CreatorTool"), FieldValue("A Camera"));
  EXPECT_EQ(out->core.created, "2008-10-22T16:28:39");
  EXPECT_TRUE(out->warnings.empty()) << out->warnings[0];
}

TEST(Heif, TellsThePrimaryItemFirst) {
  const auto out = ExtractFrom(Heif());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "PrimaryItemReference"), FieldValue(std::int64_t{2}));
  EXPECT_EQ(Find(*out, "ImageSpatialExtent"), FieldValue("100x50"));
  EXPECT_EQ(Find(*out, "MetaImageSize"), FieldValue("100x50"));
  EXPECT_EQ(Find(*out, "ColorPrimaries"), FieldValue("BT.709"));
  EXPECT_EQ(Find(*out, "VideoFullRangeFlag"), FieldValue("Full"));
  EXPECT_EQ(Find(*out, "CleanAperture"), FieldValue("90 50 -0.5 0"));
  EXPECT_EQ(Find(*out, "AuxiliaryImageType"), FieldValue("urn:x"));
  EXPECT_EQ(out->core.width, 100);
  EXPECT_EQ(out->core.height, 50);
}

TEST(Heif, FindsExifWhoseOffsetIsWrong) {
  std::string file = Heif();
  file.replace(media::Brands("heic").size() + 8 + 20, 4, Big(0x7fffffff, 4));
  const auto out = ExtractFrom(file);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Make"), FieldValue("Maker"));
}

TEST(Heif, LeavesOutWhatLiesBeyondTheFile) {
  std::string file = Heif();
  const std::size_t length = file.find(Extent(media::Brands("heic").size() + 28, 30)) + 4;
  file.replace(length, 4, "\x7f\xff\xff\xff");
  const auto out = ExtractFrom(file);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Make"), FieldValue(""));
  EXPECT_EQ(Find(*out, "MetaImageSize"), FieldValue("100x50"));
}

TEST(Heif, OfPicturesWithoutAMainOneTheLargestGivesItsSize) {
  const std::string sizes = Box("ispe", Zeros(4) + Big(64, 4) + Big(64, 4)) +
                            Box("ispe", Zeros(4) + Big(0xffffffff, 4) + Big(0xfffffffe, 4)) +
                            Box("ispe", Zeros(4) + Big(100, 4) + Big(50, 4));
  const auto out =
      ExtractFrom(media::Brands("heic") +
                  Box("meta", Zeros(4) + Box("hdlr", Zeros(8) + "pict" + Zeros(13)) + Box("iprp", Box("ipco", sizes))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.width, 4294967295);
  EXPECT_EQ(out->core.height, 4294967294);
}

/// Bytes that count how many of them are read.
class CountedBytes final : public FileBytes {
 public:
  explicit CountedBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  Result<std::size_t> Read(std::uint64_t at, std::span<char> to) const override {
    auto got = bytes_.Read(at, to);
    if (got) read_ += *got;
    return got;
  }
  [[nodiscard]] std::uint64_t read() const { return read_; }

 private:
  MemoryBytes bytes_;
  mutable std::uint64_t read_ = 0;
};

TEST(Heif, ItemsOverTheSameBytesShareOneBound) {
  constexpr std::size_t kPart = 60'000;
  constexpr std::uint32_t kItems = 500;
  const std::string front = media::Brands("heic");
  const std::size_t at = front.size() + 8;
  std::string entries = Zeros(4) + Big(kItems, 2);
  std::string locations = "\x01" + Zeros(3) + "\x44" + Zeros(1) + Big(kItems, 2);
  for (std::uint32_t id = 1; id <= kItems; ++id) {
    entries += Entry(id, "mime", "text/plain" + Zeros(1));
    locations += Location(id, 0, {Extent(at, kPart), Extent(at + 2 * kPart, kPart)});
  }
  const CountedBytes file(front + Box("mdat", std::string(3 * kPart, 'n')) +
                          Box("meta", Zeros(4) + Box("hdlr", Zeros(8) + "pict" + Zeros(13)) + Box("iinf", entries) +
                                          Box("iloc", locations)));
  ExtractContext context;
  context.type = "image/heic";
  context.limits.bytes = 3 * kPart;
  ASSERT_TRUE(Mp4Extractor().Extract(file, context));
  EXPECT_LT(file.read(), 10 * kPart);
}

TEST(Heif, LooksAtSoManyPropertiesOnly) {
  const auto with = [](std::size_t before) {
    std::string properties;
    for (std::size_t i = 0; i < before; ++i) properties += Box("irot", "\x01");
    properties += Box("pasp", Big(1, 4) + Big(2, 4));
    return ExtractFrom(media::Brands("heic") + Box("meta", Zeros(4) + Box("hdlr", Zeros(8) + "pict" + Zeros(13)) +
                                                               Box("iprp", Box("ipco", properties))));
  };
  EXPECT_EQ(Find(*with(999), "PixelAspectRatio"), FieldValue("1 2"));
  EXPECT_EQ(Find(*with(1000), "PixelAspectRatio"), FieldValue(""));
}

TEST(Heif, SurvivesCutsAndFlippedBytes) { damage::SurvivesDamage(Heif()); }

}  // namespace
}  // namespace cairn
