#include "extract/id3_frame.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "extract/id3_text.h"
#include "extract/picture.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Frame {
  std::string_view id;  ///< As 2.3 and 2.4 have it.
  std::string_view old_id;
  std::string_view name;
};

constexpr Frame kTexts[] = {{"GRP1", "", "Grouping"},
                            {"IPLS", "IPL", "InvolvedPeople"},
                            {"MVIN", "", "MovementNumber"},
                            {"MVNM", "", "MovementName"},
                            {"TALB", "TAL", "Album"},
                            {"TBPM", "TBP", "BeatsPerMinute"},
                            {"TCAT", "", "PodcastCategory"},
                            {"TCMP", "TCP", "Compilation"},
                            {"TCOM", "TCM", "Composer"},
                            {"TCON", "TCO", "Genre"},
                            {"TCOP", "TCR", "Copyright"},
                            {"TDAT", "TDA", "Date"},
                            {"TDEN", "", "EncodingTime"},
                            {"TDES", "", "PodcastDescription"},
                            {"TDLY", "TDY", "PlaylistDelay"},
                            {"TDOR", "", "OriginalReleaseTime"},
                            {"TDRC", "", "RecordingTime"},
                            {"TDRL", "", "ReleaseTime"},
                            {"TDTG", "", "TaggingTime"},
                            {"TENC", "TEN", "EncodedBy"},
                            {"TEXT", "TXT", "Lyricist"},
                            {"TFLT", "TFT", "FileType"},
                            {"TGID", "", "PodcastID"},
                            {"TIME", "TIM", "Time"},
                            {"TIPL", "", "InvolvedPeople"},
                            {"TIT1", "TT1", "Grouping"},
                            {"TIT2", "TT2", "Title"},
                            {"TIT3", "TT3", "Subtitle"},
                            {"TKEY", "TKE", "InitialKey"},
                            {"TKWD", "", "PodcastKeywords"},
                            {"TLAN", "TLA", "Language"},
                            {"TLEN", "TLE", "Length"},
                            {"TMCL", "", "MusicianCredits"},
                            {"TMED", "TMT", "Media"},
                            {"TMOO", "", "Mood"},
                            {"TOAL", "TOT", "OriginalAlbum"},
                            {"TOFN", "TOF", "OriginalFileName"},
                            {"TOLY", "TOL", "OriginalLyricist"},
                            {"TOPE", "TOA", "OriginalArtist"},
                            {"TORY", "TOR", "OriginalReleaseYear"},
                            {"TOWN", "", "FileOwner"},
                            {"TPE1", "TP1", "Artist"},
                            {"TPE2", "TP2", "Band"},
                            {"TPE3", "TP3", "Conductor"},
                            {"TPE4", "TP4", "InterpretedBy"},
                            {"TPOS", "TPA", "PartOfSet"},
                            {"TPRO", "", "ProducedNotice"},
                            {"TPUB", "TPB", "Publisher"},
                            {"TRCK", "TRK", "Track"},
                            {"TRDA", "TRD", "RecordingDates"},
                            {"TRSN", "", "InternetRadioStationName"},
                            {"TRSO", "", "InternetRadioStationOwner"},
                            {"TSIZ", "TSI", "Size"},
                            {"TSO2", "TS2", "AlbumArtistSortOrder"},
                            {"TSOA", "TSA", "AlbumSortOrder"},
                            {"TSOC", "TSC", "ComposerSortOrder"},
                            {"TSOP", "TSP", "PerformerSortOrder"},
                            {"TSOT", "TST", "TitleSortOrder"},
                            {"TSRC", "TRC", "ISRC"},
                            {"TSSE", "TSS", "EncoderSettings"},
                            {"TSST", "", "SetSubtitle"},
                            {"TYER", "TYE", "Year"},
                            {"XDOR", "", "OriginalReleaseTime"},
                            {"XSOA", "", "AlbumSortOrder"},
                            {"XSOP", "", "PerformerSortOrder"},
                            {"XSOT", "", "TitleSortOrder"}};
constexpr Frame kAddresses[] = {{"WCOM", "WCM", "CommercialURL"},
                                {"WCOP", "WCP", "CopyrightURL"},
                                {"WFED", "", "PodcastURL"},
                                {"WOAF", "WAF", "FileURL"},
                                {"WOAR", "WAR", "ArtistURL"},
                                {"WOAS", "WAS", "SourceURL"},
                                {"WORS", "", "InternetRadioStationURL"},
                                {"WPAY", "", "PaymentURL"},
                                {"WPUB", "WPB", "PublisherURL"}};

static_assert(std::ranges::is_sorted(kTexts, {}, &Frame::id) && std::ranges::is_sorted(kAddresses, {}, &Frame::id));

template <std::size_t N>
std::string_view NameOf(const Frame (&frames)[N], std::string_view id) {
  const auto* const found = id.size() == 4 ? std::ranges::lower_bound(frames, id, {}, &Frame::id)
                                           : std::ranges::find(frames, id, &Frame::old_id);
  return found == std::end(frames) || (id.size() == 4 && found->id != id) ? std::string_view() : found->name;
}

// Of a list, what holds one text takes the first.
void Core(std::string_view name, const std::vector<std::string>& texts, CommonCore* core) {
  if (texts.empty()) return;
  if (name == "Title" && core->title.empty()) core->title = texts[0];
  if (name == "Artist" && core->creators.empty()) core->creators = texts;
  if (name == "Publisher" && core->publisher.empty()) core->publisher = texts[0];
  if (name == "Language" && core->language.empty()) core->language = texts[0];
  if (name == "Genre" && core->keywords.empty()) core->keywords = texts;
  if ((name == "Year" || name == "RecordingTime") && core->created.empty()) core->created = IsoTime(texts[0]);
}

// What is a number or a yes as text is told as people say it.
std::string Spoken(std::string_view name, std::string text, std::uint8_t version) {
  if (name == "Genre") return Id3Genre(text);
  if (name.ends_with("Time") && name != "Time") return Id3Date(std::move(text));
  if (name == "Compilation") return text == "1" ? "Yes" : text == "0" ? "No" : fmt::format("Unknown ({})", text);
  if (name == "Length" && version > 2) {
    const FieldValue ms = TextOrNumber(text);
    if (const auto* integer = std::get_if<std::int64_t>(&ms))
      return General(static_cast<double>(*integer) / 1000, 15) + " s";
    if (const auto* real = std::get_if<double>(&ms)) return General(*real / 1000, 15) + " s";
  }
  return text;
}

void Text(std::string_view name, ByteView frame, Id3State& state) {
  std::string text = Id3Decode(frame.U8(0), frame.Part(1));
  while (!text.empty() && text.back() == '\0') text.pop_back();
  text = CutText(std::move(text), state.context.limits.value_bytes);
  std::vector<std::string> texts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\0', begin), text.size());
    if (end > begin) texts.push_back(Spoken(name, text.substr(begin, end - begin), state.version));
    begin = end + 1;
  }
  Core(name, texts, &state.to.core);
  text = Spoken(name, std::move(text), state.version);
  std::replace(text.begin(), text.end(), '\0', '/');
  state.to.Add(name, std::move(text));
}

// Language, description, text.
void Described(std::string_view name, ByteView frame, Id3State& state) {
  if (frame.size() < 5) return;
  const std::uint8_t encoding = frame.U8(0);
  std::string_view rest = frame.Part(4);
  const std::string about = Id3Decode(encoding, Id3TakeText(encoding, &rest));
  std::string text(TrimEnd(BeforeNul(Id3Decode(encoding, rest))));
  text = CutText(std::move(text), state.context.limits.value_bytes);
  if (!about.empty()) text = "(" + about + ") " + text;
  if (name == "Comment" && about.empty() && state.to.core.description.empty()) state.to.core.description = text;
  state.to.Add(Id3LanguageName(name, frame.Part(1, 3)), std::move(text));
}

// Description and text, or description and an address, which is Latin-1 but for what some write.
void User(std::string_view name, ByteView frame, bool address, Id3State& state) {
  const std::uint8_t encoding = frame.U8(0);
  std::string_view rest = frame.Part(1);
  bool found = false;
  const std::string about = Id3Decode(encoding, Id3TakeText(encoding, &rest, &found));
  if (address && !found) return;
  const bool marked = rest.starts_with("\xff\xfe") || rest.starts_with("\xfe\xff");
  const std::string decoded = Id3Decode(address && !marked && encoding != 3 ? 0 : encoding, rest);
  std::string text(TrimEnd(BeforeNul(decoded)));
  if (!address) {
    // Some write a list where one text belongs.
    text = TrimEnd(decoded);
    std::replace(text.begin(), text.end(), '\0', '/');
  }
  text = CutText(std::move(text), state.context.limits.value_bytes);
  state.to.Add(name, about.empty() ? text : "(" + about + ") " + text);
}

// TERMS OF USE: a language, but no description.
void Terms(ByteView frame, Id3State& state) {
  const std::string text(TrimEnd(BeforeNul(Id3Decode(frame.U8(0), frame.Part(4)))));
  state.to.Add(Id3LanguageName("TermsOfUse", frame.Part(1, 3)), CutText(text, state.context.limits.value_bytes));
}

void ReadPicture(ByteView frame, Id3State& state) {
  auto& to = state.to;
  const std::uint8_t encoding = frame.U8(0);
  std::string_view rest = frame.Part(1);
  std::string mime;
  if (state.version == 2) {
    mime = ToUtf8(rest.substr(0, 3));
    rest.remove_prefix(std::min<std::size_t>(3, rest.size()));
  } else {
    mime = ToUtf8(Id3TakeText(0, &rest));
  }
  const std::uint8_t type = ByteView(rest).U8(0);
  rest.remove_prefix(std::min<std::size_t>(1, rest.size()));
  const std::string about =
      CutText(Id3Decode(encoding, Id3TakeText(encoding, &rest)), state.context.limits.value_bytes);
  to.Add(state.version == 2 ? "PictureFormat" : "PictureMIMEType", mime);
  to.Add("PictureType", type > 20 ? fmt::format("Unknown ({})", type) : std::string(PictureTypeName(type)));
  to.Add("PictureDescription", about);
  to.Add("Picture", BinaryText(rest.size()));
  Picture picture = PictureFacts(rest);
  picture.type = PictureType(type);
  picture.description = about;
  if (picture.mime.empty()) picture.mime = mime;
  to.pictures.push_back(std::move(picture));
}

}  // namespace

void ReadId3Frame(std::string_view id, ByteView frame, Id3State& state) {
  if (id == "APIC" || id == "PIC") return ReadPicture(frame, state);
  if (id == "COMM" || id == "COM") return Described("Comment", frame, state);
  if (id == "USLT" || id == "ULT") return Described("Lyrics", frame, state);
  if (id == "TXXX" || id == "TXX") return User("UserDefinedText", frame, false, state);
  if (id == "WXXX" || id == "WXX") return User("UserDefinedURL", frame, true, state);
  if (id == "USER") return Terms(frame, state);
  if (const std::string_view name = NameOf(kTexts, id); !name.empty()) return Text(name, frame, state);
  if (const std::string_view name = NameOf(kAddresses, id); !name.empty())
    return state.to.Add(name, CutText(ToUtf8(BeforeNul(frame.bytes())), state.context.limits.value_bytes));
  ReadId3Value(id, frame, state);
}

}  // namespace cairn
