#include "extract/package_fields.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "extract/text.h"
#include "extract/xmp_value.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

// Elements that only hold others: no part of a name.
constexpr std::array kHolders = {"package"sv, "metadata"sv, "dc-metadata"sv, "x-metadata"sv};

std::string_view Local(std::string_view name) { return name.substr(name.find(':') + 1); }

bool IsWord(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

class PackageFields {
 public:
  PackageFields(const ExtractContext& context, Extracted& to) : context_(context), to_(to) {
    for (const Field& field : to.fields) names_.insert(field.name);
  }

  void Read(pugi::xml_node package) {
    std::vector<Element> open{{package, {}, 0}};
    while (!open.empty() && to_.fields.size() < context_.limits.fields) {
      const Element at = std::move(open.back());
      open.pop_back();
      const std::string name = Attributes(at.node, at.path);
      const std::size_t first = open.size();
      for (const auto& child : at.node.children()) {
        if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) Add(name, child.value());
        if (child.type() == pugi::node_element && at.depth < context_.limits.depth) {
          open.push_back({child, name, at.depth + 1});
        }
      }
      std::reverse(open.begin() + static_cast<std::ptrdiff_t>(first), open.end());
    }
  }

 private:
  struct Element {
    pugi::xml_node node;
    std::string path;
    std::size_t depth;
  };

  // The name of the element itself. That of a date begins with what happened then: `PublicationDate`.
  std::string Attributes(pugi::xml_node node, std::string path) {
    const std::string_view local = Local(node.name());
    if (std::find(kHolders.begin(), kHolders.end(), local) != kHolders.end()) return path;
    for (const auto& attribute : node.attributes()) {
      if (local == "date" && Local(attribute.name()) == "event" && IsWord(attribute.value())) {
        path += XmpName("", attribute.value());
      }
    }
    const bool has_event = local == "date" && !path.empty();
    path += XmpName("", local);
    for (const auto& attribute : node.attributes()) {
      const std::string_view name = attribute.name();
      if (name.starts_with("xmlns") || name.starts_with("xml:")) continue;
      if (has_event && Local(name) == "event") continue;
      Add(path + XmpName("", Local(name)), attribute.value());
    }
    return path;
  }

  void Add(const std::string& name, std::string_view text) {
    text = Trim(text);
    if (text.empty() || name.empty() || !names_.insert(name).second) return;
    to_.Add(name, XmpValue("opf", name, CutText(std::string(text), context_.limits.value_bytes)));
  }

  const ExtractContext& context_;
  Extracted& to_;
  std::set<std::string> names_;
};

}  // namespace

void AddPackageFields(pugi::xml_node package, const ExtractContext& context, Extracted& to) {
  PackageFields(context, to).Read(package);
}

}  // namespace cairn
