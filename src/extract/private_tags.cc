#include "extract/exif_tags.h"

namespace cairn {
namespace {

constexpr Code kSonyRawFileType[] = {{0, "Sony Uncompressed 14-bit RAW"},
                                     {1, "Sony Uncompressed 12-bit RAW"},
                                     {2, "Sony Compressed RAW"},
                                     {3, "Sony Lossless Compressed RAW"},
                                     {4, "Sony Lossless Compressed RAW 2"}};
constexpr Code kVignettingCorrection[] = {
    {256, "Off"}, {257, "Auto"}, {272, "Auto (ILCE-1)"}, {511, "No correction params available"}};
constexpr Code kChromaticAberrationCorrection[] = {{0, "Off"}, {1, "Auto"}, {255, "No correction params available"}};
constexpr Code kDistortionCorrection[] = {
    {0, "Off"}, {1, "Auto"}, {17, "Auto fixed by lens"}, {255, "No correction params available"}};
constexpr Code kRasterPadding[] = {{0, "Byte"}, {1, "Word"}, {2, "Long Word"}, {9, "Sector"}, {10, "Long Sector"}};
constexpr Code kImageColorIndicator[] = {{0, "Unspecified Image Color"}, {1, "Specified Image Color"}};
constexpr Code kBackgroundColorIndicator[] = {{0, "Unspecified Background Color"}, {1, "Specified Background Color"}};
constexpr Code kHCUsage[] = {{0, "CT"}, {1, "Line Art"}, {2, "Trap"}};
constexpr Code kTIFF_FXExtensions[] = {{0, "Resolution/Image Width"},
                                       {1, "N Layer Profile M"},
                                       {2, "Shared Data"},
                                       {3, "B&W JBIG2"},
                                       {4, "JBIG2 Profile M"}};
constexpr Code kMultiProfiles[] = {
    {0, "Profile S"},         {1, "Profile F"},   {2, "Profile J"},       {3, "Profile C"},
    {4, "Profile L"},         {5, "Profile M"},   {6, "Profile T"},       {7, "Resolution/Image Width"},
    {8, "N Layer Profile M"}, {9, "Shared Data"}, {10, "JBIG2 Profile M"}};

constexpr Tag kPrivateTags[] = {{0x3e7, "USPTOMiscellaneous", Show::kPlain, {}},
                                {0x4747, "XP_DIP_XML", Show::kUtf16, {}},
                                {0x7000, "SonyRawFileType", Show::kCodes, kSonyRawFileType},
                                {0x7010, "SonyToneCurve", Show::kPlain, {}},
                                {0x7031, "VignettingCorrection", Show::kCodes, kVignettingCorrection},
                                {0x7032, "VignettingCorrParams", Show::kPlain, {}},
                                {0x7034, "ChromaticAberrationCorrection", Show::kCodes, kChromaticAberrationCorrection},
                                {0x7035, "ChromaticAberrationCorrParams", Show::kPlain, {}},
                                {0x7036, "DistortionCorrection", Show::kCodes, kDistortionCorrection},
                                {0x7037, "DistortionCorrParams", Show::kPlain, {}},
                                {0x74c7, "SonyCropTopLeft", Show::kPlain, {}},
                                {0x74c8, "SonyCropSize", Show::kPlain, {}},
                                {0x800d, "ImageID", Show::kPlain, {}},
                                {0x80a3, "WangTag1", Show::kBinary, {}},
                                {0x80a4, "WangAnnotation", Show::kBinary, {}},
                                {0x80a5, "WangTag3", Show::kBinary, {}},
                                {0x80b9, "ImageReferencePoints", Show::kPlain, {}},
                                {0x80ba, "RegionXformTackPoint", Show::kPlain, {}},
                                {0x80bb, "WarpQuadrilateral", Show::kPlain, {}},
                                {0x80bc, "AffineTransformMat", Show::kPlain, {}},
                                {0x8214, "ImageFullWidth", Show::kPlain, {}},
                                {0x8215, "ImageFullHeight", Show::kPlain, {}},
                                {0x8216, "TextureFormat", Show::kPlain, {}},
                                {0x8217, "WrapModes", Show::kPlain, {}},
                                {0x8218, "FovCot", Show::kPlain, {}},
                                {0x8219, "MatrixWorldToScreen", Show::kPlain, {}},
                                {0x821a, "MatrixWorldToCamera", Show::kPlain, {}},
                                {0x827d, "Model2", Show::kPlain, {}},
                                {0x82a5, "MDFileTag", Show::kPlain, {}},
                                {0x82a6, "MDScalePixel", Show::kPlain, {}},
                                {0x82a7, "MDColorTable", Show::kPlain, {}},
                                {0x82a8, "MDLabName", Show::kPlain, {}},
                                {0x82a9, "MDSampleInfo", Show::kPlain, {}},
                                {0x82aa, "MDPrepDate", Show::kPlain, {}},
                                {0x82ab, "MDPrepTime", Show::kPlain, {}},
                                {0x82ac, "MDFileUnits", Show::kPlain, {}},
                                {0x8335, "AdventScale", Show::kPlain, {}},
                                {0x8336, "AdventRevision", Show::kPlain, {}},
                                {0x835c, "UIC1Tag", Show::kPlain, {}},
                                {0x835d, "UIC2Tag", Show::kPlain, {}},
                                {0x835e, "UIC3Tag", Show::kPlain, {}},
                                {0x835f, "UIC4Tag", Show::kPlain, {}},
                                {0x847e, "IntergraphPacketData", Show::kPlain, {}},
                                {0x847f, "IntergraphFlagRegisters", Show::kPlain, {}},
                                {0x8480, "IntergraphMatrix", Show::kPlain, {}},
                                {0x8481, "INGRReserved", Show::kPlain, {}},
                                {0x84e0, "Site", Show::kPlain, {}},
                                {0x84e1, "ColorSequence", Show::kPlain, {}},
                                {0x84e2, "IT8Header", Show::kPlain, {}},
                                {0x84e3, "RasterPadding", Show::kCodes, kRasterPadding},
                                {0x84e4, "BitsPerRunLength", Show::kPlain, {}},
                                {0x84e5, "BitsPerExtendedRunLength", Show::kPlain, {}},
                                {0x84e6, "ColorTable", Show::kPlain, {}},
                                {0x84e7, "ImageColorIndicator", Show::kCodes, kImageColorIndicator},
                                {0x84e8, "BackgroundColorIndicator", Show::kCodes, kBackgroundColorIndicator},
                                {0x84e9, "ImageColorValue", Show::kPlain, {}},
                                {0x84ea, "BackgroundColorValue", Show::kPlain, {}},
                                {0x84eb, "PixelIntensityRange", Show::kPlain, {}},
                                {0x84ec, "TransparencyIndicator", Show::kPlain, {}},
                                {0x84ed, "ColorCharacterization", Show::kPlain, {}},
                                {0x84ee, "HCUsage", Show::kCodes, kHCUsage},
                                {0x84ef, "TrapIndicator", Show::kPlain, {}},
                                {0x84f0, "CMYKEquivalent", Show::kPlain, {}},
                                {0x8546, "SEMInfo", Show::kPlain, {}},
                                {0x85b8, "PixelMagicJBIGOptions", Show::kPlain, {}},
                                {0x85d7, "JPLCartoIFD", Show::kPlain, {}},
                                {0x8602, "WB_GRGBLevels", Show::kPlain, {}},
                                {0x877f, "TIFF_FXExtensions", Show::kBits, kTIFF_FXExtensions},
                                {0x8780, "MultiProfiles", Show::kBits, kMultiProfiles},
                                {0x8782, "T88Options", Show::kPlain, {}},
                                {0x87ac, "ImageLayer", Show::kPlain, {}},
                                {0x87be, "JBIGOptions", Show::kPlain, {}},
                                {0x885c, "FaxRecvParams", Show::kPlain, {}},
                                {0x885d, "FaxSubAddress", Show::kPlain, {}},
                                {0x885e, "FaxRecvTime", Show::kPlain, {}},
                                {0x8871, "FedexEDR", Show::kPlain, {}},
                                {0x932f, "MSDocumentText", Show::kPlain, {}},
                                {0x9330, "MSPropertySetStorage", Show::kBinary, {}},
                                {0x9331, "MSDocumentTextPosition", Show::kBinary, {}},
                                {0xa010, "SamsungRawPointersOffset", Show::kPlain, {}},
                                {0xa011, "SamsungRawPointersLength", Show::kPlain, {}},
                                {0xa101, "SamsungRawByteOrder", Show::kPlain, {}},
                                {0xafc0, "ExpandSoftware", Show::kPlain, {}},
                                {0xafc1, "ExpandLens", Show::kPlain, {}},
                                {0xafc2, "ExpandFilm", Show::kPlain, {}},
                                {0xafc3, "ExpandFilterLens", Show::kPlain, {}},
                                {0xafc4, "ExpandScanner", Show::kPlain, {}},
                                {0xafc5, "ExpandFlashLamp", Show::kPlain, {}}};

}  // namespace

std::span<const Tag> PrivateTags() { return kPrivateTags; }

}  // namespace cairn
