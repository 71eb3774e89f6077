#include "extract/html_reader.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "extract/text.h"

namespace cairn {
namespace {

struct Entity {
  std::string_view name;
  std::uint32_t code;
};

// Those that are met; the standard has 2,231.
constexpr std::array kEntities = {
    Entity{"amp", '&'},      Entity{"lt", '<'},        Entity{"gt", '>'},       Entity{"quot", '"'},
    Entity{"apos", '\''},    Entity{"nbsp", 0xa0},     Entity{"copy", 0xa9},    Entity{"reg", 0xae},
    Entity{"trade", 0x2122}, Entity{"hellip", 0x2026}, Entity{"mdash", 0x2014}, Entity{"ndash", 0x2013},
    Entity{"lsquo", 0x2018}, Entity{"rsquo", 0x2019},  Entity{"ldquo", 0x201c}, Entity{"rdquo", 0x201d},
    Entity{"bdquo", 0x201e}, Entity{"laquo", 0xab},    Entity{"raquo", 0xbb},   Entity{"bull", 0x2022},
    Entity{"middot", 0xb7},  Entity{"auml", 0xe4},     Entity{"ouml", 0xf6},    Entity{"uuml", 0xfc},
    Entity{"Auml", 0xc4},    Entity{"Ouml", 0xd6},     Entity{"Uuml", 0xdc},    Entity{"szlig", 0xdf},
    Entity{"eacute", 0xe9},  Entity{"egrave", 0xe8},   Entity{"ecirc", 0xea},   Entity{"euml", 0xeb},
    Entity{"Eacute", 0xc9},  Entity{"agrave", 0xe0},   Entity{"aacute", 0xe1},  Entity{"acirc", 0xe2},
    Entity{"atilde", 0xe3},  Entity{"aring", 0xe5},    Entity{"Aring", 0xc5},   Entity{"aelig", 0xe6},
    Entity{"ccedil", 0xe7},  Entity{"iacute", 0xed},   Entity{"icirc", 0xee},   Entity{"iuml", 0xef},
    Entity{"ntilde", 0xf1},  Entity{"oacute", 0xf3},   Entity{"ograve", 0xf2},  Entity{"ocirc", 0xf4},
    Entity{"otilde", 0xf5},  Entity{"oslash", 0xf8},   Entity{"Oslash", 0xd8},  Entity{"uacute", 0xfa},
    Entity{"ugrave", 0xf9},  Entity{"ucirc", 0xfb},    Entity{"euro", 0x20ac},  Entity{"pound", 0xa3},
    Entity{"cent", 0xa2},    Entity{"yen", 0xa5},      Entity{"sect", 0xa7},    Entity{"deg", 0xb0},
    Entity{"plusmn", 0xb1},  Entity{"times", 0xd7},    Entity{"divide", 0xf7},  Entity{"frac12", 0xbd},
    Entity{"iexcl", 0xa1},   Entity{"iquest", 0xbf},   Entity{"oelig", 0x153},  Entity{"shy", 0xad},
};

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char Small(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool SameLetters(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return Small(x) == Small(y); });
}

// Where `</name` begins, from `at` on.
std::size_t FindEnd(std::string_view html, std::size_t at, std::string_view name) {
  while ((at = html.find("</", at)) != std::string_view::npos) {
    if (SameLetters(html.substr(at + 2, name.size()), name)) return at;
    at += 2;
  }
  return html.size();
}

// The code of a reference without & and ;, or 0.
std::uint32_t EntityCode(std::string_view name) {
  if (!name.starts_with('#')) {
    for (const auto& entity : kEntities) {
      if (entity.name == name) return entity.code;
    }
    return 0;
  }
  const bool hex = name.size() > 1 && Small(name[1]) == 'x';
  std::uint32_t code = 0;
  for (const char c : name.substr(hex ? 2 : 1)) {
    const char small = Small(c);
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (!hex || small < 'a' || small > 'f')) return 0;
    code = code * (hex ? 16 : 10) + static_cast<std::uint32_t>(digit ? c - '0' : small - 'a' + 10);
    if (code > 0x10ffff) return 0xfffd;
  }
  return code;
}

}  // namespace

std::string UndoEntities(std::string_view text) {
  constexpr std::size_t kNameMax = 10;
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t mark = std::min(text.find('&', at), text.size());
    out += text.substr(at, mark - at);
    if (mark == text.size()) break;
    const std::size_t end = text.substr(mark, kNameMax + 2).find(';');
    const std::uint32_t code = end == std::string_view::npos ? 0 : EntityCode(text.substr(mark + 1, end - 1));
    if (code != 0) AppendUtf8(out, code);
    if (code == 0) out += '&';
    at = code != 0 ? mark + end + 1 : mark + 1;
  }
  return out;
}

std::string HtmlToken::Attribute(std::string_view attribute_name) const {
  std::string_view rest = text;
  while (!rest.empty()) {
    std::size_t begin = 0;
    while (begin < rest.size() && (IsSpace(rest[begin]) || rest[begin] == '/')) ++begin;
    std::size_t end = begin;
    while (end < rest.size() && !IsSpace(rest[end]) && rest[end] != '=') ++end;
    const std::string_view key = rest.substr(begin, end - begin);
    while (end < rest.size() && IsSpace(rest[end])) ++end;
    std::string_view value;
    if (end < rest.size() && rest[end] == '=') {
      ++end;
      while (end < rest.size() && IsSpace(rest[end])) ++end;
      const char quote = end < rest.size() && (rest[end] == '"' || rest[end] == '\'') ? rest[end] : '\0';
      if (quote != '\0') ++end;
      const std::size_t from = end;
      while (end < rest.size() && (quote != '\0' ? rest[end] != quote : !IsSpace(rest[end]))) ++end;
      value = rest.substr(from, end - from);
      if (quote != '\0' && end < rest.size()) ++end;
    }
    if (!key.empty() && SameLetters(key, attribute_name)) return UndoEntities(value);
    rest.remove_prefix(std::max<std::size_t>(end, 1));
  }
  return {};
}

bool HtmlReader::Next(HtmlToken* token) {
  while (at_ < html_.size()) {
    const std::size_t mark = std::min(html_.find('<', at_), html_.size());
    if (mark > at_) {
      *token = {HtmlToken::Kind::kText, "", html_.substr(at_, mark - at_)};
      at_ = mark;
      return true;
    }
    if (html_.substr(at_, 4) == "<!--") {
      const std::size_t end = html_.find("-->", at_ + 4);
      at_ = end == std::string_view::npos ? html_.size() : end + 3;
      continue;
    }
    const char next = at_ + 1 < html_.size() ? html_[at_ + 1] : '\0';
    if (IsLetter(next) || next == '/') return Tag(token);
    if (next == '!' || next == '?') {
      const std::size_t end = html_.find('>', at_);
      at_ = end == std::string_view::npos ? html_.size() : end + 1;
      continue;
    }
    *token = {HtmlToken::Kind::kText, "", html_.substr(at_, 1)};
    ++at_;
    return true;
  }
  return false;
}

bool HtmlReader::Tag(HtmlToken* token) {
  const bool end_tag = html_[at_ + 1] == '/';
  std::size_t at = at_ + (end_tag ? 2 : 1);
  token->kind = end_tag ? HtmlToken::Kind::kEnd : HtmlToken::Kind::kStart;
  token->name.clear();
  while (at < html_.size() && !IsSpace(html_[at]) && html_[at] != '>' && html_[at] != '/') {
    if (token->name.size() < 64) token->name += Small(html_[at]);
    ++at;
  }
  const std::size_t begin = at;
  char quote = '\0';
  char before = '\0';
  for (; at < html_.size() && (quote != '\0' || html_[at] != '>'); ++at) {
    const char c = html_[at];
    if (quote == '\0' && (c == '"' || c == '\'') && before == '=') {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    }
    if (!IsSpace(c)) before = c;
  }
  token->text = html_.substr(begin, at - begin);
  at_ = std::min(at + 1, html_.size());
  // Their content is no text of the document.
  if (!end_tag && (token->name == "script" || token->name == "style")) at_ = FindEnd(html_, at_, token->name);
  return true;
}

}  // namespace cairn
