#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "extract/mp4_state.h"

namespace cairn {
namespace {

struct Brand {
  std::string_view code;
  std::string_view text;
};

// The brands of the registry (mp4ra.org) that files have, in ExifTool's words.
constexpr Brand kBrands[] = {
    {"3g2a", "3GPP2 Media (.3G2) compliant with 3GPP2 C.S0050-0 V1.0"},
    {"3g2b", "3GPP2 Media (.3G2) compliant with 3GPP2 C.S0050-A V1.0.0"},
    {"3g2c", "3GPP2 Media (.3G2) compliant with 3GPP2 C.S0050-B v1.0"},
    {"3ge6", "3GPP (.3GP) Release 6 MBMS Extended Presentations"},
    {"3ge7", "3GPP (.3GP) Release 7 MBMS Extended Presentations"},
    {"3gg6", "3GPP Release 6 General Profile"},
    {"3gp1", "3GPP Media (.3GP) Release 1 (probably non-existent)"},
    {"3gp2", "3GPP Media (.3GP) Release 2 (probably non-existent)"},
    {"3gp3", "3GPP Media (.3GP) Release 3 (probably non-existent)"},
    {"3gp4", "3GPP Media (.3GP) Release 4"},
    {"3gp5", "3GPP Media (.3GP) Release 5"},
    {"3gp6", "3GPP Media (.3GP) Release 6 Basic Profile"},
    {"3gs7", "3GPP Media (.3GP) Release 7 Streaming Servers"},
    {"aax ", "Audible Enhanced Audiobook (.AAX)"},
    {"avc1", "MP4 Base w/ AVC ext [ISO 14496-12:2005]"},
    {"CAEP", "Canon Digital Camera"},
    {"caqv", "Casio Digital Camera"},
    {"CDes", "Convergent Design"},
    {"dmpf", "Digital Media Project"},
    {"drc1", "Dirac (wavelet compression), encapsulated in ISO base media (MP4)"},
    {"F4A ", "Audio for Adobe Flash Player 9+ (.F4A)"},
    {"F4B ", "Audio Book for Adobe Flash Player 9+ (.F4B)"},
    {"F4P ", "Protected Video for Adobe Flash Player 9+ (.F4P)"},
    {"F4V ", "Video for Adobe Flash Player 9+ (.F4V)"},
    {"isc2", "ISMACryp 2.0 Encrypted File"},
    {"iso2", "MP4 Base Media v2 [ISO 14496-12:2005]"},
    {"iso3", "MP4 Base Media v3"},
    {"iso4", "MP4 Base Media v4"},
    {"iso5", "MP4 Base Media v5"},
    {"iso6", "MP4 Base Media v6"},
    {"iso7", "MP4 Base Media v7"},
    {"iso8", "MP4 Base Media v8"},
    {"iso9", "MP4 Base Media v9"},
    {"isom", "MP4 Base Media v1 [IS0 14496-12:2003]"},
    {"JP2 ", "JPEG 2000 Image (.JP2) [ISO 15444-1 ?]"},
    {"JP20", "Unknown, from GPAC samples (prob non-existent)"},
    {"jpm ", "JPEG 2000 Compound Image (.JPM) [ISO 15444-6]"},
    {"jpx ", "JPEG 2000 with extensions (.JPX) [ISO 15444-2]"},
    {"KDDI", "3GPP2 EZmovie for KDDI 3G cellphones"},
    {"M4A ", "Apple iTunes AAC-LC (.M4A) Audio"},
    {"M4B ", "Apple iTunes AAC-LC (.M4B) Audio Book"},
    {"M4P ", "Apple iTunes AAC-LC (.M4P) AES Protected Audio"},
    {"M4V ", "Apple iTunes Video (.M4V) Video"},
    {"M4VH", "Apple TV (.M4V)"},
    {"M4VP", "Apple iPhone (.M4V)"},
    {"mmp4", "MPEG-4/3GPP Mobile Profile (.MP4/3GP) (for NTT)"},
    {"mp21", "MPEG-21 [ISO/IEC 21000-9]"},
    {"mp41", "MP4 v1 [ISO 14496-1:ch13]"},
    {"mp42", "MP4 v2 [ISO 14496-14]"},
    {"mp71", "MP4 w/ MPEG-7 Metadata [per ISO 14496-12]"},
    {"MPPI", "Photo Player, MAF [ISO/IEC 23000-3]"},
    {"mqt ", "Sony / Mobile QuickTime (.MQV) US Patent 7,477,830 (Sony Corp)"},
    {"MSNV", "MPEG-4 (.MP4) for SonyPSP"},
    {"pana", "Panasonic Digital Camera"},
    {"qt  ", "Apple QuickTime (.MOV/QT)"},
    {"ROSS", "Ross Video"},
    {"sdv ", "SD Memory Card Video"},
    {"XAVC", "Sony XAVC"},
    {"heic", "High Efficiency Image Format HEVC still image (.HEIC)"},
    {"hevc", "High Efficiency Image Format HEVC sequence (.HEICS)"},
    {"mif1", "High Efficiency Image Format still image (.HEIF)"},
    {"msf1", "High Efficiency Image Format sequence (.HEIFS)"},
    {"heix", "High Efficiency Image Format still image (.HEIF)"},
    {"avif", "AV1 Image File Format (.AVIF)"},
    {"crx ", "Canon Raw (.CRX)"},
};
constexpr Brand kHandlers[] = {{"alis", "Alias Data"},
                               {"camm", "Camera Metadata"},
                               {"crsm", "Clock Reference"},
                               {"data", "Data"},
                               {"hint", "Hint Track"},
                               {"ipsm", "IPMP"},
                               {"m7sm", "MPEG-7 Stream"},
                               {"mjsm", "MPEG-J"},
                               {"ocsm", "Object Content"},
                               {"priv", "Private"},
                               {"psmd", "Panasonic Static Metadata"},
                               {"soun", "Audio Track"},
                               {"vide", "Video Track"},
                               {"url ", "URL"},
                               {"text", "Text"},
                               {"sbtl", "Subtitle"},
                               {"subp", "Subpicture"},
                               {"meta", "NRT Metadata"},
                               {"mdir", "Metadata"},
                               {"mdta", "Metadata Tags"},
                               {"pict", "Picture"},
                               {"tmcd", "Time Code"},
                               {"clcp", "Closed Caption"},
                               {"odsm", "Object Descriptor"},
                               {"sdsm", "Scene Description"},
                               {"nrtm", "Non-Real Time Metadata"}};
constexpr Brand kVendors[] = {{" KD ", "Kodak"},
                              {"AR.D", "Parrot AR.Drone"},
                              {"FFMP", "FFmpeg"},
                              {"GIC ", "General Imaging Co."},
                              {"KMPI", "Konica-Minolta"},
                              {"NIKO", "Nikon"},
                              {"SMI ", "Sorenson Media Inc."},
                              {"ZORA", "Zoran Corporation"},
                              {"appl", "Apple"},
                              {"fe20", "Olympus (fe20)"},
                              {"kdak", "Kodak"},
                              {"leic", "Leica"},
                              {"mino", "Minolta"},
                              {"niko", "Nikon"},
                              {"olym", "Olympus"},
                              {"pana", "Panasonic"},
                              {"pent", "Pentax"},
                              {"pr01", "Olympus (pr01)"},
                              {"sany", "Sanyo"}};
constexpr Brand kClasses[] = {{"mhlr", "Media Handler"}, {"dhlr", "Data Handler"}};

template <std::size_t N>
std::string Lookup(const Brand (&words)[N], std::string_view code) {
  for (const auto& word : words) {
    if (word.code == code) return std::string(word.text);
  }
  return fmt::format("Unknown ({})", ToUtf8(BeforeNul(code)));
}

// Seconds since 1904.
std::string Time(std::uint64_t seconds) {
  constexpr std::uint64_t kTo1970 = 2'082'844'800;
  // Some write the beginning of their own count where they know no time.
  if (seconds == 0 || seconds == kTo1970) return "0000:00:00 00:00:00";
  return ExifTime(static_cast<std::int64_t>(seconds >= kTo1970 ? seconds - kTo1970 : seconds));
}

std::string Span(std::uint64_t units, std::uint32_t timescale) {
  return timescale == 0 ? fmt::format("{}", units) : DurationText(static_cast<double>(units) / timescale);
}

// Nine fixed-point numbers: three rows of 16.16, 16.16, 2.30.
std::string Matrix(ByteView box, std::uint64_t at) {
  std::string out;
  for (std::uint64_t i = 0; i < 9; ++i) {
    if (i > 0) out += ' ';
    out += General(box.S32(at + i * 4) / (i % 3 == 2 ? 1073741824.0 : 65536.0), 10);
  }
  return out;
}

std::string Percent(std::int16_t fixed) { return fmt::format("{:.2f}%", fixed / 256.0 * 100); }

/// The three numbers of a header that are 32 or 64 bits wide by its version.
struct Times {
  std::uint64_t created;
  std::uint64_t modified;
  std::uint32_t middle;  ///< Timescale or track id.
  std::uint64_t duration;
  bool known;         ///< Whether the duration is: else all its bits are set.
  std::uint64_t end;  ///< Where the header goes on.
};

Times ReadTimes(ByteView box, bool gap) {
  const std::uint64_t wide = box.U8(0) == 1 ? 8 : 4;
  const std::uint64_t pad = gap ? 4 : 0;
  Times times{};
  times.created = box.Unsigned(4, wide);
  times.modified = box.Unsigned(4 + wide, wide);
  times.middle = box.U32(4 + 2 * wide);
  times.duration = box.Unsigned(8 + 2 * wide + pad, wide);
  times.known = times.duration != (wide == 8 ? ~std::uint64_t{0} : 0xffffffff);
  times.end = 8 + 3 * wide + pad;
  return times;
}

}  // namespace

std::string Mp4VendorName(std::string_view code) { return Lookup(kVendors, code); }

void ReadMp4Brands(ByteView box, Mp4State& state) {
  state.to.Add("MajorBrand", Lookup(kBrands, box.Part(0, 4)));
  state.to.Add("MinorVersion", fmt::format("{:x}.{:x}.{:x}", box.U16(4), box.U8(6), box.U8(7)));
  std::vector<std::string> brands;
  for (std::uint64_t at = 8; box.Has(at, 4) && brands.size() < 64; at += 4) {
    if (box.U32(at) != 0) brands.push_back(ToUtf8(box.Part(at, 4)));
  }
  state.to.Add("CompatibleBrands", std::move(brands));
}

void ReadMp4MovieHeader(ByteView box, Mp4State& state) {
  const Times times = ReadTimes(box, false);
  state.timescale = times.middle;
  state.duration = times.duration;
  auto& to = state.to;
  to.Add("MovieHeaderVersion", std::int64_t{box.U8(0)});
  to.Add("CreateDate", Time(times.created));
  to.Add("ModifyDate", Time(times.modified));
  to.core.created = IsoTime(Time(times.created));
  to.core.modified = IsoTime(Time(times.modified));
  to.Add("TimeScale", std::int64_t{times.middle});
  to.Add("Duration", Span(times.duration, times.middle));
  if (times.middle != 0 && times.duration != 0 && times.known) {
    to.core.duration = static_cast<double>(times.duration) / times.middle;
  }
  const std::uint64_t at = times.end;
  to.Add("PreferredRate", NumberValue(box.S32(at) / 65536.0));
  to.Add("PreferredVolume", Percent(box.S16(at + 4)));
  to.Add("MatrixStructure", Matrix(box, at + 16));
  to.Add("PreviewTime", Span(box.U32(at + 52), times.middle));
  to.Add("PreviewDuration", Span(box.U32(at + 56), times.middle));
  to.Add("PosterTime", Span(box.U32(at + 60), times.middle));
  to.Add("SelectionTime", Span(box.U32(at + 64), times.middle));
  to.Add("SelectionDuration", Span(box.U32(at + 68), times.middle));
  to.Add("CurrentTime", Span(box.U32(at + 72), times.middle));
  to.Add("NextTrackID", std::int64_t{box.U32(at + 76)});
}

void ReadMp4TrackHeader(ByteView box, Mp4State& state) {
  const Times times = ReadTimes(box, true);
  state.track().id = times.middle;
  auto& to = state.to;
  to.Add("TrackHeaderVersion", std::int64_t{box.U8(0)});
  to.Add("TrackCreateDate", Time(times.created));
  to.Add("TrackModifyDate", Time(times.modified));
  to.Add("TrackID", std::int64_t{times.middle});
  to.Add("TrackDuration", Span(times.duration, state.timescale));
  const std::uint64_t at = times.end;
  to.Add("TrackLayer", std::int64_t{box.S16(at + 8)});
  to.Add("TrackVolume", Percent(box.S16(at + 12)));
  to.Add("MatrixStructure", Matrix(box, at + 16));
  const std::uint32_t width = box.U32(at + 52) >> 16;
  const std::uint32_t height = box.U32(at + 56) >> 16;
  if (width == 0 || height == 0) return;
  to.Add("ImageWidth", std::int64_t{width});
  to.Add("ImageHeight", std::int64_t{height});
  if (to.core.width) return;
  to.core.width = width;
  to.core.height = height;
}

void ReadMp4MediaHeader(ByteView box, Mp4State& state) {
  const Times times = ReadTimes(box, false);
  state.track().timescale = times.middle;
  state.track().duration = times.duration;
  auto& to = state.to;
  to.Add("MediaHeaderVersion", std::int64_t{box.U8(0)});
  to.Add("MediaCreateDate", Time(times.created));
  to.Add("MediaModifyDate", Time(times.modified));
  to.Add("MediaTimeScale", std::int64_t{times.middle});
  to.Add("MediaDuration", Span(times.duration, times.middle));
  const std::uint16_t language = box.U16(times.end);
  if (language < 0x400) return;
  std::string text = fmt::format("Unknown ({})", language);
  if (language != 0x7fff) {  // three letters of five bits each
    text = {static_cast<char>(0x60 + (language >> 10 & 31)), static_cast<char>(0x60 + (language >> 5 & 31)),
            static_cast<char>(0x60 + (language & 31))};
    if (to.core.language.empty() && text != "und" && text != "```") to.core.language = text;
  }
  to.Add("MediaLanguageCode", std::move(text));
}

void ReadMp4Handler(ByteView box, Mp4State& state) {
  auto& to = state.to;
  if (box.U32(4) != 0) to.Add("HandlerClass", Lookup(kClasses, box.Part(4, 4)));
  const std::string_view type = box.Part(8, 4);
  to.Add("HandlerType", Lookup(kHandlers, type));
  if (type != "url " && type != "alis" && !state.tracks.empty() && state.track().handler.empty())
    state.track().handler = type;
  if (box.U32(12) != 0) to.Add("HandlerVendorID", Mp4VendorName(box.Part(12, 4)));
  std::string_view name = box.Part(24);
  if (!name.empty() && static_cast<std::uint8_t>(name[0]) == name.size() - 1) name.remove_prefix(1);  // QuickTime's
  name = BeforeNul(name);
  if (!name.empty()) to.Add("HandlerDescription", ToUtf8(name));
}

}  // namespace cairn
