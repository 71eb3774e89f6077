#include "extract/xmp.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <vector>

#include "extract/text.h"
#include "extract/xmp_schema.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

constexpr std::size_t kDepthMax = 24;
constexpr std::size_t kBindingsMax = 64;  // In one place; a packet has about twenty.

std::string_view Prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}
std::string_view Local(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
bool IsRdf(std::string_view name, std::string_view local) { return Prefix(name) == "rdf" && Local(name) == local; }

// Old prefixes, where the packet does not tell their namespace.
std::string_view UsualPrefix(std::string_view prefix) {
  if (prefix == "xap") return "xmp";
  if (prefix == "xapMM") return "xmpMM";
  return prefix;
}

// Elements and attributes that hold properties and are none.
bool IsFrame(std::string_view prefix) {
  return prefix == "rdf" || prefix == "x" || prefix == "xml" || prefix == "xmlns" || prefix == "svg" ||
         prefix == "et" || prefix == "office";  // OpenDocument's properties
}

bool IsContainer(std::string_view name) { return IsRdf(name, "Bag") || IsRdf(name, "Seq") || IsRdf(name, "Alt"); }

// `en-us` is `en-US`: a land of two letters is large, all else small.
std::string Language(std::string_view language) {
  std::string out(language);
  for (char& c : out) c = c == '_' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const std::size_t dash = out.find('-');
  if (dash > 3 || (dash == 1 && out[0] != 'x' && out[0] != 'i')) return out;
  if (out.size() < dash + 3 || (out.size() > dash + 3 && out[dash + 3] != '-')) return out;
  for (std::size_t i = dash + 1; i < dash + 3; ++i) {
    if (out[i] >= 'a' && out[i] <= 'z') out[i] = static_cast<char>(out[i] - 32);
  }
  return out;
}

// Items that tell something only together.
bool IsWhole(const XmpPath& path) { return path.property.shown == "yCbCrSubSampling" || path.property.shown == "lens"; }
std::string Joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : " ") + text;
  return out;
}

// A real among a list's texts: shortest, and not like an integer.
std::string RealText(double real) {
  std::string out = fmt::format("{}", real);
  return out.find_first_not_of("-0123456789") == std::string::npos ? out + ".0" : out;
}

/// A prefix that the packet binds to a namespace which usually has another, and those bound further out.
struct Binding {
  std::string prefix;
  std::string usual;
  std::size_t outer;  ///< An index into the packet's bindings.
  std::size_t depth;
};

/// One element still to be looked at, and what stands above it.
struct Pending {
  pugi::xml_node node;
  XmpPath path;
  std::size_t bindings = 0;
  std::size_t depth = 0;
  bool listed = false;  ///< In an item of a list.
};

class Packet {
 public:
  Packet(const ExtractContext& context, Extracted& to) : context_(context), to_(to), values_count_(to.fields.size()) {}

  void Read(const pugi::xml_document& document) {
    std::vector<Pending> stack;
    for (const auto& child : document.children()) {
      if (child.type() == pugi::node_element) stack.push_back({child, {}, 0, 1, false});
    }
    std::reverse(stack.begin(), stack.end());
    while (!stack.empty() && values_count_ < context_.limits.fields) {
      Pending next = std::move(stack.back());
      stack.pop_back();
      const std::size_t first = stack.size();
      Element(next, stack);
      std::reverse(stack.begin() + static_cast<std::ptrdiff_t>(first), stack.end());
    }
    for (const auto& key : keys_) Emit(values_[key]);
    Dates();
  }

 private:
  struct Group {
    std::vector<std::string> texts;
    std::vector<FieldValue> shown;
  };
  struct Values {
    XmpPath path;
    std::string language;
    bool list = false;
    std::vector<Group> groups;  ///< Several values in one for a list, one in each for what is none.
    std::set<std::string> seen;
    std::size_t list_number = 0;
  };

  void Element(Pending& at, std::vector<Pending>& stack) {
    Bind(at);
    Enter(at);
    bool told = false;
    for (const auto& attribute : at.node.attributes()) told = Attribute(at, attribute) || told;
    std::string text;
    bool children = false;
    for (const auto& child : at.node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
      if (child.type() != pugi::node_element) continue;
      children = true;
      if (at.depth < kDepthMax) stack.push_back({child, at.path, at.bindings, at.depth + 1, at.listed});
    }
    if (children || at.path.id.empty()) return;
    text = Trim(text);
    for (const char* name : {"rdf:value", "rdf:resource", "rdf:about"}) {
      if (text.empty()) text = at.node.attribute(name).value();
    }
    const bool type = IsRdf(at.node.name(), "type");
    if (type || (text.empty() && told)) return;
    const bool item = IsRdf(at.node.name(), "li") && IsContainer(at.node.parent().name());
    Take(at.path, std::move(text), item, at.node.attribute("xml:lang").value(),
         item && IsRdf(at.node.parent().name(), "Alt"));
  }

  // Goes down by the element's own name.
  void Enter(Pending& at) {
    const std::string_view name = at.node.name();
    const std::string_view prefix = PrefixAt(at.bindings, Prefix(name));
    if (IsContainer(name) && !at.listed) ++list_number_;
    if (IsRdf(name, "li")) at.listed = true;
    const bool meta = Local(name) == "xmpmeta" || Local(name) == "xapmeta";
    if (IsFrame(prefix) || (meta && at.path.id.empty())) return;
    at.path = at.path.Below(prefix, Local(name));
  }

  // Namespaces that the element declares.
  void Bind(Pending& at) {
    for (const auto& attribute : at.node.attributes()) {
      const std::string_view name = attribute.name();
      if (Prefix(name) != "xmlns") continue;
      const std::string_view prefix = Local(name);
      const std::string_view usual = XmpPrefixOf(attribute.value());
      if (usual.empty() || PrefixAt(at.bindings, prefix) == usual) continue;
      const std::size_t depth = at.bindings == 0 ? 1 : bindings_[at.bindings - 1].depth + 1;
      if (depth > kBindingsMax) return;
      bindings_.push_back({std::string(prefix), std::string(usual), at.bindings, depth});
      at.bindings = bindings_.size();
    }
  }

  [[nodiscard]] std::string_view PrefixAt(std::size_t bindings, std::string_view prefix) const {
    for (std::size_t i = bindings; i > 0; i = bindings_[i - 1].outer) {
      if (bindings_[i - 1].prefix == prefix) return bindings_[i - 1].usual;
    }
    return UsualPrefix(prefix);
  }

  // True where it is a property.
  bool Attribute(const Pending& at, pugi::xml_attribute attribute) {
    const std::string_view name = attribute.name();
    std::string_view prefix = PrefixAt(at.bindings, Prefix(name));
    if (name == "xmlns") return false;
    if (prefix.empty()) prefix = PrefixAt(at.bindings, Prefix(at.node.name()));
    if (prefix == "rdf" && Local(name) == "about" && attribute.value()[0] != '\0' && at.path.id.empty())
      Plain("About", attribute.value());
    if (prefix == "x" && (Local(name) == "xmptk" || Local(name) == "xaptk")) Plain("XMPToolkit", attribute.value());
    if (IsFrame(prefix)) return false;
    Take(at.path.Below(prefix, Local(name)), attribute.value(), false, {}, false);
    return true;
  }

  // What the frame tells. Each description repeats it.
  void Plain(const std::string& name, const std::string& value) {
    XmpPath path;
    path.id = path.name = name;
    path.known = true;
    Take(path, value, false, {}, false);
  }

  void Take(const XmpPath& path, std::string text, bool item, std::string_view language, bool alternative) {
    const auto form = path.property.form;
    const bool spoken = form == XmpProperty::Form::kAlternative || (!path.known && alternative);
    std::string variant;
    if (spoken && !language.empty()) variant = Language(language);
    if (variant == "x-default") variant.clear();
    const std::string key = path.prefix + ":" + path.id + " " + variant;
    auto [found, fresh] = values_.try_emplace(key);
    Values& values = found->second;
    if (fresh) {
      keys_.push_back(key);
      values.path = path;
      values.language = variant;
      values.list = path.known ? path.list : item && !(alternative && !language.empty());
    }
    ++values_count_;
    const bool more = values.list && !values.groups.empty() && values.list_number == list_number_;
    values.list_number = list_number_;
    if (!more) {
      if (!values.list && !values.seen.insert(text).second) return;
      values.groups.emplace_back();
    }
    FieldValue shown = XmpValue(path, text);
    if (auto* cut = std::get_if<std::string>(&shown)) *cut = CutText(std::move(*cut), context_.limits.value_bytes);
    values.groups.back().shown.push_back(std::move(shown));
    values.groups.back().texts.push_back(CutText(std::move(text), context_.limits.value_bytes));
  }

  void Emit(Values& values) {
    const std::string name = XmpCleanName(values.path.name) + (values.language.empty() ? "" : "-" + values.language);
    for (auto& [texts, shown] : values.groups) {
      if (IsWhole(values.path) && texts.size() > 1) shown = {XmpValue(values.path, Joined(texts))};
      if (values.language.empty()) Core(values.path.prefix, values.path.id, texts);
      if (shown.size() == 1) {
        to_.Add(name, std::move(shown[0]));
        continue;
      }
      for (std::size_t i = 0; i < shown.size(); ++i) {
        if (auto* text = std::get_if<std::string>(&shown[i])) texts[i] = std::move(*text);
        if (const auto* real = std::get_if<double>(&shown[i])) texts[i] = RealText(*real);
      }
      to_.Add(name, std::move(texts));
    }
  }

  void Core(std::string_view prefix, std::string_view id, const std::vector<std::string>& texts) {
    auto& core = to_.core;
    const std::string& first = texts.front();
    if (prefix == "dc") {
      if (id == "title" && core.title.empty()) core.title = first;
      if (id == "description" && core.description.empty()) core.description = first;
      if (id == "creator" && core.creators.empty() && !first.empty()) core.creators = texts;
      if (id == "subject" && core.keywords.empty()) core.keywords = texts;
      if (id == "publisher" && core.publisher.empty()) core.publisher = first;
      if (id == "language" && core.language.empty()) core.language = first;
    }
    if (prefix == "xmp" && id == "CreateDate" && core.created.empty()) core.created = IsoTime(first);
    if (prefix == "xmp" && id == "ModifyDate" && core.modified.empty()) core.modified = IsoTime(first);
    if (prefix == "exif" && id == "DateTimeOriginal") taken_ = IsoTime(first);
    if (prefix == "photoshop" && id == "DateCreated" && taken_.empty()) taken_ = IsoTime(first);
  }

  // When the picture was taken, where nothing says when the file was made.
  void Dates() {
    if (to_.core.created.empty()) to_.core.created = taken_;
  }

  const ExtractContext& context_;
  Extracted& to_;
  std::vector<Binding> bindings_;
  std::vector<std::string> keys_;
  std::map<std::string, Values> values_;
  std::size_t values_count_;  ///< Counts against the limit for fields, with those that other blocks gave.
  std::size_t list_number_ = 0;
  std::string taken_;
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
