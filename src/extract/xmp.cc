#include "extract/xmp.h"

#include <algorithm>
#include <pugixml.hpp>
#include <vector>

#include "extract/text.h"
#include "extract/xml_name.h"
#include "extract/xmp_fields.h"
#include "extract/xmp_schema.h"

namespace cairn {
namespace {

constexpr std::size_t kDepthMax = 24;
constexpr std::size_t kNameMax = 1024;
constexpr std::size_t kBindingsMax = 64;  // In one place; a packet has about twenty.

std::string_view Prefix(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}
bool IsRdf(std::string_view name, std::string_view local) { return Prefix(name) == "rdf" && LocalName(name) == local; }

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

/// A prefix that the packet binds to a namespace which usually has another.
struct Binding {
  std::string prefix;
  std::string usual;
};

/// An element on the way down to the one that is looked at.
struct Frame {
  XmpPath path;
  pugi::xml_node next;           ///< Of its children, the one to look at.
  std::size_t bindings_outside;  ///< How many held before it.
  bool listed = false;           ///< In an item of a list.
};

pugi::xml_node FirstElement(pugi::xml_node from) {
  while (from && from.type() != pugi::node_element) from = from.next_sibling();
  return from;
}

class Packet {
 public:
  Packet(const ExtractContext& context, Extracted& to) : fields_(context, to) {}

  void Read(const pugi::xml_document& document) {
    std::vector<Frame> stack;
    stack.push_back({{}, FirstElement(document.first_child()), 0, false});
    while (!stack.empty() && !fields_.full()) {
      Frame& top = stack.back();
      const pugi::xml_node node = top.next;
      if (!node) {
        bindings_.resize(top.bindings_outside);
        stack.pop_back();
        continue;
      }
      top.next = FirstElement(node.next_sibling());
      Frame frame{{}, {}, bindings_.size(), top.listed};
      if (Element(node, top.path, frame) && stack.size() < kDepthMax) {
        stack.push_back(std::move(frame));
      } else {
        bindings_.resize(frame.bindings_outside);
      }
    }
    fields_.Emit();
  }

 private:
  // Returns false where nothing stands below it.
  bool Element(pugi::xml_node node, const XmpPath& above, Frame& at) {
    Bind(node);
    Enter(node, above, at);
    if (at.path.id.size() > kNameMax) return false;
    bool told = false;
    for (const auto& attribute : node.attributes()) told = Attribute(node, at, attribute) || told;
    at.next = FirstElement(node.first_child());
    if (at.next) return true;
    if (at.path.id.empty()) return false;
    std::string text;
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
    }
    text = Trim(text);
    for (const char* name : {"rdf:value", "rdf:resource", "rdf:about"}) {
      if (text.empty()) text = node.attribute(name).value();
    }
    if (IsRdf(node.name(), "type") || (text.empty() && told)) return false;
    const bool item = IsRdf(node.name(), "li") && IsContainer(node.parent().name());
    const bool alternative = item && IsRdf(node.parent().name(), "Alt");
    fields_.Take(at.path, {std::move(text), node.attribute("xml:lang").value(), item, alternative});
    return false;
  }

  // Goes down by the element's own name.
  void Enter(pugi::xml_node node, const XmpPath& above, Frame& at) {
    const std::string_view name = node.name();
    const std::string_view prefix = Usual(Prefix(name));
    if (IsContainer(name) && !at.listed) fields_.BeginList();
    if (IsRdf(name, "li")) at.listed = true;
    const bool meta = LocalName(name) == "xmpmeta" || LocalName(name) == "xapmeta";
    const bool frame = IsFrame(prefix) || (meta && above.id.empty());
    at.path = frame ? above : above.Below(prefix, LocalName(name));
  }

  // Namespaces that the element declares.
  void Bind(pugi::xml_node node) {
    for (const auto& attribute : node.attributes()) {
      const std::string_view name = attribute.name();
      if (Prefix(name) != "xmlns") continue;
      const std::string_view prefix = LocalName(name);
      const std::string_view usual = XmpPrefixOf(attribute.value());
      if (usual.empty() || Usual(prefix) == usual) continue;
      if (bindings_.size() == kBindingsMax) return;
      bindings_.push_back({std::string(prefix), std::string(usual)});
    }
  }

  [[nodiscard]] std::string_view Usual(std::string_view prefix) const {
    const auto found = std::find_if(bindings_.rbegin(), bindings_.rend(),
                                    [&](const Binding& binding) { return binding.prefix == prefix; });
    return found == bindings_.rend() ? UsualPrefix(prefix) : std::string_view(found->usual);
  }

  // True where it is a property.
  bool Attribute(pugi::xml_node node, const Frame& at, pugi::xml_attribute attribute) {
    const std::string_view name = attribute.name();
    std::string_view prefix = Usual(Prefix(name));
    if (name == "xmlns") return false;
    if (prefix.empty()) prefix = Usual(Prefix(node.name()));
    if (prefix == "rdf" && LocalName(name) == "about" && attribute.value()[0] != '\0' && at.path.id.empty())
      Plain("About", attribute.value());
    if (prefix == "x" && (LocalName(name) == "xmptk" || LocalName(name) == "xaptk"))
      Plain("XMPToolkit", attribute.value());
    if (IsFrame(prefix)) return false;
    const XmpPath path = at.path.Below(prefix, LocalName(name));
    if (path.id.size() > kNameMax) return false;
    fields_.Take(path, {attribute.value(), {}});
    return true;
  }

  // What the frame tells. Each description repeats it.
  void Plain(const std::string& name, const std::string& value) {
    XmpPath path;
    path.id = path.name = name;
    path.known = true;
    fields_.Take(path, {value, {}});
  }

  std::vector<Binding> bindings_;
  XmpFields fields_;
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
