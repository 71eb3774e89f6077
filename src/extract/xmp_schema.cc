#include "extract/xmp_schema.h"

#include <algorithm>
#include <map>
#include <memory>

namespace cairn {

struct XmpStructure {
  std::map<std::string, XmpProperty, std::less<>> fields;  ///< By local name with a capital: their case does not count.
  bool open = false;
};

namespace {

using Properties = std::map<std::string_view, XmpProperty>;

struct Schemas {
  std::map<std::string_view, Properties> properties;  ///< By prefix.
  std::map<std::string_view, Properties> paths;       ///< By prefix: those that have a name of their own.
  std::map<std::string_view, std::unique_ptr<XmpStructure>> structures;
};

bool IsSmall(char c) { return c >= 'a' && c <= 'z'; }
char Large(char c) { return IsSmall(c) ? static_cast<char>(c - 32) : c; }

std::string Capital(std::string_view text) {
  std::string out(text);
  if (!out.empty()) out[0] = Large(out[0]);
  return out;
}

XmpProperty::Form FormOf(char letter) {
  switch (letter) {
    case 'd':
      return XmpProperty::Form::kDate;
    case 'r':
      return XmpProperty::Form::kRational;
    case 'l':
      return XmpProperty::Form::kAlternative;
    default:
      return XmpProperty::Form::kText;
  }
}

// The property that one word of a table tells, by its local name.
std::pair<std::string_view, XmpProperty> ReadProperty(std::string_view word, const Schemas& schemas) {
  constexpr std::string_view kSigns = "=/:*!@{";
  const auto part = [&] {
    const std::size_t end = std::min(word.find_first_of(kSigns), word.size());
    const std::string_view out = word.substr(0, end);
    word.remove_prefix(end);
    return out;
  };
  const std::string_view id = part();
  XmpProperty property;
  while (!word.empty()) {
    const char sign = word[0];
    word.remove_prefix(1);
    if (sign == '*') property.list = true;
    if (sign == '!') property.single = true;
    const std::string_view value = part();
    if (sign == '=') property.name = value;
    if (sign == '/') property.flat = value;
    if (sign == ':') property.form = FormOf(value[0]);
    if (sign == '@') property.shown = value;
    if (sign == '{') {
      const auto found = schemas.structures.find(value.substr(0, value.size() - 1));
      if (found != schemas.structures.end()) property.structure = found->second.get();
    }
  }
  return {id, property};
}

// Calls `take` with each word of a table.
template <typename Fn>
void EachWord(std::string_view words, Fn take) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    take(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
  }
}

Schemas ReadSchemas() {
  Schemas out;
  for (const auto& source : XmpStructureSources()) out.structures[source.name] = std::make_unique<XmpStructure>();
  for (const auto& source : XmpStructureSources()) {
    auto& structure = *out.structures[source.name];
    structure.open = source.open;
    EachWord(source.words, [&](std::string_view word) {
      const auto [id, property] = ReadProperty(word, out);
      structure.fields.emplace(Capital(id), property);
    });
  }
  for (const auto sources : {XmpCameraSources(), XmpAdobeSources(), XmpStandardSources(), XmpProgramSources()}) {
    for (const auto& source : sources) {
      EachWord(source.words, [&](std::string_view word) {
        const bool path = word.starts_with('~');
        if (path) word.remove_prefix(1);
        (path ? out.paths : out.properties)[source.name].insert(ReadProperty(word, out));
      });
    }
  }
  return out;
}

const Schemas& AllSchemas() {
  static const Schemas kSchemas = ReadSchemas();
  return kSchemas;
}

const XmpProperty* Find(const std::map<std::string_view, Properties>& in, std::string_view prefix,
                        std::string_view id) {
  const auto table = in.find(prefix);
  if (table == in.end()) return nullptr;
  const auto found = table->second.find(id);
  return found == table->second.end() ? nullptr : &found->second;
}

// Camera Raw's defaults are its settings under another prefix.
std::string_view TableOf(std::string_view prefix) { return prefix == "crd" ? "crs" : prefix; }

// `ALL_LARGE` is `allLarge`, but where a schema writes it so.
std::string Readable(std::string_view prefix, std::string_view local) {
  std::string out;
  if (std::any_of(local.begin(), local.end(), IsSmall) || Find(AllSchemas().properties, TableOf(prefix), local))
    return std::string(local);
  for (std::size_t i = 0; i < local.size(); ++i) {
    const bool joint = local[i] == '_' && i + 1 < local.size() && local[i + 1] >= 'A' && local[i + 1] <= 'Z';
    if (joint) {
      out += local[++i];
    } else {
      out += local[i] >= 'A' && local[i] <= 'Z' ? static_cast<char>(local[i] + 32) : local[i];
    }
  }
  return out;
}

// The address with one slash at its end and without the numbers of its versions.
std::string Versionless(std::string_view uri) {
  std::string out;
  for (std::size_t i = 0; i < uri.size(); ++i) {
    const bool digit = uri[i] >= '0' && uri[i] <= '9';
    if (!digit || out.empty() || (out.back() != '/' && out.back() != '#')) {
      out += uri[i];
      continue;
    }
    const std::size_t end = std::min(uri.find_first_not_of("0123456789.", i), uri.size());
    const bool version = (end == uri.size() || uri[end] == '/') && uri.substr(i, end - i).find('.') != uri.npos;
    out += version ? "#" : uri.substr(i, end - i);
    i = end - 1;
  }
  return out.ends_with('/') ? out : out + '/';
}

void Take(XmpPath& to, const XmpProperty& property, std::string_view name) {
  to.property = property;
  to.name = name;
  to.flat = property.flat.value_or(name);
  to.known = true;
}

}  // namespace

std::string_view XmpPrefixOf(std::string_view uri) {
  const auto all = XmpNamespaces();
  if (uri.empty() || uri.size() > 200) return {};
  const auto find = [&](auto same) {
    const auto found = std::find_if(all.begin(), all.end(), same);
    return found == all.end() ? std::string_view() : found->prefix;
  };
  const auto bare = [](std::string_view text) { return text.ends_with('/') ? text.substr(0, text.size() - 1) : text; };
  if (const auto found = find([&](const auto& one) { return one.uri == uri; }); !found.empty()) return found;
  if (const auto found = find([&](const auto& one) { return bare(one.uri) == bare(uri); }); !found.empty())
    return found;
  static const auto kVersionless = [] {
    std::map<std::string, std::string_view> out;
    for (const auto& one : XmpNamespaces()) out.emplace(Versionless(one.uri), one.prefix);
    return out;
  }();
  const std::string wanted = Versionless(uri);
  const auto found = kVersionless.find(wanted);
  return wanted.find('#') == std::string::npos || found == kVersionless.end() ? std::string_view() : found->second;
}

XmpPath XmpPath::Below(std::string_view prefix_below, std::string_view local) const {
  const Schemas& schemas = AllSchemas();
  const std::string step = Readable(prefix_below, local);
  XmpPath out;
  out.prefix = prefix.empty() ? std::string(prefix_below) : prefix;
  out.id = id.empty() ? step : id + Capital(step);
  const std::string_view table = TableOf(out.prefix);
  const XmpProperty* field = nullptr;
  if (property.structure != nullptr) {
    const auto found = property.structure->fields.find(Capital(step));
    field = found != property.structure->fields.end()                ? &found->second
            : property.structure->open && prefix_below != out.prefix ? Find(schemas.properties, prefix_below, step)
                                                                     : nullptr;
  }
  if (field != nullptr) {
    const bool foreign = property.structure->open && !property.structure->fields.contains(Capital(step));
    const std::string_view own = foreign && !field->name.empty() ? field->name : std::string_view();
    const std::string last = !own.empty()                           ? std::string(own)
                             : field->flat && !field->flat->empty() ? std::string(*field->flat)
                                                                    : Capital(step);
    Take(out, *field, flat + last);
    out.structured = true;
    out.list = !field->single && (field->list || (list && !foreign));
    out.flat = field->flat && field->flat->empty() ? std::string() : out.name;
    if (const auto* named = Find(schemas.paths, table, out.id)) {
      out.name = named->name.empty() ? Capital(out.id) : std::string(named->name);
      out.flat = named->flat ? std::string(*named->flat) : field->flat ? std::string(*field->flat) : out.name;
      if (!named->shown.empty()) out.property.shown = named->shown;
      if (named->form != XmpProperty::Form::kText) out.property.form = named->form;
      if (named->single) out.list = false;
    }
    return out;
  }
  if (const auto* found = Find(schemas.properties, table, out.id)) {
    Take(out, *found, found->name.empty() ? Capital(out.id) : found->name);
    out.list = found->list;
    return out;
  }
  out.structured = structured || property.structure != nullptr;
  out.name = out.structured ? flat + Capital(step) : Capital(out.id);
  out.flat = out.name;
  return out;
}

std::string XmpCleanName(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (IsSmall(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_') out += c;
  }
  out = Capital(out);
  const bool letter = !out.empty() && out[0] >= 'A' && out[0] <= 'Z';
  return letter && out.size() > 1 ? out : "Tag" + out;
}

}  // namespace cairn
