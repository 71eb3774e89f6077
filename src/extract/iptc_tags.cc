#include "extract/iptc_tags.h"

namespace cairn {
namespace {

constexpr IptcWord kFileFormat[] = {{"0", "No ObjectData"},
                                    {"1", "IPTC-NAA Digital Newsphoto Parameter Record"},
                                    {"2", "IPTC7901 Recommended Message Format"},
                                    {"3", "Tagged Image File Format (Adobe/Aldus Image data)"},
                                    {"4", "Illustrator (Adobe Graphics data)"},
                                    {"5", "AppleSingle (Apple Computer Inc)"},
                                    {"6", "NAA 89-3 (ANPA 1312)"},
                                    {"7", "MacBinary II"},
                                    {"8", "IPTC Unstructured Character Oriented File Format (UCOFF)"},
                                    {"9", "United Press International ANPA 1312 variant"},
                                    {"10", "United Press International Down-Load Message"},
                                    {"11", "JPEG File Interchange (JFIF)"},
                                    {"12", "Photo-CD Image-Pac (Eastman Kodak)"},
                                    {"13", "Bit Mapped Graphics File [.BMP] (Microsoft)"},
                                    {"14", "Digital Audio File [.WAV] (Microsoft & Creative Labs)"},
                                    {"15", "Audio plus Moving Video [.AVI] (Microsoft)"},
                                    {"16", "PC DOS/Windows Executable Files [.COM][.EXE]"},
                                    {"17", "Compressed Binary File [.ZIP] (PKWare Inc)"},
                                    {"18", "Audio Interchange File Format AIFF (Apple Computer Inc)"},
                                    {"19", "RIFF Wave (Microsoft Corporation)"},
                                    {"20", "Freehand (Macromedia/Aldus)"},
                                    {"21", "Hypertext Markup Language [.HTML] (The Internet Society)"},
                                    {"22", "MPEG 2 Audio Layer 2 (Musicom), ISO/IEC"},
                                    {"23", "MPEG 2 Audio Layer 3, ISO/IEC"},
                                    {"24", "Portable Document File [.PDF] Adobe"},
                                    {"25", "News Industry Text Format (NITF)"},
                                    {"26", "Tape Archive [.TAR]"},
                                    {"27", "Tidningarnas Telegrambyra NITF version (TTNITF DTD)"},
                                    {"28", "Ritzaus Bureau NITF version (RBNITF DTD)"},
                                    {"29", "Corel Draw [.CDR]"}};
constexpr IptcWord kUrgency[] = {{"0", "0 (reserved)"},
                                 {"1", "1 (most urgent)"},
                                 {"2", "2"},
                                 {"3", "3"},
                                 {"4", "4"},
                                 {"5", "5 (normal urgency)"},
                                 {"6", "6"},
                                 {"7", "7"},
                                 {"8", "8 (least urgent)"},
                                 {"9", "9 (user-defined priority)"}};
constexpr IptcWord kEditorialUpdate[] = {{"01", "Additional language"}};
constexpr IptcWord kActionAdvised[] = {
    {"01", "Object Kill"}, {"02", "Object Replace"}, {"03", "Object Append"}, {"04", "Object Reference"}};
constexpr IptcWord kObjectCycle[] = {{"a", "Morning"}, {"b", "Both Morning and Evening"}, {"p", "Evening"}};
constexpr IptcWord kImageOrientation[] = {{"L", "Landscape"}, {"P", "Portrait"}, {"S", "Square"}};
constexpr IptcWord kAudioType[] = {{"0T", "Text Only"},
                                   {"1A", "Mono Actuality"},
                                   {"1C", "Mono Question and Answer Session"},
                                   {"1M", "Mono Music"},
                                   {"1Q", "Mono Response to a Question"},
                                   {"1R", "Mono Raw Sound"},
                                   {"1S", "Mono Scener"},
                                   {"1V", "Mono Voicer"},
                                   {"1W", "Mono Wrap"},
                                   {"2A", "Stereo Actuality"},
                                   {"2C", "Stereo Question and Answer Session"},
                                   {"2M", "Stereo Music"},
                                   {"2Q", "Stereo Response to a Question"},
                                   {"2R", "Stereo Raw Sound"},
                                   {"2S", "Stereo Scener"},
                                   {"2V", "Stereo Voicer"},
                                   {"2W", "Stereo Wrap"}};
constexpr IptcWord kSupplementalType[] = {
    {"0", "Main Image"}, {"1", "Reduced Resolution Image"}, {"2", "Logo"}, {"3", "Rasterized Caption"}};
constexpr IptcWord kColorRepresentation[] = {{"0", "No Image, Single Frame"},
                                             {"256", "Monochrome, Single Frame"},
                                             {"768", "3 Components, Single Frame"},
                                             {"769", "3 Components, Frame Sequential in Multiple Objects"},
                                             {"770", "3 Components, Frame Sequential in One Object"},
                                             {"771", "3 Components, Line Sequential"},
                                             {"772", "3 Components, Pixel Sequential"},
                                             {"773", "3 Components, Special Interleaving"},
                                             {"1024", "4 Components, Single Frame"},
                                             {"1025", "4 Components, Frame Sequential in Multiple Objects"},
                                             {"1026", "4 Components, Frame Sequential in One Object"},
                                             {"1027", "4 Components, Line Sequential"},
                                             {"1028", "4 Components, Pixel Sequential"},
                                             {"1029", "4 Components, Special Interleaving"}};
constexpr IptcWord kInterchangeColorSpace[] = {{"1", "X,Y,Z CIE"},
                                               {"2", "RGB SMPTE"},
                                               {"3", "Y,U,V (K) (D65)"},
                                               {"4", "RGB Device Dependent"},
                                               {"5", "CMY (K) Device Dependent"},
                                               {"6", "Lab (K) CIE"},
                                               {"7", "YCbCr"},
                                               {"8", "sRGB"}};
constexpr IptcWord kSampleStructure[] = {
    {"0", "OrthogonalConstangSampling"}, {"1", "Orthogonal4-2-2Sampling"}, {"2", "CompressionDependent"}};
constexpr IptcWord kScanningDirection[] = {{"0", "L-R, Top-Bottom"}, {"1", "R-L, Top-Bottom"}, {"2", "L-R, Bottom-Top"},
                                           {"3", "R-L, Bottom-Top"}, {"4", "Top-Bottom, L-R"}, {"5", "Bottom-Top, L-R"},
                                           {"6", "Top-Bottom, R-L"}, {"7", "Bottom-Top, R-L"}};
constexpr IptcWord kIPTCImageRotation[] = {{"0", "0"}, {"1", "90"}, {"2", "180"}, {"3", "270"}};
constexpr IptcWord kQuantizationMethod[] = {{"0", "Linear Reflectance/Transmittance"},
                                            {"1", "Linear Density"},
                                            {"2", "IPTC Ref B"},
                                            {"3", "Linear Dot Percent"},
                                            {"4", "AP Domestic Analogue"},
                                            {"5", "Compression Method Specific"},
                                            {"6", "Color Space Specific"},
                                            {"7", "Gamma Compensated"}};
constexpr IptcWord kExcursionTolerance[] = {{"0", "Not Allowed"}, {"1", "Allowed"}};
constexpr IptcWord kSizeMode[] = {{"0", "Size Not Known"}, {"1", "Size Known"}};

constexpr IptcTag kEnvelopeRecord[] = {{0, "EnvelopeRecordVersion", IptcForm::kNumber, false, {}},
                                       {5, "Destination", IptcForm::kText, true, {}},
                                       {20, "FileFormat", IptcForm::kNumber, false, kFileFormat},
                                       {22, "FileVersion", IptcForm::kNumber, false, {}},
                                       {30, "ServiceIdentifier", IptcForm::kText, false, {}},
                                       {40, "EnvelopeNumber", IptcForm::kText, false, {}},
                                       {50, "ProductID", IptcForm::kText, true, {}},
                                       {60, "EnvelopePriority", IptcForm::kText, false, kUrgency},
                                       {70, "DateSent", IptcForm::kDate, false, {}},
                                       {80, "TimeSent", IptcForm::kTime, false, {}},
                                       {90, "CodedCharacterSet", IptcForm::kCharset, false, {}},
                                       {100, "UniqueObjectName", IptcForm::kText, false, {}},
                                       {120, "ARMIdentifier", IptcForm::kNumber, false, {}},
                                       {122, "ARMVersion", IptcForm::kNumber, false, {}}};
constexpr IptcTag kApplicationRecord[] = {{0, "ApplicationRecordVersion", IptcForm::kNumber, false, {}},
                                          {3, "ObjectTypeReference", IptcForm::kText, false, {}},
                                          {4, "ObjectAttributeReference", IptcForm::kText, true, {}},
                                          {5, "ObjectName", IptcForm::kText, false, {}},
                                          {7, "EditStatus", IptcForm::kText, false, {}},
                                          {8, "EditorialUpdate", IptcForm::kText, false, kEditorialUpdate},
                                          {10, "Urgency", IptcForm::kText, false, kUrgency},
                                          {12, "SubjectReference", IptcForm::kText, true, {}},
                                          {15, "Category", IptcForm::kText, false, {}},
                                          {20, "SupplementalCategories", IptcForm::kText, true, {}},
                                          {22, "FixtureIdentifier", IptcForm::kText, false, {}},
                                          {25, "Keywords", IptcForm::kText, true, {}},
                                          {26, "ContentLocationCode", IptcForm::kText, true, {}},
                                          {27, "ContentLocationName", IptcForm::kText, true, {}},
                                          {30, "ReleaseDate", IptcForm::kDate, false, {}},
                                          {35, "ReleaseTime", IptcForm::kTime, false, {}},
                                          {37, "ExpirationDate", IptcForm::kDate, false, {}},
                                          {38, "ExpirationTime", IptcForm::kTime, false, {}},
                                          {40, "SpecialInstructions", IptcForm::kText, false, {}},
                                          {42, "ActionAdvised", IptcForm::kText, false, kActionAdvised},
                                          {45, "ReferenceService", IptcForm::kText, true, {}},
                                          {47, "ReferenceDate", IptcForm::kDate, true, {}},
                                          {50, "ReferenceNumber", IptcForm::kText, true, {}},
                                          {55, "DateCreated", IptcForm::kDate, false, {}},
                                          {60, "TimeCreated", IptcForm::kTime, false, {}},
                                          {62, "DigitalCreationDate", IptcForm::kDate, false, {}},
                                          {63, "DigitalCreationTime", IptcForm::kTime, false, {}},
                                          {65, "OriginatingProgram", IptcForm::kText, false, {}},
                                          {70, "ProgramVersion", IptcForm::kText, false, {}},
                                          {75, "ObjectCycle", IptcForm::kText, false, kObjectCycle},
                                          {80, "By-line", IptcForm::kText, true, {}},
                                          {85, "By-lineTitle", IptcForm::kText, true, {}},
                                          {90, "City", IptcForm::kText, false, {}},
                                          {92, "Sub-location", IptcForm::kText, false, {}},
                                          {95, "Province-State", IptcForm::kText, false, {}},
                                          {100, "Country-PrimaryLocationCode", IptcForm::kText, false, {}},
                                          {101, "Country-PrimaryLocationName", IptcForm::kText, false, {}},
                                          {103, "OriginalTransmissionReference", IptcForm::kText, false, {}},
                                          {105, "Headline", IptcForm::kText, false, {}},
                                          {110, "Credit", IptcForm::kText, false, {}},
                                          {115, "Source", IptcForm::kText, false, {}},
                                          {116, "CopyrightNotice", IptcForm::kText, false, {}},
                                          {118, "Contact", IptcForm::kText, true, {}},
                                          {120, "Caption-Abstract", IptcForm::kText, false, {}},
                                          {121, "LocalCaption", IptcForm::kText, false, {}},
                                          {122, "Writer-Editor", IptcForm::kText, true, {}},
                                          {125, "RasterizedCaption", IptcForm::kBinary, false, {}},
                                          {130, "ImageType", IptcForm::kText, false, {}},
                                          {131, "ImageOrientation", IptcForm::kText, false, kImageOrientation},
                                          {135, "LanguageIdentifier", IptcForm::kText, false, {}},
                                          {150, "AudioType", IptcForm::kText, false, kAudioType},
                                          {151, "AudioSamplingRate", IptcForm::kText, false, {}},
                                          {152, "AudioSamplingResolution", IptcForm::kText, false, {}},
                                          {153, "AudioDuration", IptcForm::kText, false, {}},
                                          {154, "AudioOutcue", IptcForm::kText, false, {}},
                                          {184, "JobID", IptcForm::kText, false, {}},
                                          {185, "MasterDocumentID", IptcForm::kText, false, {}},
                                          {186, "ShortDocumentID", IptcForm::kText, false, {}},
                                          {187, "UniqueDocumentID", IptcForm::kText, false, {}},
                                          {188, "OwnerID", IptcForm::kText, false, {}},
                                          {200, "ObjectPreviewFileFormat", IptcForm::kNumber, false, kFileFormat},
                                          {201, "ObjectPreviewFileVersion", IptcForm::kNumber, false, {}},
                                          {202, "ObjectPreviewData", IptcForm::kBinary, false, {}},
                                          {221, "Prefs", IptcForm::kPrefs, false, {}},
                                          {225, "ClassifyState", IptcForm::kText, false, {}},
                                          {228, "SimilarityIndex", IptcForm::kText, false, {}},
                                          {230, "DocumentNotes", IptcForm::kText, false, {}},
                                          {231, "DocumentHistory", IptcForm::kHistory, false, {}},
                                          {232, "ExifCameraInfo", IptcForm::kText, false, {}},
                                          {255, "CatalogSets", IptcForm::kText, true, {}}};
constexpr IptcTag kNewsPhoto[] = {{0, "NewsPhotoVersion", IptcForm::kNumber, false, {}},
                                  {20, "IPTCImageWidth", IptcForm::kNumber, false, {}},
                                  {30, "IPTCImageHeight", IptcForm::kNumber, false, {}},
                                  {40, "IPTCPixelWidth", IptcForm::kNumber, false, {}},
                                  {50, "IPTCPixelHeight", IptcForm::kNumber, false, {}},
                                  {55, "SupplementalType", IptcForm::kNumber, false, kSupplementalType},
                                  {60, "ColorRepresentation", IptcForm::kNumber, false, kColorRepresentation},
                                  {64, "InterchangeColorSpace", IptcForm::kNumber, false, kInterchangeColorSpace},
                                  {65, "ColorSequence", IptcForm::kNumber, false, {}},
                                  {66, "ICC_Profile", IptcForm::kBinary, false, {}},
                                  {70, "ColorCalibrationMatrix", IptcForm::kBinary, false, {}},
                                  {80, "LookupTable", IptcForm::kBinary, false, {}},
                                  {84, "NumIndexEntries", IptcForm::kNumber, false, {}},
                                  {85, "ColorPalette", IptcForm::kBinary, false, {}},
                                  {86, "IPTCBitsPerSample", IptcForm::kNumber, false, {}},
                                  {90, "SampleStructure", IptcForm::kNumber, false, kSampleStructure},
                                  {100, "ScanningDirection", IptcForm::kNumber, false, kScanningDirection},
                                  {102, "IPTCImageRotation", IptcForm::kNumber, false, kIPTCImageRotation},
                                  {110, "DataCompressionMethod", IptcForm::kNumber, false, {}},
                                  {120, "QuantizationMethod", IptcForm::kNumber, false, kQuantizationMethod},
                                  {125, "EndPoints", IptcForm::kBinary, false, {}},
                                  {130, "ExcursionTolerance", IptcForm::kNumber, false, kExcursionTolerance},
                                  {135, "BitsPerComponent", IptcForm::kNumber, false, {}},
                                  {140, "MaximumDensityRange", IptcForm::kNumber, false, {}},
                                  {145, "GammaCompensatedValue", IptcForm::kNumber, false, {}}};
constexpr IptcTag kPreObjectData[] = {{10, "SizeMode", IptcForm::kNumber, false, kSizeMode},
                                      {20, "MaxSubfileSize", IptcForm::kNumber, false, {}},
                                      {90, "ObjectSizeAnnounced", IptcForm::kNumber, false, {}},
                                      {95, "MaximumObjectSize", IptcForm::kNumber, false, {}}};
constexpr IptcTag kObjectData[] = {{10, "SubFile", IptcForm::kBinary, true, {}}};
constexpr IptcTag kPostObjectData[] = {{10, "ConfirmedObjectSize", IptcForm::kNumber, false, {}}};

}  // namespace

std::span<const IptcTag> IptcTags(std::uint8_t record) {
  switch (record) {
    case 1:
      return kEnvelopeRecord;
    case 2:
      return kApplicationRecord;
    case 3:
      return kNewsPhoto;
    case 7:
      return kPreObjectData;
    case 8:
      return kObjectData;
    case 9:
      return kPostObjectData;
    default:
      return {};
  }
}

}  // namespace cairn
