#include "extract/id3.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Frame {
  std::string_view id;  ///< As 2.3 and 2.4 have it.
  std::string_view old_id;
  std::string_view name;
};

constexpr Frame kTexts[] = {{"TIT2", "TT2", "Title"},
                            {"TPE1", "TP1", "Artist"},
                            {"TALB", "TAL", "Album"},
                            {"TCON", "TCO", "Genre"},
                            {"TRCK", "TRK", "Track"},
                            {"TYER", "TYE", "Year"},
                            {"TDRC", "", "RecordingTime"},
                            {"TDRL", "", "ReleaseTime"},
                            {"TDOR", "", "OriginalReleaseTime"},
                            {"TORY", "TOR", "OriginalReleaseYear"},
                            {"TDAT", "TDA", "Date"},
                            {"TIME", "TIM", "Time"},
                            {"TDTG", "", "TaggingTime"},
                            {"TDEN", "", "EncodingTime"},
                            {"TCOM", "TCM", "Composer"},
                            {"TPE2", "TP2", "Band"},
                            {"TPE3", "TP3", "Conductor"},
                            {"TPE4", "TP4", "InterpretedBy"},
                            {"TEXT", "TXT", "Lyricist"},
                            {"TOLY", "TOL", "OriginalLyricist"},
                            {"TOPE", "TOA", "OriginalArtist"},
                            {"TOAL", "TOT", "OriginalAlbum"},
                            {"TPUB", "TPB", "Publisher"},
                            {"TCOP", "TCR", "Copyright"},
                            {"TENC", "TEN", "EncodedBy"},
                            {"TSSE", "TSS", "EncoderSettings"},
                            {"TBPM", "TBP", "BeatsPerMinute"},
                            {"TKEY", "TKE", "InitialKey"},
                            {"TLAN", "TLA", "Language"},
                            {"TLEN", "TLE", "Length"},
                            {"TMED", "TMT", "Media"},
                            {"TFLT", "TFT", "FileType"},
                            {"TIT1", "TT1", "Grouping"},
                            {"TIT3", "TT3", "Subtitle"},
                            {"TPOS", "TPA", "PartOfSet"},
                            {"TSRC", "TRC", "ISRC"},
                            {"TCMP", "TCP", "Compilation"},
                            {"TSOT", "TST", "TitleSortOrder"},
                            {"TSOA", "TSA", "AlbumSortOrder"},
                            {"TSOP", "TSP", "PerformerSortOrder"},
                            {"TSST", "", "SetSubtitle"},
                            {"TMOO", "", "Mood"},
                            {"TOWN", "", "FileOwner"},
                            {"TRSN", "", "InternetRadioStationName"},
                            {"TSIZ", "TSI", "Size"},
                            {"MVNM", "", "MovementName"},
                            {"MVIN", "", "MovementNumber"},
                            {"TCAT", "", "PodcastCategory"},
                            {"TDES", "", "PodcastDescription"},
                            {"TGID", "", "PodcastID"}};

std::uint32_t Synchsafe(ByteView view, std::uint64_t at) {
  return (view.U8(at) & 127U) << 21 | (view.U8(at + 1) & 127U) << 14 | (view.U8(at + 2) & 127U) << 7 |
         (view.U8(at + 3) & 127U);
}

std::string Decode(std::uint8_t encoding, std::string_view text) {
  if (encoding == 1) return FromUtf16(text, false);
  if (encoding == 2) return FromUtf16(text, true);
  return encoding == 3 ? ToUtf8(text) : FromLatin1(text);
}

// Splits off what stands before the terminator, which is two bytes wide in UTF-16.
std::string_view TakeText(std::uint8_t encoding, std::string_view* rest) {
  const bool wide = encoding == 1 || encoding == 2;
  std::size_t end = wide ? 0 : rest->find('\0');
  if (wide) {
    while (end + 1 < rest->size() && ((*rest)[end] != 0 || (*rest)[end + 1] != 0)) end += 2;
  }
  const std::string_view text = rest->substr(0, std::min(end, rest->size()));
  rest->remove_prefix(std::min(rest->size(), text.size() + (wide ? 2 : 1)));
  return text;
}

// `(17)Rock`, `17`, `Rock` and lists of them.
std::string Genre(const std::string& text) {
  std::string out;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    std::string_view one = rest.substr(0, end);
    rest.remove_prefix(std::min(rest.size(), end + 1));
    std::string name(one);
    const bool bracket = one.starts_with('(') && one.find(')') != std::string_view::npos;
    const std::string_view digits = bracket ? one.substr(1, one.find(')') - 1) : one;
    if (!digits.empty() && digits.size() <= 3 && digits.find_first_not_of("0123456789") == std::string_view::npos) {
      const std::string_view known = GenreName(static_cast<std::uint32_t>(std::stoi(std::string(digits))));
      if (!known.empty()) name = known;
      if (bracket && one.find(')') + 1 < one.size()) name = one.substr(one.find(')') + 1);
    }
    out += (out.empty() ? "" : "/") + name;
  }
  return out;
}

class Tag {
 public:
  Tag(std::uint8_t version, const ExtractContext& context, Extracted& to)
      : version_(version), context_(context), to_(to) {}

  void Frames(ByteView bytes) {
    const std::uint64_t id_bytes = version_ == 2 ? 3 : 4;
    const std::uint64_t head = version_ == 2 ? 6 : 10;
    std::uint64_t at = 0;
    for (std::size_t count = 0; bytes.Has(at, head) && bytes.U8(at) != 0 && count < context_.limits.fields; ++count) {
      const std::string_view id = bytes.Part(at, id_bytes);
      std::uint64_t size = version_ == 2   ? bytes.U24(at + 3)
                           : version_ == 3 ? bytes.U32(at + 4)
                                           : Synchsafe(bytes, at + 4);
      // Old iTunes wrote plain lengths into 2.4.
      if (version_ == 4 && size > 127 && bytes.U8(at + head + size) == 0 && Plain(bytes, at + head + bytes.U32(at + 4)))
        size = bytes.U32(at + 4);
      if (!bytes.Has(at + head, size)) {
        to_.Warn(fmt::format("the ID3 frame {} is cut off", ToUtf8(id)));
        break;
      }
      const std::uint16_t flags = version_ == 2 ? 0 : bytes.U16(at + 8);
      Read(id, bytes.Sub(at + head, size), flags);
      at += head + size;
    }
  }

  void Finish() {
    std::sort(chapters_.begin(), chapters_.end(),
              [](const Chapter& a, const Chapter& b) { return a.start_ns < b.start_ns; });
    if (!chapters_.empty() && to_.chapters.empty()) to_.chapters = std::move(chapters_);
  }

 private:
  static bool Plain(ByteView bytes, std::uint64_t at) {
    const std::uint8_t c = bytes.U8(at);
    return !bytes.Has(at, 1) || c == 0 || (c >= 'A' && c <= 'Z');
  }

  void Read(std::string_view id, ByteView frame, std::uint16_t flags) {
    std::string unsynchronised;
    if (version_ == 4) {
      if ((flags & 0x0c) != 0) return;  // packed or encrypted
      if ((flags & 1) != 0) frame = frame.Sub(4);
      if ((flags & 2) != 0) {
        unsynchronised = Resynchronised(frame.bytes());
        frame = ByteView(unsynchronised);
      }
    } else if ((flags & 0xc0) != 0) {
      return;
    }
    if (id == "CHAP") return ReadChapter(frame);
    if (id == "APIC" || id == "PIC") return ReadPicture(frame);
    if (id == "COMM" || id == "COM") return Described("Comment", frame);
    if (id == "USLT" || id == "ULT") return Described("Lyrics", frame);
    if (id == "TXXX" || id == "TXX") return User(frame);
    for (const auto& text : kTexts) {
      if (text.id == id || text.old_id == id) return Text(text.name, frame);
    }
    if (id.starts_with('W') && id != "WXXX" && id != "WXX")
      to_.Add("URL" + std::string(id), ToUtf8(BeforeNul(frame.bytes())));
  }

 public:
  static std::string Resynchronised(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      out += bytes[i];
      if (bytes[i] == '\xff' && i + 1 < bytes.size() && bytes[i + 1] == 0) ++i;
    }
    return out;
  }

 private:
  void Text(std::string_view name, ByteView frame) {
    std::string text = Decode(frame.U8(0), frame.Part(1));
    while (!text.empty() && text.back() == '\0') text.pop_back();
    text = CutText(std::move(text), context_.limits.value_bytes);
    if (name == "Genre") text = Genre(text);
    std::replace(text.begin(), text.end(), '\0', '/');
    Core(name, text);
    to_.Add(name, std::move(text));
  }

  void Core(std::string_view name, const std::string& text) {
    auto& core = to_.core;
    if (text.empty()) return;
    if (name == "Title" && core.title.empty()) core.title = text;
    if (name == "Artist" && core.creators.empty()) core.creators.push_back(text);
    if (name == "Publisher" && core.publisher.empty()) core.publisher = text;
    if (name == "Language" && core.language.empty()) core.language = text;
    if (name == "Genre" && core.keywords.empty()) core.keywords.push_back(text);
    if ((name == "Year" || name == "RecordingTime") && core.created.empty()) core.created = IsoTime(text);
  }

  void Described(std::string_view name, ByteView frame) {
    const std::uint8_t encoding = frame.U8(0);
    const std::string language(frame.Part(1, 3));
    std::string_view rest = frame.Part(4);
    const std::string about = Decode(encoding, TakeText(encoding, &rest));
    std::string text(TrimEnd(Decode(encoding, rest)));
    text = CutText(std::move(text), context_.limits.value_bytes);
    if (!about.empty()) text = "(" + about + ") " + text;
    if (name == "Comment" && about.empty() && to_.core.description.empty()) to_.core.description = text;
    const std::string unknown(3, 'X');  // As the standard writes it.
    const bool plain = language == "eng" || language == unknown || language.size() < 3 || language[0] == '\0';
    to_.Add(plain ? std::string(name) : std::string(name) + "-" + ToUtf8(BeforeNul(language)), std::move(text));
  }

  void User(ByteView frame) {
    const std::uint8_t encoding = frame.U8(0);
    std::string_view rest = frame.Part(1);
    const std::string about = Decode(encoding, TakeText(encoding, &rest));
    to_.Add("UserDefinedText", "(" + about + ") " + std::string(TrimEnd(Decode(encoding, rest))));
  }

  void ReadPicture(ByteView frame) {
    const std::uint8_t encoding = frame.U8(0);
    std::string_view rest = frame.Part(1);
    std::string mime;
    if (version_ == 2) {
      mime = ToUtf8(rest.substr(0, 3));
      rest.remove_prefix(std::min<std::size_t>(3, rest.size()));
    } else {
      mime = ToUtf8(TakeText(0, &rest));
    }
    const std::uint8_t type = ByteView(rest).U8(0);
    rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
    const std::string about = Decode(encoding, TakeText(encoding, &rest));
    to_.Add(version_ == 2 ? "PictureFormat" : "PictureMIMEType", mime);
    to_.Add("PictureType", std::string(PictureTypeName(type)));
    to_.Add("PictureDescription", about);
    to_.Add("Picture", BinaryText(rest.size()));
    Picture picture = PictureFacts(rest);
    picture.type = PictureType(type);
    picture.description = about;
    if (picture.mime.empty()) picture.mime = mime;
    to_.pictures.push_back(std::move(picture));
  }

  // Its id, times in milliseconds, two offsets, then frames of its own.
  void ReadChapter(ByteView frame) {
    const std::size_t id = BeforeNul(frame.bytes()).size() + 1;
    if (!frame.Has(id, 16) || chapters_.size() >= context_.limits.fields) return;
    Chapter chapter{std::int64_t{frame.U32(id)} * 1'000'000, std::int64_t{frame.U32(id + 4)} * 1'000'000, ""};
    const ByteView inner = frame.Sub(id + 16);
    std::uint64_t at = 0;
    while (inner.Has(at, 10)) {
      const std::uint64_t size = version_ == 4 ? Synchsafe(inner, at + 4) : inner.U32(at + 4);
      if (!inner.Has(at + 10, size)) break;
      if (inner.Is(at, "TIT2"))
        chapter.title = TrimEnd(Decode(inner.U8(at + 10), inner.Part(at + 11, size > 0 ? size - 1 : 0)));
      at += 10 + size;
    }
    chapters_.push_back(std::move(chapter));
  }

  std::uint8_t version_;
  const ExtractContext& context_;
  Extracted& to_;
  std::vector<Chapter> chapters_;
};

}  // namespace

std::uint64_t ReadId3(Window& from, std::uint64_t at, const ExtractContext& context, Extracted& to) {
  const ByteView head(from.At(at, 10));
  if (!head.Is(0, "ID3") || head.size() < 10) return 0;
  const std::uint8_t version = head.U8(3);
  const std::uint8_t flags = head.U8(5);
  const std::uint64_t size = Synchsafe(head, 6);
  const std::uint64_t whole = 10 + size + ((flags & 0x10) != 0 ? 10 : 0);
  if (version < 2 || version > 4) return whole;
  if (!from.Has(at + 10, size)) to.Warn("the ID3 tag is longer than the file; what is there was read");
  std::string bytes(from.At(at + 10, static_cast<std::size_t>(std::min<std::uint64_t>(size, context.limits.bytes))));
  if ((flags & 0x80) != 0 && version < 4) bytes = Tag::Resynchronised(bytes);
  ByteView frames(bytes);
  if ((flags & 0x40) != 0 && version > 2)
    frames = frames.Sub(version == 3 ? frames.U32(0) + std::uint64_t{4} : Synchsafe(frames, 0));
  Tag tag(version, context, to);
  tag.Frames(frames);
  tag.Finish();
  return whole;
}

void ReadId3v1(ByteView tag, Extracted& to) {
  const auto text = [&](std::uint64_t at, std::uint64_t size) {
    return FromLatin1(TrimEnd(BeforeNul(tag.Part(at, size))));
  };
  const auto add = [&](std::string_view name, std::string value, std::string* core) {
    if (core != nullptr && core->empty()) *core = value;
    to.Add(name, std::move(value));
  };
  add("Title", text(3, 30), &to.core.title);
  std::string artist = text(33, 30);
  if (to.core.creators.empty() && !artist.empty()) to.core.creators.push_back(artist);
  to.Add("Artist", std::move(artist));
  add("Album", text(63, 30), nullptr);
  add("Year", text(93, 4), nullptr);
  if (to.core.created.empty()) to.core.created = IsoTime(text(93, 4));
  add("Comment", text(97, 30), &to.core.description);
  if (tag.U8(125) == 0 && tag.U8(126) != 0) to.Add("Track", std::int64_t{tag.U8(126)});
  const std::string_view genre = GenreName(tag.U8(127));
  to.Add("Genre", tag.U8(127) == 255 ? std::string("None") : std::string(genre));
}

}  // namespace cairn
