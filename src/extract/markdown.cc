#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "extract/contents_list.h"
#include "extract/extractors.h"
#include "extract/front_matter.h"
#include "extract/office_properties.h"
#include "extract/text.h"
#include "extract/text_encoding.h"
#include "extract/text_words.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"text/markdown"sv};
constexpr std::array kFields = {
    "HeadingCount"sv, "TableOfContents"sv, "CodeLanguages"sv, "LineCount"sv, "WordCount"sv, "MIMEEncoding"sv, "*"sv};
constexpr std::uint64_t kBytesMax = std::uint64_t{16} << 20;

std::string Small(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

// CommonMark 0.31: four columns of indentation are code.
std::size_t Indent(std::string_view line) {
  std::size_t columns = 0;
  for (const char c : line) {
    if (c != ' ' && c != '\t') break;
    columns += c == '\t' ? 4 - columns % 4 : 1;
  }
  return columns;
}

bool IsUnderline(std::string_view line, char mark) {
  line = TrimEnd(line);
  return !line.empty() && line.find_first_not_of(mark) == std::string_view::npos;
}

// `1. text`, `- text` or `> text`: a line under it that is not indented does not belong to it.
bool IsInside(std::string_view text) {
  if (text.starts_with('>')) return true;
  std::size_t at = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view marks = at == 0 ? "-+*" : ".)";
  if (at == text.size() || marks.find(text[at]) == std::string_view::npos) return false;
  ++at;
  return at < text.size() && (text[at] == ' ' || text[at] == '\t');
}

// What ends the HTML that the line begins, in which nothing is Markdown: CommonMark 0.31, section 4.6.
std::string_view HtmlEnd(std::string_view text) {
  if (!text.starts_with('<')) return {};
  if (text.starts_with("<!--")) return "-->";
  struct Element {
    std::string_view begin;
    std::string_view end;
  };
  constexpr std::array kElements = {Element{"<pre", "</pre>"}, Element{"<script", "</script>"},
                                    Element{"<style", "</style>"}, Element{"<textarea", "</textarea>"}};
  for (const auto& [begin, end] : kElements) {
    if (Small(text.substr(0, begin.size())) != begin) continue;
    if (text.size() == begin.size() || std::string_view(" \t>").find(text[begin.size()]) != std::string_view::npos)
      return end;
  }
  return {};
}

/// The headings of a text, and the languages of its code.
class Blocks {
 public:
  Blocks(const ExtractContext& context, Extracted& to) : context_(context), to_(to), contents_(context) {}

  Status Read(std::string_view text) {
    std::size_t at = 0;
    std::size_t count = 0;
    std::string_view before;
    while (at < text.size()) {
      if (++count % 4096 == 0) {
        if (Status go = context_.KeepGoing(); !go.ok()) return go;
      }
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string_view line = text.substr(at, end - at);
      at = end + 1;
      before = Line(line, before) ? std::string_view() : Trim(line);
    }
    contents_.End(to_);
    if (!languages_.empty()) to_.Add("CodeLanguages", std::move(languages_));
    return Status::Ok();
  }

 private:
  // True where the line is no paragraph that an underline could make a heading.
  bool Line(std::string_view line, std::string_view before) {
    const std::string_view text = Trim(line);
    const std::size_t indent = Indent(line);
    if (!html_end_.empty()) {
      EndHtml(text);
      return true;
    }
    const bool fence = text.starts_with("```") || text.starts_with("~~~");
    // One of a list ends with the list, however it is written.
    if (fence_indent_ >= 4 && indent < 2 && !text.empty()) fence_ = {};
    if (!fence_.empty()) {
      if (fence && text.starts_with(fence_) && text.find_first_not_of(fence_[0]) == std::string_view::npos) fence_ = {};
      return true;
    }
    if (fence && OpensFence(text)) {
      fence_indent_ = indent;
      return true;
    }
    if (indent >= 4 && before.empty()) return true;
    html_end_ = HtmlEnd(text);
    if (!html_end_.empty()) {
      EndHtml(text);
      return true;
    }
    const std::size_t level = std::min(text.find_first_not_of('#'), text.size());
    if (level >= 1 && level <= 6 && (level == text.size() || text[level] == ' ' || text[level] == '\t')) {
      std::string_view title = Trim(text.substr(level));
      const std::size_t closing = title.find_last_not_of('#');
      if (closing != std::string_view::npos && closing + 1 < title.size() && title[closing] == ' ') {
        title = TrimEnd(title.substr(0, closing));
      }
      Heading(level, title);
      return true;
    }
    if (!before.empty() && (indent >= 2 || !IsInside(before)) &&
        (IsUnderline(text, '=') || (IsUnderline(text, '-') && before[0] != '|' && before[0] != '-'))) {
      Heading(text[0] == '=' ? 1 : 2, before);
      return true;
    }
    return text.empty();
  }

  bool OpensFence(std::string_view text) {
    const std::size_t marks = std::min(text.find_first_not_of(text[0]), text.size());
    const std::string_view info = text.substr(marks);
    if (text[0] == '`' && info.find('`') != std::string_view::npos) return false;  // code within a line
    fence_ = std::string(text.substr(0, marks));
    Language(Trim(info));
    return true;
  }

  void EndHtml(std::string_view text) {
    if (Small(text).find(html_end_) != std::string::npos) html_end_ = {};
  }

  void Heading(std::size_t level, std::string_view title) {
    contents_.Add(level, std::string(title));
    if (to_.core.title.empty()) to_.core.title = CutText(std::string(title), context_.limits.value_bytes);
  }

  void Language(std::string_view info) {
    const std::string name = Small(info.substr(0, std::min<std::size_t>(info.find_first_of(" {,\t"), 32)));
    if (name.empty() || languages_.size() >= 100) return;
    if (std::find(languages_.begin(), languages_.end(), name) == languages_.end()) languages_.push_back(name);
  }

  const ExtractContext& context_;
  Extracted& to_;
  ContentsList contents_;
  std::string fence_;
  std::size_t fence_indent_ = 0;
  std::string_view html_end_;
  std::vector<std::string> languages_;
};

void AddFrontMatter(const FrontMatter& front, Extracted& to) {
  auto& core = to.core;
  for (const auto& [key, values] : front.values) {
    std::string name;
    bool capital = true;
    for (const char c : key) {
      const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (word) name += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      capital = !word;
    }
    if (name.empty() || values.empty()) continue;
    const std::string small = Small(key);
    const std::string& first = values.front();
    if (small == "title") core.title = first;
    if (small == "author" || small == "authors") core.creators = values;
    if (small == "description" || small == "summary") core.description = first;
    if (small == "language" || small == "lang") core.language = first;
    if (small == "date" || small == "created") core.created = IsoTime(first);
    if (small == "updated" || small == "modified" || small == "lastmod") core.modified = IsoTime(first);
    if (small == "tags" || small == "keywords") core.keywords = values.size() == 1 ? SplitKeywords(first) : values;
    if (values.size() == 1) {
      to.Add(name, small == "title" ? FieldValue(first) : TextOrNumber(first));
    } else {
      to.Add(name, values);
    }
  }
}

class Markdown final : public Extractor {
 public:
  Markdown() : Extractor({"markdown", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    const std::uint64_t bound = std::min(context.limits.bytes, kBytesMax);
    auto read = bytes.ReadUpTo(0, static_cast<std::size_t>(bound));
    if (!read) return read.error();
    if (Status go = context.KeepGoing(); !go.ok()) return go;
    Extracted to(context.limits);
    to.type = kTypes[0];
    if (bytes.size() > bound) to.Warn(fmt::format("only the first {} bytes are read", bound));
    TextEncoding encoding;
    encoding.Add(*read);
    const std::string text = DecodeText(*read);
    const FrontMatter front = ReadFrontMatter(text);
    AddFrontMatter(front, to);
    const std::string_view body = std::string_view(text).substr(front.bytes);
    if (Status blocks = Blocks(context, to).Read(body); !blocks.ok()) return blocks;
    TextWords words;
    words.Add(text);
    words.End();
    to.Add("MIMEEncoding", std::string(encoding.Name()));
    to.Add("LineCount", words.lines);
    to.Add("WordCount", words.words);
    if (to.core.language.empty()) to.core.language = GuessLanguage(body.substr(0, 65'536));
    return to;
  }
};

}  // namespace

const Extractor& MarkdownExtractor() {
  static const Markdown kMarkdown;
  return kMarkdown;
}

}  // namespace cairn
