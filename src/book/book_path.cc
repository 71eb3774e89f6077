#include "book/book_path.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "book/book_volume.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::array<std::string_view, 14> kEndings = {".m4b", ".m4a", ".mp3", ".mp4", ".flac", ".ogg",  ".opus",
                                                       ".wav", ".aac", ".wma", ".aax", ".mka",  ".epub", ".aiff"};
// Words between brackets that are about the recording.
constexpr std::array<std::string_view, 10> kNotes = {"unabridged", "abridged", "audiobook", "audio book", "ungekürzt",
                                                     "gekürzt",    "hörbuch",  "mp3",       "m4b",        "retail"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool AllDigits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), IsDigit); }

bool IsYear(std::string_view text) { return text.size() == 4 && AllDigits(text) && text[0] >= '1' && text[0] <= '2'; }

std::string Small(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

int HexDigit(char c) {
  if (IsDigit(c)) return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// `%28` and its like, in capital letters, as they are written here; another `%` stays.
std::string Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && HexDigit(text[i + 1]) >= 0 && HexDigit(text[i + 2]) >= 0;
    out += escape ? static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])) : text[i];
    if (escape) i += 2;
  }
  return out;
}

std::vector<std::string_view> Parts(std::string_view path) {
  std::vector<std::string_view> out;
  std::size_t begin = 0;
  while (begin < path.size()) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (!part.empty() && part != "." && part != "..") out.push_back(part);
    begin = end + 1;
  }
  return out;
}

// Without the ending of a file of sound.
std::string_view Stem(std::string_view name) {
  const std::string small = Small(name);
  for (const auto& ending : kEndings) {
    if (small.size() > ending.size() && small.ends_with(ending)) return name.substr(0, name.size() - ending.size());
  }
  return name;
}

// `ASIN.B002V1A0WE`, `ASIN B002V1A0WE`, `B002V1A0WE`.
std::string AsinIn(std::string_view text) {
  text = Trim(text);
  if (Small(text.substr(0, 4)) == "asin") {
    text.remove_prefix(4);
    while (!text.empty() && std::string_view(".:=-_ ").find(text[0]) != std::string_view::npos) text.remove_prefix(1);
  }
  return IsAsin(text) ? std::string(text) : std::string();
}

/// Reads one part of a path from its ends inward.
class NameParser {
 public:
  explicit NameParser(std::string_view name) : rest_(Trim(name)) {}

  BookPath Read() {
    while (TakeGroup() || TakeVolumeBehind()) {
    }
    while (TakeBefore()) {
    }
    if (book_.volume.empty()) TakeMiddle();
    std::string title = Unescape(rest_);
    // What stands in brackets and means nothing else belongs to the title, in its order.
    for (auto group = kept_.rbegin(); group != kept_.rend(); ++group)
      title += (title.empty() ? "" : " ") + Unescape(*group);
    book_.title = std::move(title);
    for (std::string* text : {&book_.author, &book_.uploader, &book_.series}) *text = Unescape(*text);
    return book_;
  }
  /// Whether anything but a title was found.
  [[nodiscard]] bool found() const { return found_; }

 private:
  // Takes the brackets at the end.
  bool TakeGroup() {
    if (rest_.size() < 2) return false;
    const char close = rest_.back();
    const char open = close == ')' ? '(' : close == ']' ? '[' : close == '}' ? '{' : '\0';
    if (open == '\0') return false;
    const std::size_t begin = rest_.rfind(open);
    if (begin == std::string_view::npos) return false;
    const std::string_view whole = rest_.substr(begin);
    const std::string_view text = Trim(whole.substr(1, whole.size() - 2));
    if (!Take(open, text)) kept_.emplace_back(whole);
    rest_ = TrimEnd(rest_.substr(0, begin));
    return true;
  }

  // What brackets mean; false where nothing.
  bool Take(char open, std::string_view text) {
    const std::string asin = AsinIn(text);
    if (book_.asin.empty() && !asin.empty()) return Set(&book_.asin, asin);
    if (book_.year.empty() && open != '{' && IsYear(text)) return Set(&book_.year, text);
    if (const auto volume = ReadVolume(text); open != '{' && volume && book_.volume.empty()) {
      return Set(&book_.volume, *volume);
    }
    const std::string small = Small(text);
    if (std::find(kNotes.begin(), kNotes.end(), small) != kNotes.end()) return found_ = true;
    if (open == '(' && TakeSeriesAndVolume(text)) return true;
    if (open == '(' && book_.author.empty() && !text.empty()) return Set(&book_.author, text);
    if (open == '[' && book_.uploader.empty() && !text.empty()) return Set(&book_.uploader, text);
    return false;
  }

  // `(Discworld, Book 3)`, `(Discworld #3)`.
  bool TakeSeriesAndVolume(std::string_view text) {
    const auto split = SplitVolume(text);
    if (!split || split->before.empty() || !book_.volume.empty() || !book_.series.empty()) return false;
    book_.series = split->before;
    return Set(&book_.volume, split->volume);
  }

  // `Title - vol_01`
  bool TakeVolumeBehind() {
    if (!book_.volume.empty()) return false;
    const auto split = SplitVolume(rest_);
    if (!split || split->before.empty()) return false;
    rest_ = split->before;
    return Set(&book_.volume, split->volume);
  }

  // `01 - Title`, `vol 1 - Title`, `2010 - Title`.
  bool TakeBefore() {
    const std::size_t dash = rest_.find(" - ");
    if (dash == std::string_view::npos) return false;
    const std::string_view first = Trim(rest_.substr(0, dash));
    const std::string_view behind = Trim(rest_.substr(dash + 3));
    if (behind.empty()) return false;
    if (book_.year.empty() && IsYear(first)) {
      rest_ = behind;
      return Set(&book_.year, first);
    }
    auto volume = ReadVolume(first);
    if (!volume && first.size() <= 5) volume = PlainVolume(first);
    if (!volume || !book_.volume.empty()) return false;
    rest_ = behind;
    return Set(&book_.volume, *volume);
  }

  // `Series - vol_02 - Title`
  void TakeMiddle() {
    for (std::size_t dash = rest_.find(" - "); dash != std::string_view::npos; dash = rest_.find(" - ", dash + 3)) {
      const auto split = SplitVolume(Trim(rest_.substr(0, dash)));
      const std::string_view behind = Trim(rest_.substr(dash + 3));
      if (!split || split->before.empty() || behind.empty()) continue;
      if (book_.series.empty()) book_.series = split->before;
      rest_ = behind;
      Set(&book_.volume, split->volume);
      return;
    }
  }

  bool Set(std::string* to, std::string_view text) {
    *to = text;
    return found_ = true;
  }

  std::string_view rest_;
  BookPath book_;
  std::vector<std::string> kept_;  ///< From right to left.
  bool found_ = false;
};

// Characters that have a meaning, or `all` but letters; then the first letter too, so that no word has a meaning.
std::string Escape(std::string_view text, bool all) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || byte >= 0x80;
    const bool special = byte < 32 || byte == 127 || std::string_view("%/()[]{}").find(c) != std::string_view::npos;
    if (special || (all && (!letter || out.empty()))) {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      out += c;
    }
  }
  return out;
}

std::string Format(const BookPath& book, bool all) {
  std::string out;
  if (!book.series.empty()) out += Escape(book.series, all) + "/";
  out += Escape(book.title, all);
  if (!book.volume.empty()) {
    const bool one_digit = book.volume.size() == 1 || book.volume[1] == '.';
    out += std::string(" - vol_") + (one_digit ? "0" : "") + book.volume;
  }
  if (!book.year.empty()) out += " (" + book.year + ")";
  if (!book.author.empty()) out += " (" + Escape(book.author, all) + ")";
  if (!book.asin.empty()) out += " {ASIN." + book.asin + "}";
  if (!book.uploader.empty()) out += " [" + Escape(book.uploader, all) + "]";
  return out;
}

}  // namespace

bool IsAsin(std::string_view text) {
  if (text.size() != 10) return false;
  if (text[0] == 'B') {
    return std::all_of(text.begin() + 1, text.end(), [](char c) { return IsDigit(c) || (c >= 'A' && c <= 'Z'); });
  }
  return AllDigits(text.substr(0, 9)) && (IsDigit(text[9]) || text[9] == 'X');
}

BookPath ParseBookPath(std::string_view path) {
  const std::vector<std::string_view> parts = Parts(path);
  if (parts.empty()) return {};
  std::size_t at = parts.size() - 1;
  NameParser parser(Stem(parts[at]));
  BookPath book = parser.Read();
  // A file within the book's folder: its own name tells a chapter, if anything.
  const bool whole = !book.asin.empty() || !book.author.empty() || !book.year.empty();
  if (at > 0 && !whole && Stem(parts[at]) != parts[at]) {
    NameParser folder(parts[at - 1]);
    BookPath of_folder = folder.Read();
    if (folder.found()) {
      book = std::move(of_folder);
      --at;
    }
  }
  if (!book.volume.empty() && book.series.empty() && at > 0) book.series = Unescape(Trim(parts[at - 1]));
  return book;
}

std::string FormatBookPath(const BookPath& book) {
  std::string path = Format(book, false);
  // A text that looks like a part of the form is written so that it does not.
  return ParseBookPath(path) == book ? path : Format(book, true);
}

bool IsWritable(const BookPath& book) {
  const auto plain = [](const std::string& text) { return Trim(text) == text; };
  if (book.title.empty() || !plain(book.title) || !plain(book.series) || !plain(book.author) || !plain(book.uploader)) {
    return false;
  }
  if (!book.volume.empty() && PlainVolume(book.volume) != book.volume) return false;
  if (!book.year.empty() && !IsYear(book.year)) return false;
  if (!book.asin.empty() && !IsAsin(book.asin)) return false;
  return book.series.empty() || !book.volume.empty();
}

}  // namespace cairn
