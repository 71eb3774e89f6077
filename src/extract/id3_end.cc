#include "extract/id3_end.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "extract/ape_tag.h"
#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

struct Name {
  std::string_view id;
  std::string_view name;
};

constexpr Name kLyrics3[] = {{"AUT", "Author"},
                             {"CRC", "CRC"},
                             {"EAL", "ExtendedAlbumName"},
                             {"EAR", "ExtendedArtistName"},
                             {"ETT", "ExtendedTrackTitle"},
                             {"IMG", "AssociatedImageFile"},
                             {"IND", "Indications"},
                             {"INF", "AdditionalInfo"},
                             {"LYR", "Lyrics"}};
constexpr std::array kSpeeds = {"Unknown (0)"sv, "Slow"sv, "Medium"sv, "Fast"sv, "Hardcore"sv};
constexpr std::uint64_t kEnhancedBytes = 227;
// Version 1 allows no longer text.
constexpr std::uint64_t kLyrics1BytesMax = 5100;

std::string Fixed(ByteView tag, std::uint64_t at, std::uint64_t size) {
  return FromLatin1(TrimEnd(BeforeNul(tag.Part(at, size))));
}

void ReadId3v1(ByteView tag, Extracted& to) {
  const auto add = [&](std::string_view name, std::string value, std::string* core) {
    if (core != nullptr && core->empty()) *core = value;
    to.Add(name, std::move(value));
  };
  add("Title", Fixed(tag, 3, 30), &to.core.title);
  std::string artist = Fixed(tag, 33, 30);
  if (to.core.creators.empty() && !artist.empty()) to.core.creators.push_back(artist);
  to.Add("Artist", std::move(artist));
  add("Album", Fixed(tag, 63, 30), nullptr);
  add("Year", Fixed(tag, 93, 4), nullptr);
  if (to.core.created.empty()) to.core.created = IsoTime(Fixed(tag, 93, 4));
  add("Comment", Fixed(tag, 97, 30), &to.core.description);
  if (tag.U8(125) == 0 && tag.U8(126) != 0) to.Add("Track", std::int64_t{tag.U8(126)});
  const std::uint8_t genre = tag.U8(127);
  const std::string_view known = GenreName(genre);
  to.Add("Genre", genre == 255    ? std::string("None")
                  : known.empty() ? fmt::format("Unknown ({})", genre)
                                  : std::string(known));
}

// What did not fit into the tag behind it: the ends of long titles, names and albums.
void ReadEnhanced(ByteView tag, Extracted& to) {
  to.Add("Title2", Fixed(tag, 4, 60));
  to.Add("Artist2", Fixed(tag, 64, 60));
  to.Add("Album2", Fixed(tag, 124, 60));
  const std::uint8_t speed = tag.U8(184);
  to.Add("Speed", speed < kSpeeds.size() ? std::string(kSpeeds[speed]) : fmt::format("Unknown ({})", speed));
  to.Add("Genre", Fixed(tag, 185, 30));
  to.Add("StartTime", Fixed(tag, 215, 6));
  to.Add("EndTime", Fixed(tag, 221, 6));
}

void AddLyrics3(std::string_view id, std::string_view value, const ExtractContext& context, Extracted& to) {
  std::string name = fmt::format("Lyrics3_{}", ToUtf8(id));
  for (const auto& known : kLyrics3) {
    if (known.id == id) name = known.name;
  }
  to.Add(name, CutText(FromLatin1(TrimEnd(value)), context.limits.value_bytes));
}

// Lyrics3 v2.00: fields of three letters, five digits of length and text; six digits of length in all stand behind.
std::uint64_t Lyrics2(Window& from, std::uint64_t end, const ExtractContext& context, Extracted& to) {
  const std::string digits(from.At(end - 15, 6));
  std::uint64_t size = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  if (error != std::errc() || stop != digits.data() + digits.size() || size < 11 || size + 15 > end) return 0;
  const std::string bytes(from.At(end - 15 - size, static_cast<std::size_t>(size)));
  if (!bytes.starts_with("LYRICSBEGIN")) return 0;
  std::string_view rest = std::string_view(bytes).substr(11);
  for (std::size_t count = 0; rest.size() >= 8 && count < context.limits.fields; ++count) {
    std::size_t length = 0;
    const auto read = std::from_chars(rest.data() + 3, rest.data() + 8, length);
    if (read.ec != std::errc() || read.ptr != rest.data() + 8 || length > rest.size() - 8) break;
    AddLyrics3(rest.substr(0, 3), rest.substr(8, length), context, to);
    rest.remove_prefix(8 + length);
  }
  return size + 15;
}

// Version 1: one text between two words, no longer than 5,100 bytes.
std::uint64_t Lyrics1(Window& from, std::uint64_t end, const ExtractContext& context, Extracted& to) {
  const std::uint64_t size = std::min(end - 9, kLyrics1BytesMax + 11);
  const std::string bytes(from.At(end - 9 - size, static_cast<std::size_t>(size)));
  const std::size_t begin = bytes.rfind("LYRICSBEGIN");
  if (begin == std::string::npos) return 0;
  AddLyrics3("LYR", std::string_view(bytes).substr(begin + 11), context, to);
  return 9 + bytes.size() - begin;
}

// The length of the tag that ends there, read; 0 where there is none.
std::uint64_t OneTag(Window& from, std::uint64_t end, const ExtractContext& context, Extracted& to) {
  if (end >= kEnhancedBytes && from.At(end - kEnhancedBytes, 4) == "TAG+") {
    const std::string tag(from.At(end - kEnhancedBytes, kEnhancedBytes));
    ReadEnhanced(ByteView(tag), to);
    return kEnhancedBytes;
  }
  if (end >= 26 && from.At(end - 9, 9) == "LYRICS200") return Lyrics2(from, end, context, to);
  if (end >= 20 && from.At(end - 9, 9) == "LYRICSEND") return Lyrics1(from, end, context, to);
  return ReadApeTag(from, end, context, to);
}

}  // namespace

std::uint64_t ReadTagsAtEnd(Window& from, const ExtractContext& context, Extracted& to) {
  std::uint64_t end = from.size();
  if (end >= 128 && from.At(end - 128, 3) == "TAG") {
    const std::string tag(from.At(end - 128, 128));
    ReadId3v1(ByteView(tag), to);
    end -= 128;
  }
  for (int tags = 0; tags < 4; ++tags) {
    const std::uint64_t size = OneTag(from, end, context, to);
    if (size == 0) break;
    end -= size;
  }
  return end;
}

}  // namespace cairn
