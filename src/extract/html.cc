#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "extract/contents_list.h"
#include "extract/extractors.h"
#include "extract/html_office.h"
#include "extract/html_reader.h"
#include "extract/office_properties.h"
#include "extract/text.h"
#include "extract/text_encoding.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"text/html"sv, "application/xhtml+xml"sv};
constexpr std::array kFields = {
    "Title"sv,    "Author"sv,          "Description"sv, "Keywords"sv, "Generator"sv,    "ContentType"sv,     "Robots"sv,
    "Viewport"sv, "ContentLanguage"sv, "Language"sv,    "Charset"sv,  "HeadingCount"sv, "TableOfContents"sv, "*"sv};
constexpr std::size_t kHeadBytes = 64 << 10;
constexpr std::uint64_t kBytesMax = std::uint64_t{16} << 20;

struct Renamed {
  std::string_view key;
  std::string_view name;
};
// ExifTool's names of `meta` elements, where they are not the key with a capital letter.
constexpr std::array kRenamed = {
    Renamed{"doc-class", "DocClass"},
    Renamed{"doc-rights", "DocRights"},
    Renamed{"doc-type", "DocType"},
    Renamed{"generatorversion", "GeneratorVersion"},
    Renamed{"googlebot", "GoogleBot"},
    Renamed{"mssmarttagspreventparsing", "NoMSSmartTags"},
    Renamed{"progid", "ProgID"},
    Renamed{"resource-type", "ResourceType"},
    Renamed{"revisit-after", "RevisitAfter"},
    Renamed{"content-language", "ContentLanguage"},
    Renamed{"content-type", "ContentType"},
    Renamed{"cache-control", "CacheControl"},
    Renamed{"default-style", "DefaultStyle"},
    Renamed{"imagetoolbar", "ImageToolbar"},
    Renamed{"content-style-type", "ContentStyleType"},
    Renamed{"content-script-type", "ContentScriptType"},
    Renamed{"pics-label", "PicsLabel"},
    Renamed{"set-cookie", "SetCookie"},
    Renamed{"reply-to", "ReplyTo"},
    Renamed{"window-target", "WindowTarget"},
};
// Known in whichever case they are written.
constexpr std::array kNames = {"abstract"sv,     "author"sv,    "classification"sv, "copyright"sv, "description"sv,
                               "distribution"sv, "formatter"sv, "generator"sv,      "keywords"sv,  "originator"sv,
                               "owner"sv,        "rating"sv,    "robots"sv,         "subject"sv,   "title"sv};
constexpr std::array kEquivalents = {"expires"sv, "pragma"sv, "refresh"sv, "vary"sv};

std::string Small(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool IsWord(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// `format-detection` is FormatDetection, `og:title` OgTitle.
std::string Joined(std::string_view key) {
  std::string out;
  bool capital = true;
  for (const char c : key) {
    if (IsWord(c)) out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    capital = !IsWord(c);
  }
  return out;
}

std::string MetaName(std::string_view key, bool equivalent) {
  const std::string small = Small(key);
  if (small.starts_with("dc.") || small.starts_with("dc:")) return Joined(small.substr(3));
  for (const auto& renamed : kRenamed) {
    if (renamed.key == small) return std::string(renamed.name);
  }
  if (std::find(kNames.begin(), kNames.end(), small) != kNames.end()) return Joined(small);
  if (!equivalent) return Joined(key);
  if (std::find(kEquivalents.begin(), kEquivalents.end(), small) != kEquivalents.end()) return Joined(small);
  return "HTTPEquiv" + Joined(key);
}

std::string OneSpace(std::string_view text) {
  std::string out;
  for (const char c : Trim(text)) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space) out += c;
    if (space && (out.empty() || out.back() != ' ')) out += ' ';
  }
  return out;
}

class Page {
 public:
  Page(const ExtractContext& context, Extracted& to) : context_(context), to_(to), contents_(context) {}

  Status Read(std::string_view html) {
    HtmlReader reader(html);
    HtmlToken token;
    std::size_t count = 0;
    while (reader.Next(&token)) {
      if (++count % 4096 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      if (token.kind == HtmlToken::Kind::kText) {
        if (open_.empty()) continue;
        if (text_.size() < context_.limits.value_bytes) text_ += token.text;
      } else if (token.kind == HtmlToken::Kind::kEnd) {
        if (!open_.empty() && token.name == open_) Close();
      } else {
        Open(token);
      }
    }
    contents_.End(to_);
    auto& core = to_.core;
    if (core.title.empty()) core.title = og_title_;
    if (core.description.empty()) core.description = og_description_;
    return Status::Ok();
  }

 private:
  void Open(const HtmlToken& token) {
    const std::string& name = token.name;
    const bool heading = name.size() == 2 && name[0] == 'h' && name[1] >= '1' && name[1] <= '6';
    // A title within a picture (SVG) is not the page's.
    if ((name == "title" && to_.core.title.empty() && !in_svg_) || heading) {
      open_ = name;
      text_.clear();
    }
    if (name == "svg") in_svg_ = true;
    if (name == "body") in_svg_ = false;
    if (name == "meta") Meta(token);
    if (name == "html" && to_.core.language.empty()) {
      to_.core.language = token.Attribute("lang");
      if (to_.core.language.empty()) to_.core.language = token.Attribute("xml:lang");
      if (!to_.core.language.empty()) to_.Add("Language", to_.core.language);
    }
  }

  void Close() {
    const std::string text = CutText(OneSpace(UndoEntities(text_)), context_.limits.value_bytes);
    if (open_ == "title") {
      to_.core.title = text;
      to_.Add("Title", text);
    } else {
      contents_.Add(static_cast<std::size_t>(open_[1] - '0'), text);
    }
    open_.clear();
  }

  void Meta(const HtmlToken& token) {
    if (to_.fields.size() >= context_.limits.fields) return;
    const std::string charset = token.Attribute("charset");
    if (!charset.empty()) return to_.Add("Charset", charset);
    std::string key = token.Attribute("name");
    const bool equivalent = key.empty() && !token.Attribute("http-equiv").empty();
    if (equivalent) key = token.Attribute("http-equiv");
    if (key.empty()) key = token.Attribute("property");
    const std::string name = MetaName(key, equivalent);
    if (name.empty()) return;
    std::string value = CutText(OneSpace(token.Attribute("content")), context_.limits.value_bytes);
    Core(Small(key), value);
    to_.Add(name, std::move(value));
  }

  void Core(std::string_view key, const std::string& value) {
    auto& core = to_.core;
    if (value.empty()) return;
    if (key == "author" || key == "dc.creator" || key == "article:author") core.creators.push_back(value);
    if (key == "description" || key == "dc.description") core.description = value;
    if (key == "keywords") core.keywords = SplitKeywords(value);
    if (key == "dc.publisher" || key == "og:site_name") core.publisher = value;
    if ((key == "content-language" || key == "dc.language") && core.language.empty()) core.language = value;
    if (key == "article:published_time" || key == "dc.date" || key == "date") core.created = IsoTime(value);
    if (key == "article:modified_time" || key == "last-modified") core.modified = IsoTime(value);
    if (key == "og:title") og_title_ = value;
    if (key == "og:description") og_description_ = value;
  }

  const ExtractContext& context_;
  Extracted& to_;
  ContentsList contents_;
  std::string open_;  ///< The element whose text is gathered.
  std::string text_;
  std::string og_title_;
  std::string og_description_;
  bool in_svg_ = false;
};

// Where the word begins, in capitals or not.
std::size_t FindWord(std::string_view text, std::string_view word) {
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const auto found = std::search(text.begin(), text.end(), word.begin(), word.end(), same);
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

// The value behind `name=`, perhaps in quotes.
std::string_view ValueIn(std::string_view tag, std::string_view name) {
  std::size_t begin = FindWord(tag, name);
  if (begin == std::string_view::npos) return {};
  begin = tag.find_first_not_of(" \t\r\n", begin + name.size());
  if (begin == std::string_view::npos || tag[begin] != '=') return {};
  begin = tag.find_first_not_of(" \t\r\n\"'", begin + 1);
  if (begin == std::string_view::npos) return {};
  return tag.substr(begin, std::min(tag.find_first_of("\"'> ;/", begin), tag.size()) - begin);
}

// What the document says of its encoding, in XML's declaration or a `meta`. Those who read on where the first KiB says
// nothing (WHATWG HTML, section 13.2.3.2) are followed.
std::string_view StatedCharset(std::string_view head) {
  head = head.substr(0, kHeadBytes);
  if (head.starts_with("<?xml")) {
    const std::string_view stated = ValueIn(head.substr(0, head.find("?>")), "encoding");
    if (!stated.empty()) return stated;
  }
  for (std::size_t at = 0; (at = head.find('<', at)) != std::string_view::npos; ++at) {
    const std::string_view tag = head.substr(at, std::min(head.find('>', at), head.size()) - at);
    if (FindWord(tag.substr(0, 5), "<meta") != 0) continue;
    const std::string_view stated = ValueIn(tag, "charset");
    if (!stated.empty()) return stated;
  }
  return {};
}

class Html final : public Extractor {
 public:
  Html() : Extractor({"html", 4, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    const std::uint64_t bound = std::min(context.limits.bytes, kBytesMax);
    auto read = bytes.ReadUpTo(0, static_cast<std::size_t>(bound));
    if (!read) return read.error();
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    Extracted to(context.limits);
    to.type = context.type;
    if (bytes.size() > bound) to.Warn(fmt::format("only the first {} bytes are read", bound));
    const std::string html = DecodeText(*read, StatedCharset(*read));
    if (Status page = Page(context, to).Read(html); !page.ok()) return page;
    ReadHtmlOffice(html, to);
    return to;
  }
};

}  // namespace

const Extractor& HtmlExtractor() {
  static const Html kHtml;
  return kHtml;
}

}  // namespace cairn
