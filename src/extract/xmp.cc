#include "extract/xmp.h"

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <vector>

#include "extract/text.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

constexpr std::size_t kDepthMax = 24;

std::string_view Prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}
std::string_view Local(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
bool IsRdf(std::string_view name, std::string_view local) { return Prefix(name) == "rdf" && Local(name) == local; }

// Prefixes that the file chose otherwise, told by their namespace.
std::string_view UsualPrefix(std::string_view prefix) {
  if (prefix == "xap") return "xmp";
  if (prefix == "xapMM") return "xmpMM";
  return prefix;
}

/// One element still to be looked at: the name that its ancestors built, and how deep it stands.
struct Pending {
  pugi::xml_node node;
  std::string path;    ///< `History` above `rdf:li` above `stEvt:action`.
  std::string prefix;  ///< Of the outermost property.
  std::size_t depth;
};

class Packet {
 public:
  Packet(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {}

  void Read(const pugi::xml_document& document) {
    std::vector<Pending> stack;
    stack.push_back({document, "", "", 0});
    while (!stack.empty() && names_.size() < context_.limits.fields) {
      Pending next = std::move(stack.back());
      stack.pop_back();
      const std::size_t first = stack.size();
      Element(next, stack);
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
    }
    for (const auto& name : names_) Emit(name);
  }

 private:
  void Element(const Pending& at, std::vector<Pending>& stack) {
    for (const auto& attribute : at.node.attributes()) Attribute(at, attribute);
    std::string text;
    bool children = false;
    for (const auto& child : at.node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
      if (child.type() != pugi::node_element) continue;
      children = true;
      if (at.depth < kDepthMax) stack.push_back(Below(at, child));
    }
    if (children || at.path.empty()) return;
    const std::string_view name = at.node.name();
    if (text.empty() && at.node.attribute("rdf:resource")) text = at.node.attribute("rdf:resource").value();
    if (text.empty() && at.node.first_attribute() && !at.node.attribute("xml:lang")) return;
    const std::string_view language = at.node.attribute("xml:lang").value();
    const bool alternative = IsRdf(name, "li") && !language.empty() && language != "x-default";
    Take(alternative ? at.path + "-" + Language(language) : at.path, at.prefix, std::string(Trim(text)),
         IsRdf(name, "li") && !IsAlternative(at.node));
  }

  static Pending Below(const Pending& at, pugi::xml_node child) {
    const std::string_view name = child.name();
    const bool frame = Prefix(name) == "rdf" || Local(name) == "xmpmeta" || Local(name) == "xapmeta" ||
                       Prefix(name) == "x" || Prefix(name) == "office";  // OpenDocument's properties
    if (frame) return {child, at.path, at.prefix, at.depth + 1};
    const std::string_view prefix = UsualPrefix(Prefix(name));
    return {child, Joined(at.path, XmpName(prefix, Local(name))), at.path.empty() ? std::string(prefix) : at.prefix,
            at.depth + 1};
  }

  void Attribute(const Pending& at, pugi::xml_attribute attribute) {
    const std::string_view name = attribute.name();
    const std::string_view prefix = UsualPrefix(Prefix(name));
    if (prefix == "xmlns" || name == "xmlns" || prefix == "xml") return;
    if (prefix == "rdf" && name != "rdf:about") return;
    if (prefix.empty()) {
      if (name == "about" && attribute.value()[0] != '\0') Take("About", "rdf", attribute.value(), false);
      return;
    }
    if (name == "rdf:about") {
      if (at.path.empty() && attribute.value()[0] != '\0') Take("About", "rdf", attribute.value(), false);
      return;
    }
    Take(Joined(at.path, XmpName(prefix, Local(name))), at.path.empty() ? std::string(prefix) : at.prefix,
         attribute.value(), false);
  }

  static std::string Joined(const std::string& path, const std::string& name) {
    if (path == "Flash") return name == "RedEyeMode" ? "FlashRedEyeMode" : "Flash" + name;
    return path + name;
  }
  static bool IsAlternative(pugi::xml_node item) { return IsRdf(item.parent().name(), "Alt"); }
  static std::string Language(std::string_view language) {
    std::string out(language);
    const std::size_t dash = out.find('-');
    for (std::size_t i = dash == std::string::npos ? out.size() : dash; i < out.size(); ++i) {
      if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 32);
    }
    return out;
  }

  void Take(const std::string& name, const std::string& prefix, std::string text, bool list) {
    auto [found, fresh] = values_.try_emplace(name);
    if (fresh) names_.push_back(name);
    text = CutText(std::move(text), context_.limits.value_bytes);
    found->second.prefix = prefix;
    found->second.list = found->second.list || list;
    if (name == "About" && !fresh) return;  // each description repeats it
    if (found->second.texts.size() < context_.limits.fields) found->second.texts.push_back(std::move(text));
  }

  void Emit(const std::string& name) {
    auto& values = values_[name];
    Core(values.prefix, name, values.texts);
    if (values.texts.size() == 1) {
      return to_.Add(name, XmpValue(values.prefix, name, std::move(values.texts[0])));
    }
    std::vector<std::string> texts;
    for (auto& text : values.texts) {
      FieldValue value = XmpValue(values.prefix, name, text);
      auto* shown = std::get_if<std::string>(&value);
      texts.push_back(shown != nullptr ? std::move(*shown) : std::move(text));
    }
    to_.Add(name, std::move(texts));
  }

  void Core(std::string_view prefix, std::string_view name, const std::vector<std::string>& texts) {
    auto& core = to_.core;
    const std::string& first = texts.front();
    if (prefix == "dc") {
      if (name == "Title" && core.title.empty()) core.title = first;
      if (name == "Description" && core.description.empty()) core.description = first;
      if (name == "Creator" && core.creators.empty() && !first.empty()) core.creators = texts;
      if (name == "Subject" && core.keywords.empty()) core.keywords = texts;
      if (name == "Publisher" && core.publisher.empty()) core.publisher = first;
      if (name == "Language" && core.language.empty()) core.language = first;
    }
    if (prefix == "xmp" && name == "CreateDate" && core.created.empty()) core.created = IsoTime(first);
    if (prefix == "xmp" && name == "ModifyDate" && core.modified.empty()) core.modified = IsoTime(first);
  }

  struct Values {
    std::string prefix;
    std::vector<std::string> texts;
    bool list = false;
  };

  const ExtractContext& context_;
  Extracted& to_;
  std::vector<std::string> names_;
  std::map<std::string, Values> values_;
};

}  // namespace

void ReadXmp(std::string_view packet, const ExtractContext& context, Extracted& to) {
  pugi::xml_document document;
  const auto parsed =
      document.load_buffer(packet.data(), packet.size(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  if (!parsed && !document.first_child())
    return to.Warn(std::string("the XMP packet is no XML: ") + parsed.description());
  Packet(context, to).Read(document);
}

}  // namespace cairn
