#include "extract/vorbis_comment.h"

#include <algorithm>
#include <array>
#include <map>

#include "extract/byte_view.h"
#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Name {
  std::string_view key;
  std::string_view name;
};
// Whose spelling the rule below does not give.
constexpr std::array kNames = {Name{"TRACKNUMBER", "TrackNumber"},
                               Name{"REPLAYGAIN_TRACK_PEAK", "ReplayGainTrackPeak"},
                               Name{"REPLAYGAIN_TRACK_GAIN", "ReplayGainTrackGain"},
                               Name{"REPLAYGAIN_ALBUM_PEAK", "ReplayGainAlbumPeak"},
                               Name{"REPLAYGAIN_ALBUM_GAIN", "ReplayGainAlbumGain"},
                               Name{"ENCODED_USING", "EncodedUsing"},
                               Name{"ENCODED_BY", "EncodedBy"},
                               Name{"ISRC", "ISRCNumber"},
                               Name{"COVERART", "CoverArt"},
                               Name{"COVERARTMIME", "CoverArtMIMEType"}};

// Of a picture's description and type; a block may hold 16 MiB, a file a thousand blocks.
constexpr std::size_t kPictureTextBytesMax = 65'536;

std::string Upper(std::string_view key) {
  std::string out;
  for (const char c : key) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out;
}

// These are one list however often they come; any other name that comes again is a field of its own.
constexpr std::array kLists = {std::string_view("Artist"), std::string_view("Performer"), std::string_view("Contact")};

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// `UNUSUALTAG` is `Unusualtag`; `encoded by` and `ENCODED_BY` are `EncodedBy`; other underscores and hyphens stay.
std::string FieldName(const std::string& upper) {
  for (const auto& known : kNames) {
    if (known.key == upper) return std::string(known.name);
  }
  std::string out;
  bool raise = true;
  // A letter raised behind an underscore counts no more as one before the next.
  bool raised = false;
  for (std::size_t i = 0; i < upper.size(); ++i) {
    const char c = upper[i];
    const bool small_before =
        !out.empty() && !raised && (IsDigit(out.back()) || (IsLetter(out.back()) && out.back() >= 'a'));
    if (c == '_' && small_before && i + 1 < upper.size() && IsLetter(upper[i + 1])) {
      out += upper[++i];
      raised = true;
    } else if (IsLetter(c) || IsDigit(c) || c == '_' || c == '-') {
      out += IsLetter(c) && !raise ? static_cast<char>(c + 32) : c;
      raise = false;
      raised = false;
    } else {
      raise = true;
    }
  }
  return out.size() < 2 || !IsLetter(out[0]) ? "Tag" + out : out;
}

// `01:02:03.456` in nanoseconds; -1 where it is none.
std::int64_t ClockNs(std::string_view text) {
  constexpr std::int64_t kSecondsMax = 100'000'000;
  const std::size_t point = std::min(text.find('.'), text.size());
  std::int64_t seconds = 0;
  std::int64_t part = 0;
  for (const char c : text.substr(0, point)) {
    if (c == ':') {
      seconds = (seconds + part) * 60;
      part = 0;
    } else if (c >= '0' && c <= '9') {
      part = part * 10 + (c - '0');
    } else {
      return -1;
    }
    if (seconds > kSecondsMax || part > kSecondsMax) return -1;
  }
  std::int64_t ns = (seconds + part) * 1'000'000'000;
  std::int64_t scale = 100'000'000;
  for (const char c : text.substr(std::min(point + 1, text.size()))) {
    if (c < '0' || c > '9') return -1;
    ns += (c - '0') * scale;
    scale /= 10;
  }
  return ns;
}

// RFC 4648, section 4. Stops at what is none.
std::string FromBase64(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                      : c >= 'a' && c <= 'z' ? c - 'a' + 26
                      : c >= '0' && c <= '9' ? c - '0' + 52
                      : c == '+'             ? 62
                      : c == '/'             ? 63
                                             : -1;
    if (value < 0) break;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 255);
    }
  }
  return out;
}

class Comments {
 public:
  Comments(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {}

  void Take(std::string_view comment) {
    const std::size_t equals = comment.find('=');
    if (equals == std::string_view::npos || equals == 0) return;
    const std::string key = Upper(comment.substr(0, equals));
    const std::string_view value = comment.substr(equals + 1);
    if (key == "METADATA_BLOCK_PICTURE") return ReadFlacPicture(FromBase64(value), to_);
    if (key == "COVERART") return Cover(FromBase64(value));
    if (key.starts_with("CHAPTER")) ChapterPart(key.substr(7), value);
    std::string name = FieldName(key);
    const std::size_t bytes_max = context_.limits.value_bytes;
    std::string text = CutText(ToUtf8(CutBytes(value, bytes_max)), bytes_max);
    Core(key, text);
    if (std::find(kLists.begin(), kLists.end(), name) != kLists.end()) {
      lists_[std::move(name)].push_back(std::move(text));
    } else {
      to_.Add(name, TextOrNumber(std::move(text)));
    }
  }

  void Finish() {
    for (auto& [name, texts] : lists_) {
      if (texts.size() == 1) {
        to_.Add(name, TextOrNumber(std::move(texts[0])));
      } else {
        to_.Add(name, std::move(texts));
      }
    }
    for (auto& [number, chapter] : chapters_) to_.chapters.push_back(std::move(chapter));
    auto& chapters = to_.chapters;
    for (std::size_t i = 0; i + 1 < chapters.size(); ++i) chapters[i].end_ns = chapters[i + 1].start_ns;
    if (!chapters.empty()) {
      const double end = to_.core.duration.value_or(0) * 1e9;
      chapters.back().end_ns = std::max(chapters.back().start_ns, Whole(end));
    }
  }

 private:
  // The picture alone, in base64: how players wrote it before METADATA_BLOCK_PICTURE.
  void Cover(const std::string& data) {
    to_.Add("CoverArt", BinaryText(data.size()));
    Picture picture = PictureFacts(data);
    picture.type = PictureType(3);
    picture.bytes = data.size();
    to_.pictures.push_back(std::move(picture));
  }

  void ChapterPart(std::string_view key, std::string_view value) {
    const std::size_t digits = std::min(key.find_first_not_of("0123456789"), key.size());
    if (digits == 0 || digits > 6 || chapters_.size() >= context_.limits.fields) return;
    Chapter& chapter = chapters_[std::stoi(std::string(key.substr(0, digits)))];
    const std::string_view part = key.substr(digits);
    if (part == "NAME") chapter.title = CutText(ToUtf8(value), context_.limits.value_bytes);
    if (part.empty()) chapter.start_ns = std::max<std::int64_t>(0, ClockNs(value));
  }

  void Core(std::string_view key, const std::string& text) {
    auto& core = to_.core;
    if (text.empty()) return;
    if (key == "TITLE" && core.title.empty()) core.title = text;
    if (key == "ARTIST") core.creators.push_back(text);
    if (key == "DATE" && core.created.empty()) core.created = IsoTime(text);
    if (key == "GENRE") core.keywords.push_back(text);
    if ((key == "DESCRIPTION" || key == "COMMENT") && core.description.empty()) core.description = text;
    if ((key == "ORGANIZATION" || key == "PUBLISHER") && core.publisher.empty()) core.publisher = text;
    if (key == "LANGUAGE" && core.language.empty()) core.language = text;
  }

  const ExtractContext& context_;
  Extracted& to_;
  std::map<std::string, std::vector<std::string>> lists_;
  std::map<int, Chapter> chapters_;
};

}  // namespace

void ReadVorbisComment(std::string_view bytes, const ExtractContext& context, Extracted& to) {
  const ByteView view(bytes, std::endian::little);
  const std::uint32_t vendor = view.U32(0);
  if (!view.Has(4, vendor)) return to.Warn("the Vorbis comment is cut off");
  to.Add("Vendor", ToUtf8(view.Part(4, vendor)));
  std::uint64_t at = 8 + std::uint64_t{vendor};
  const std::uint64_t count = std::min<std::uint64_t>(view.U32(at - 4), context.limits.fields);
  Comments comments(context, to);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint32_t size = view.U32(at);
    if (!view.Has(at + 4, size)) {
      to.Warn("the Vorbis comment is cut off");
      break;
    }
    comments.Take(view.Part(at + 4, size));
    at += 4 + std::uint64_t{size};
  }
  comments.Finish();
}

void ReadFlacPicture(std::string_view bytes, Extracted& to) {
  const ByteView view(bytes);
  const std::uint32_t type = view.U32(0);
  const std::uint64_t mime = view.U32(4);
  const std::uint64_t about = 8 + mime;
  const std::uint64_t facts = about + 4 + view.U32(about);
  if (!view.Has(facts, 20)) return to.Warn("a picture block is cut off");
  const std::string description = CutText(ToUtf8(view.Part(about + 4, view.U32(about))), kPictureTextBytesMax);
  to.Add("PictureType", std::string(PictureTypeName(type)));
  to.Add("PictureMIMEType", ToUtf8(view.Part(8, mime)));
  to.Add("PictureDescription", description);
  to.Add("PictureWidth", std::int64_t{view.U32(facts)});
  to.Add("PictureHeight", std::int64_t{view.U32(facts + 4)});
  to.Add("PictureBitsPerPixel", std::int64_t{view.U32(facts + 8)});
  to.Add("PictureIndexedColors", std::int64_t{view.U32(facts + 12)});
  to.Add("PictureLength", std::int64_t{view.U32(facts + 16)});
  const std::string_view data = view.Part(facts + 20, view.U32(facts + 16));
  to.Add("Picture", BinaryText(data.size()));
  Picture picture = PictureFacts(data);
  if (picture.mime.empty()) picture.mime = CutText(ToUtf8(view.Part(8, mime)), kPictureTextBytesMax);
  if (!picture.width && view.U32(facts) != 0) {
    picture.width = view.U32(facts);
    picture.height = view.U32(facts + 4);
  }
  picture.type = PictureType(type);
  picture.description = description;
  picture.bytes = view.U32(facts + 16);
  to.pictures.push_back(std::move(picture));
}

}  // namespace cairn
