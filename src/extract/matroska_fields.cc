#include "extract/matroska_fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/text.h"

namespace cairn {
namespace {

using enum EbmlKind;

// RFC 9559, section 5.
constexpr EbmlElement kElements[] = {{0x1a45dfa3, kMaster, ""},
                                     {0x4286, kUnsigned, "EBMLVersion"},
                                     {0x42f7, kUnsigned, "EBMLReadVersion"},
                                     {0x4282, kText, "DocType"},
                                     {0x4287, kUnsigned, "DocTypeVersion"},
                                     {0x4285, kUnsigned, "DocTypeReadVersion"},
                                     {0x18538067, kMaster, ""},
                                     {0x1549a966, kMaster, ""},
                                     {0x2ad7b1, kUnsigned, "TimecodeScale"},
                                     {0x4489, kFloat, "Duration"},
                                     {0x7ba9, kText, "Title"},
                                     {0x4d80, kText, "MuxingApp"},
                                     {0x5741, kText, "WritingApp"},
                                     {0x4461, kDate, "DateTimeOriginal"},
                                     {0x1654ae6b, kMaster, ""},
                                     {0xae, kMaster, ""},
                                     {0xd7, kUnsigned, "TrackNumber"},
                                     {0x73c5, kBytes, "TrackUID"},
                                     {0x83, kUnsigned, "TrackType"},
                                     {0x88, kUnsigned, "TrackDefault"},
                                     {0xb9, kUnsigned, "TrackUsed"},
                                     {0x55aa, kUnsigned, "TrackForced"},
                                     {0x536e, kText, "TrackName"},
                                     {0x22b59c, kText, "TrackLanguage"},
                                     {0x22b59d, kText, "TrackLanguageIETF"},
                                     {0x23314f, kFloat, "TrackTimecodeScale"},
                                     {0xaa, kUnsigned, "CodecDecodeAll"},
                                     {0x86, kText, "CodecID"},
                                     {0x23e383, kUnsigned, "DefaultDuration"},
                                     {0x258688, kText, "CodecName"},
                                     {0xe0, kMaster, ""},
                                     {0xb0, kUnsigned, "ImageWidth"},
                                     {0xba, kUnsigned, "ImageHeight"},
                                     {0x9a, kUnsigned, "VideoScanType"},
                                     {0x54b0, kUnsigned, "DisplayWidth"},
                                     {0x54ba, kUnsigned, "DisplayHeight"},
                                     {0x54b2, kUnsigned, "DisplayUnit"},
                                     {0x54b3, kUnsigned, "AspectRatioType"},
                                     {0x54aa, kUnsigned, "CropBottom"},
                                     {0x54bb, kUnsigned, "CropTop"},
                                     {0x54cc, kUnsigned, "CropLeft"},
                                     {0x54dd, kUnsigned, "CropRight"},
                                     {0xe1, kMaster, ""},
                                     {0xb5, kFloat, "AudioSampleRate"},
                                     {0x9f, kUnsigned, "AudioChannels"},
                                     {0x6264, kUnsigned, "AudioBitsPerSample"},
                                     {0x1254c367, kMaster, ""},
                                     {0x7373, kMaster, ""},
                                     {0x63c0, kMaster, ""},
                                     {0x68ca, kUnsigned, "TargetTypeValue"},
                                     {0x63ca, kText, "TargetType"},
                                     {0x63c5, kBytes, "TagTrackUID"},
                                     {0x67c8, kMaster, ""},
                                     {0x45a3, kText, ""},
                                     {0x447a, kText, ""},
                                     {0x4487, kText, ""},
                                     {0x1043a770, kMaster, ""},
                                     {0x45b9, kMaster, ""},
                                     {0xb6, kMaster, ""},
                                     {0x91, kUnsigned, ""},
                                     {0x92, kUnsigned, ""},
                                     {0x80, kMaster, ""},
                                     {0x85, kText, ""},
                                     {0x437c, kText, ""},
                                     {0x437e, kText, ""},
                                     {0x1941a469, kMaster, ""},
                                     {0x61a7, kMaster, ""},
                                     {0x466e, kText, "AttachedFileName"},
                                     {0x4660, kText, "AttachedFileMIMEType"},
                                     {0x465c, kBytes, "AttachedFileData"},
                                     {0x46ae, kBytes, "AttachedFileUID"},
                                     {0x467e, kText, "AttachedFileDescription"}};
constexpr Code kDisplayUnits[] = {{0, "Pixels"}, {1, "cm"}, {2, "inches"}, {3, "Display Aspect Ratio"}, {4, "Unknown"}};
constexpr Code kAspectRatios[] = {{0, "Free Resizing"}, {1, "Keep Aspect Ratio"}, {2, "Fixed"}};
constexpr Code kTrackTypes[] = {{1, "Video"},     {2, "Audio"},    {3, "Complex"}, {16, "Logo"},
                                {17, "Subtitle"}, {18, "Buttons"}, {32, "Control"}};
struct Codec {
  std::string_view id;
  std::string_view name;
};
constexpr Codec kCodecs[] = {{"V_MPEG4/ISO/AVC", "h264"},
                             {"V_MPEGH/ISO/HEVC", "h265"},
                             {"V_MPEG4/ISO", "mpeg4"},
                             {"V_VP8", "vp8"},
                             {"V_VP9", "vp9"},
                             {"V_AV1", "av1"},
                             {"A_AAC", "aac"},
                             {"A_OPUS", "opus"},
                             {"A_VORBIS", "vorbis"},
                             {"A_MPEG/L3", "mp3"},
                             {"A_FLAC", "flac"},
                             {"A_AC3", "ac3"},
                             {"A_DTS", "dts"},
                             {"A_PCM", "pcm"}};

// Tags whose names stay in capitals.
constexpr std::string_view kCapitals[] = {"URL", "FAX", "IMDB", "TMDB", "TVDB", "BPM",
                                          "BPS", "FPS", "MCDI", "ISRC", "ISBN"};

}  // namespace

std::string MatroskaTagName(std::string_view tag) {
  if (tag == "DATE_RECORDED") return "DateTimeOriginal";
  if (tag == "DATE_DIGITIZED") return "CreateDate";
  std::string out;
  for (std::size_t begin = 0; begin <= tag.size();) {
    const std::size_t end = std::min(tag.find('_', begin), tag.size());
    const std::string_view word = tag.substr(begin, end - begin);
    const bool stays = std::find(std::begin(kCapitals), std::end(kCapitals), word) != std::end(kCapitals);
    bool is_first = true;
    for (const char c : word) {
      const bool upper = c >= 'A' && c <= 'Z';
      const bool lower = c >= 'a' && c <= 'z';
      if (!upper && !lower && (c < '0' || c > '9')) continue;
      out += stays                ? c
             : upper && !is_first ? static_cast<char>(c + 32)
             : lower && is_first  ? static_cast<char>(c - 32)
                                  : c;
      is_first = false;
    }
    begin = end + 1;
  }
  return out;
}

const EbmlElement* FindEbmlElement(std::uint32_t id) {
  static constexpr auto kById = [] {
    auto sorted = std::to_array(kElements);
    std::ranges::sort(sorted, {}, &EbmlElement::id);
    return sorted;
  }();
  const auto found = std::ranges::lower_bound(kById, id, {}, &EbmlElement::id);
  return found == kById.end() || found->id != id ? nullptr : &*found;
}

std::string MatroskaCodec(std::string_view id) {
  for (const auto& codec : kCodecs) {
    if (id.starts_with(codec.id)) return std::string(codec.name);
  }
  return std::string(id);
}

std::string MatroskaWord(std::string_view name, std::uint64_t value) {
  const auto code = static_cast<std::int64_t>(value);
  if (name == "TrackType") {
    const Code* const type = FindCode(kTrackTypes, code);
    return type != nullptr ? std::string(type->text) : fmt::format("Unknown (0x{:x})", value);
  }
  if (name == "DisplayUnit") return CodeText(kDisplayUnits, code);
  if (name == "AspectRatioType") return CodeText(kAspectRatios, code);
  if (name == "TrackDefault" || name == "TrackForced" || name == "TrackUsed" || name == "CodecDecodeAll")
    return value != 0 ? "Yes" : "No";
  if (name == "VideoScanType")
    return value == 0 ? "Progressive" : value == 1 ? "Interlaced" : fmt::format("Unknown ({})", value);
  return "";
}

}  // namespace cairn
