#include "extract/package_fields.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "extract/text.h"
#include "extract/xml_name.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kNameMax = 1024;
// Elements that only hold others: no part of a name.
constexpr std::array kHolders = {"package"sv, "metadata"sv, "dc-metadata"sv, "x-metadata"sv};

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class PackageFields {
 public:
  PackageFields(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {
    for (const Field& field : to.fields) told_.insert(field.name);
  }

  void Read(pugi::xml_node package) {
    names_.push_back({});
    Visit(package, 0);
    while (!stack_.empty() && !full()) {
      const Level at = stack_.back();
      if (at.next) {
        stack_.back().next = NextElement(at.next.next_sibling());
        Visit(at.next, at.name);
      } else {
        stack_.pop_back();
      }
    }
  }

 private:
  static constexpr std::size_t kNone = ~std::size_t{0};

  /// Elements next to each other.
  struct Level {
    pugi::xml_node next;
    std::size_t name;  ///< Of the element that they stand in.
  };
  struct Name {
    std::string text;
    bool told = false;
  };

  [[nodiscard]] bool full() const { return to_.fields.size() >= context_.limits.fields; }

  static pugi::xml_node NextElement(pugi::xml_node from) {
    while (from && from.type() != pugi::node_element) from = from.next_sibling();
    return from;
  }

  void Visit(pugi::xml_node node, std::size_t outside) {
    const std::size_t name = Enter(node, outside);
    if (name == kNone) return;
    for (const auto& child : node.children()) {
      if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) Add(name, child.value());
    }
    if (stack_.size() < context_.limits.depth) stack_.push_back({NextElement(node.first_child()), name});
  }

  // The name of the element itself, from that of what it stands in; `kNone` where it is beyond a limit. That of a date
  // begins with what happened then: `PublicationDate`.
  std::size_t Enter(pugi::xml_node node, std::size_t name) {
    const std::string_view local = LocalName(node.name());
    if (std::find(kHolders.begin(), kHolders.end(), local) != kHolders.end()) return name;
    for (const auto& attribute : node.attributes()) {
      const bool event = local == "date" && LocalName(attribute.name()) == "event" && IsWord(attribute.value());
      if (event && name != kNone) name = Below(name, attribute.value());
    }
    const bool has_event = local == "date" && name != 0;
    if (name != kNone) name = Below(name, local);
    if (name == kNone) return kNone;
    for (const auto& attribute : node.attributes()) {
      const std::string_view own = attribute.name();
      if (own.starts_with("xmlns") || own.starts_with("xml:")) continue;
      if (has_event && LocalName(own) == "event") continue;
      if (const std::size_t below = Below(name, LocalName(own)); below != kNone) Add(below, attribute.value());
    }
    return name;
  }

  // Most elements are like the one before: a name is made once.
  std::size_t Below(std::size_t name, std::string_view local) {
    if (const auto found = below_.find({name, local}); found != below_.end()) return found->second;
    if (names_.size() >= context_.limits.fields || names_[name].text.size() + local.size() > kNameMax) return kNone;
    names_.push_back({names_[name].text + XmpName("", local)});
    below_.emplace(std::pair(name, local), names_.size() - 1);
    return names_.size() - 1;
  }

  void Add(std::size_t of, std::string_view text) {
    Name& name = names_[of];
    if (name.told || name.text.empty() || full()) return;
    text = Trim(text);
    if (text.empty()) return;
    name.told = true;
    if (!told_.insert(name.text).second) return;
    to_.Add(name.text, XmpValue("opf", name.text, CutText(std::string(text), context_.limits.value_bytes)));
  }

  const ExtractContext& context_;
  Extracted& to_;
  std::vector<Level> stack_;
  std::vector<Name> names_;  ///< The first is that of the whole.
  std::map<std::pair<std::size_t, std::string_view>, std::size_t> below_;
  std::set<std::string> told_;
};

}  // namespace

void AddPackageFields(pugi::xml_node package, const ExtractContext& context, Extracted& to) {
  PackageFields(context, to).Read(package);
}

}  // namespace cairn
