#include "extract/html_office.h"

#include <array>
#include <cstdlib>

#include "extract/html_reader.h"
#include "extract/office_properties.h"
#include "extract/text.h"

namespace cairn {
namespace {

struct Renamed {
  std::string_view key;
  std::string_view name;
};
// ExifTool's names, where they are not the element's.
constexpr std::array kRenamed = {Renamed{"Revision", "RevisionNumber"}, Renamed{"Version", "RevisionNumber"},
                                 Renamed{"TotalTime", "TotalEditTime"}, Renamed{"Created", "CreateDate"},
                                 Renamed{"LastSaved", "ModifyDate"}};
constexpr std::size_t kPropertiesMax = 100;

std::string_view NameOf(std::string_view key) {
  for (const auto& renamed : kRenamed) {
    if (renamed.key == key) return renamed.name;
  }
  return key;
}

void Core(std::string_view key, const std::string& text, CommonCore& core) {
  if (key == "Author" && core.creators.empty()) core.creators.push_back(text);
  if (key == "Description" && core.description.empty()) core.description = text;
  if (key == "Keywords" && core.keywords.empty()) core.keywords = SplitKeywords(text);
  if (key == "Created" && core.created.empty()) core.created = IsoTime(text);
  if (key == "LastSaved" && core.modified.empty()) core.modified = IsoTime(text);
  if (key == "Pages" && !core.pages) {
    const FieldValue pages = TextOrNumber(text);
    if (const auto* number = std::get_if<std::int64_t>(&pages)) core.pages = *number;
  }
}

FieldValue ValueOf(std::string_view key, const std::string& text) {
  if (key == "TotalTime") return EditTimeText(std::strtod(text.c_str(), nullptr));
  if (key == "Created" || key == "LastSaved" || key == "LastPrinted") return ColonTime(text);
  return TextOrNumber(text);
}

}  // namespace

void ReadHtmlOffice(std::string_view html, Extracted& to) {
  const std::size_t begin = html.find("<o:DocumentProperties>");
  if (begin == std::string_view::npos) return;
  html.remove_prefix(html.find('>', begin) + 1);
  html = html.substr(0, html.find("</o:DocumentProperties>"));
  // `<o:Author>Jo</o:Author>`, and nothing within another.
  for (std::size_t i = 0; i < kPropertiesMax; ++i) {
    const std::size_t at = html.find("<o:");
    const std::size_t name_end = html.find('>', at);
    if (at == std::string_view::npos || name_end == std::string_view::npos) return;
    const std::string_view key = html.substr(at + 3, name_end - at - 3);
    html.remove_prefix(name_end + 1);
    if (key.ends_with('/')) continue;
    const std::string_view inside = html.substr(0, html.find('<'));
    const std::string text = UndoEntities(Trim(inside));
    html.remove_prefix(inside.size());
    if (text.empty()) continue;
    Core(key, text, to.core);
    to.Add(NameOf(key), ValueOf(key, text));
  }
}

}  // namespace cairn
