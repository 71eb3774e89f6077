#include "extract/picture.h"

#include <array>

#include "extract/byte_view.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 21> kTypes = {"Other",
                                                     "32x32 PNG Icon",
                                                     "Other Icon",
                                                     "Front Cover",
                                                     "Back Cover",
                                                     "Leaflet",
                                                     "Media",
                                                     "Lead Artist",
                                                     "Artist",
                                                     "Conductor",
                                                     "Band",
                                                     "Composer",
                                                     "Lyricist",
                                                     "Recording Studio or Location",
                                                     "Recording Session",
                                                     "Performance",
                                                     "Capture from Movie or Video",
                                                     "Bright(ly) Colored Fish",
                                                     "Illustration",
                                                     "Band Logo",
                                                     "Publisher Logo"};

constexpr std::array<std::string_view, 148> kGenres = {"Blues",
                                                       "Classic Rock",
                                                       "Country",
                                                       "Dance",
                                                       "Disco",
                                                       "Funk",
                                                       "Grunge",
                                                       "Hip-Hop",
                                                       "Jazz",
                                                       "Metal",
                                                       "New Age",
                                                       "Oldies",
                                                       "Other",
                                                       "Pop",
                                                       "R&B",
                                                       "Rap",
                                                       "Reggae",
                                                       "Rock",
                                                       "Techno",
                                                       "Industrial",
                                                       "Alternative",
                                                       "Ska",
                                                       "Death Metal",
                                                       "Pranks",
                                                       "Soundtrack",
                                                       "Euro-Techno",
                                                       "Ambient",
                                                       "Trip-Hop",
                                                       "Vocal",
                                                       "Jazz+Funk",
                                                       "Fusion",
                                                       "Trance",
                                                       "Classical",
                                                       "Instrumental",
                                                       "Acid",
                                                       "House",
                                                       "Game",
                                                       "Sound Clip",
                                                       "Gospel",
                                                       "Noise",
                                                       "Alt. Rock",
                                                       "Bass",
                                                       "Soul",
                                                       "Punk",
                                                       "Space",
                                                       "Meditative",
                                                       "Instrumental Pop",
                                                       "Instrumental Rock",
                                                       "Ethnic",
                                                       "Gothic",
                                                       "Darkwave",
                                                       "Techno-Industrial",
                                                       "Electronic",
                                                       "Pop-Folk",
                                                       "Eurodance",
                                                       "Dream",
                                                       "Southern Rock",
                                                       "Comedy",
                                                       "Cult",
                                                       "Gangsta Rap",
                                                       "Top 40",
                                                       "Christian Rap",
                                                       "Pop/Funk",
                                                       "Jungle",
                                                       "Native American",
                                                       "Cabaret",
                                                       "New Wave",
                                                       "Psychedelic",
                                                       "Rave",
                                                       "Showtunes",
                                                       "Trailer",
                                                       "Lo-Fi",
                                                       "Tribal",
                                                       "Acid Punk",
                                                       "Acid Jazz",
                                                       "Polka",
                                                       "Retro",
                                                       "Musical",
                                                       "Rock & Roll",
                                                       "Hard Rock",
                                                       "Folk",
                                                       "Folk-Rock",
                                                       "National Folk",
                                                       "Swing",
                                                       "Fast-Fusion",
                                                       "Bebop",
                                                       "Latin",
                                                       "Revival",
                                                       "Celtic",
                                                       "Bluegrass",
                                                       "Avantgarde",
                                                       "Gothic Rock",
                                                       "Progressive Rock",
                                                       "Psychedelic Rock",
                                                       "Symphonic Rock",
                                                       "Slow Rock",
                                                       "Big Band",
                                                       "Chorus",
                                                       "Easy Listening",
                                                       "Acoustic",
                                                       "Humour",
                                                       "Speech",
                                                       "Chanson",
                                                       "Opera",
                                                       "Chamber Music",
                                                       "Sonata",
                                                       "Symphony",
                                                       "Booty Bass",
                                                       "Primus",
                                                       "Porn Groove",
                                                       "Satire",
                                                       "Slow Jam",
                                                       "Club",
                                                       "Tango",
                                                       "Samba",
                                                       "Folklore",
                                                       "Ballad",
                                                       "Power Ballad",
                                                       "Rhythmic Soul",
                                                       "Freestyle",
                                                       "Duet",
                                                       "Punk Rock",
                                                       "Drum Solo",
                                                       "A Cappella",
                                                       "Euro-House",
                                                       "Dance Hall",
                                                       "Goa",
                                                       "Drum & Bass",
                                                       "Club-House",
                                                       "Hardcore",
                                                       "Terror",
                                                       "Indie",
                                                       "BritPop",
                                                       "Afro-Punk",
                                                       "Polsk Punk",
                                                       "Beat",
                                                       "Christian Gangsta Rap",
                                                       "Heavy Metal",
                                                       "Black Metal",
                                                       "Crossover",
                                                       "Contemporary Christian",
                                                       "Christian Rock",
                                                       "Merengue",
                                                       "Salsa",
                                                       "Thrash Metal",
                                                       "Anime",
                                                       "JPop",
                                                       "Synthpop"};

// The first frame header of a JPEG.
void JpegSize(ByteView bytes, Picture* to) {
  std::uint64_t at = 2;
  for (int count = 0; count < 256 && bytes.Has(at, 9) && bytes.U8(at) == 0xff; ++count) {
    const std::uint8_t marker = bytes.U8(at + 1);
    if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
      to->height = bytes.U16(at + 5);
      to->width = bytes.U16(at + 7);
      return;
    }
    at += 2 + std::uint64_t{bytes.U16(at + 2)};
  }
}

}  // namespace

Picture PictureFacts(std::string_view bytes) {
  using namespace std::string_view_literals;
  Picture out;
  out.bytes = static_cast<std::int64_t>(bytes.size());
  const ByteView view(bytes);
  if (view.Is(0, "\xff\xd8\xff")) {
    out.mime = "image/jpeg";
    JpegSize(view, &out);
  } else if (view.Is(0, "\x89PNG")) {
    out.mime = "image/png";
    if (view.Has(16, 8)) {
      out.width = view.U32(16);
      out.height = view.U32(20);
    }
  } else if (view.Is(0, "GIF8")) {
    out.mime = "image/gif";
    const ByteView little(bytes, std::endian::little);
    if (view.Has(6, 4)) {
      out.width = little.U16(6);
      out.height = little.U16(8);
    }
  } else if (view.Is(0, "RIFF") && view.Is(8, "WEBP")) {
    out.mime = "image/webp";
  } else if (view.Is(0, "BM")) {
    out.mime = "image/bmp";
  }
  return out;
}

std::string_view PictureTypeName(std::uint32_t type) { return type < kTypes.size() ? kTypes[type] : kTypes[0]; }

std::string PictureType(std::uint32_t type) {
  std::string out;
  for (const char c : PictureTypeName(type)) out += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

std::string_view GenreName(std::uint32_t genre) { return genre < kGenres.size() ? kGenres[genre] : std::string_view(); }

}  // namespace cairn
