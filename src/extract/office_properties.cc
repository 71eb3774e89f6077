#include "extract/office_properties.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <pugixml.hpp>

#include "extract/text.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

struct Renamed {
  std::string_view local;
  std::string_view name;
};

constexpr std::array kRenamed = {
    Renamed{"created", "CreateDate"},
    Renamed{"modified", "ModifyDate"},
    Renamed{"revision", "RevisionNumber"},
    Renamed{"TotalTime", "TotalEditTime"},
};

// What the document may be used for: ECMA-376-1, section 22.2.2.10.
constexpr std::array kSecurity = {
    Code{0, "None"},
    Code{1, "Password protected"},
    Code{2, "Read-only recommended"},
    Code{4, "Read-only enforced"},
    Code{8, "Locked for annotations"},
};

std::string_view Local(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

std::string Capital(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 32);
  return out;
}

std::string NameOf(std::string_view local) {
  for (const auto& renamed : kRenamed) {
    if (renamed.local == local) return std::string(renamed.name);
  }
  return Capital(local);
}

// A name that a person chose: each word with a capital, without what is neither letter, digit, dash nor underscore.
std::string ChosenName(std::string_view text) {
  std::string out;
  bool first = true;
  for (const char c : text) {
    const bool small = c >= 'a' && c <= 'z';
    if (first && small) {
      out += static_cast<char>(c - 32);
    } else if (small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') {
      out += c;
    }
    first = c == ' ';
  }
  const bool letter = !out.empty() && ((out[0] >= 'A' && out[0] <= 'Z') || (out[0] >= 'a' && out[0] <= 'z'));
  return letter || out.empty() ? out : "Tag" + out;
}

// Characters that XML cannot have are written `_x000d_`: ECMA-376-1, section 22.4.2.2.
std::string Unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_' && i + 6 < text.size() && text[i + 1] == 'x' && text[i + 6] == '_') {
      const std::string digits(text.substr(i + 2, 4));
      if (digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
        AppendUtf8(out, static_cast<std::uint32_t>(std::strtoul(digits.c_str(), nullptr, 16)));
        i += 6;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

class Properties {
 public:
  Properties(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {}

  void Read(pugi::xml_node root) {
    for (const auto& property : root.children()) {
      if (property.type() != pugi::node_element) continue;
      if (to_.fields.size() >= context_.limits.fields) return to_.Warn("properties are left out, there are too many");
      Property(property);
    }
  }

 private:
  void Property(pugi::xml_node property) {
    const std::string_view local = Local(property.name());
    std::string name = NameOf(local);
    if (local == "property") name = ChosenName(property.attribute("name").value());
    if (name.empty()) return;
    std::vector<std::string> values = Values(property);
    if (values.empty()) return;
    Core(local, values.front());
    if (local == "property" && values.size() == 1) return to_.Add(name, OwnValue(property, std::move(values.front())));
    if (values.size() == 1) return to_.Add(name, Show(name, std::move(values.front())));
    to_.Add(name, std::move(values));
  }

  // The texts below it, in order: of a vector or variant each of its values.
  std::vector<std::string> Values(pugi::xml_node property) const {
    std::vector<std::string> values;
    std::vector<pugi::xml_node> stack = {property};
    while (!stack.empty() && values.size() < context_.limits.fields) {
      const pugi::xml_node node = stack.back();
      stack.pop_back();
      std::vector<pugi::xml_node> below;
      std::string text;
      for (const auto& child : node.children()) {
        if (child.type() == pugi::node_element) below.push_back(child);
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
      }
      stack.insert(stack.end(), below.rbegin(), below.rend());
      const bool empty_vector = std::string_view(node.name()) == "vt:vector";
      if (below.empty() && !empty_vector) values.push_back(CutText(Unescape(text), context_.limits.value_bytes));
    }
    return values;
  }

  // A property that somebody made: what is no time stays text, whatever its name is.
  static FieldValue OwnValue(pugi::xml_node property, std::string text) {
    const std::string_view type = Local(property.first_child().name());
    if (type == "filetime" || type == "date") return XmpValue("xmp", "Date", std::move(text));
    if (type == "bool" && (text == "true" || text == "false")) return Capital(text);
    return TextOrNumber(std::move(text));
  }

  static FieldValue Show(std::string_view name, std::string text) {
    if (name == "HyperlinksChanged" || name == "LinksUpToDate" || name == "ScaleCrop" || name == "SharedDoc") {
      if (text == "true") return std::string("Yes");
      if (text == "false") return std::string("No");
    }
    if (name == "DocSecurity") {
      for (const auto& code : kSecurity) {
        if (text == std::to_string(code.value)) return std::string(code.text);
      }
    }
    if (name == "TotalEditTime") {
      char* end = nullptr;
      const double minutes = std::strtod(text.c_str(), &end);
      if (!text.empty() && *end == '\0' && minutes > 0) return EditTimeText(minutes);
    }
    // Titles and names stay text, whatever they look like.
    if (name.ends_with("Date") || name.ends_with("Printed")) return XmpValue("xmp", name, std::move(text));
    return TextOrNumber(std::move(text));
  }

  void Core(std::string_view local, const std::string& text) {
    auto& core = to_.core;
    if (text.empty()) return;
    if (local == "title") core.title = text;
    if (local == "creator") core.creators = {text};
    if (local == "description") core.description = text;
    if (local == "language") core.language = text;
    if (local == "keywords") core.keywords = SplitKeywords(text);
    if (local == "created") core.created = IsoTime(text);
    if (local == "modified") core.modified = IsoTime(text);
    if (local == "Pages" || local == "Slides") core.pages = std::strtoll(text.c_str(), nullptr, 10);
  }

  const ExtractContext& context_;
  Extracted& to_;
};

}  // namespace

std::string EditTimeText(double minutes) {
  const double seconds = minutes * 60;
  if (seconds < 60) return General(seconds, 15) + " seconds";
  if (seconds < 3600) return fmt::format("{} minute{}", Whole(minutes), minutes == 1 ? "" : "s");
  if (seconds < 24 * 3600) return fmt::format("{:.1f} hours", seconds / 3600);
  return fmt::format("{:.1f} days", seconds / (24 * 3600));
}

std::vector<std::string> SplitKeywords(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(",;"), text.size());
    const std::string_view word = Trim(text.substr(0, end));
    if (!word.empty()) out.emplace_back(word);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

void ReadOfficeProperties(std::string_view xml, const ExtractContext& context, Extracted& to) {
  pugi::xml_document document;
  const auto parsed = document.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!parsed) to.Warn(std::string("a part of the properties is no XML: ") + parsed.description());
  Properties(context, to).Read(document.document_element());
}

}  // namespace cairn
