// What each keyword of JSON Schema draft 7 says about its part.

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "base/percent.h"
#include "schema/json_canonical.h"
#include "schema/schema_compiler.h"

namespace cairn {
namespace {

using At = SchemaCompiler::At;
using Element = SchemaCompiler::Element;
using Number = SchemaNode::Number;

Status Wrong(const std::string& pointer, std::string_view what) { return SchemaCompiler::Wrong(pointer, what); }

Status ReadCount(const At& at, std::optional<std::uint64_t>& out) {
  std::uint64_t number = 0;
  if (at.value.get_uint64().get(number) != simdjson::SUCCESS)
    return Wrong(at.pointer, "expected a whole number from 0 on");
  out = number;
  return Status::Ok();
}

Status ReadNumber(const At& at, std::optional<long double>& out) {
  std::int64_t whole = 0;
  std::uint64_t large = 0;
  double number = 0;
  if (at.value.get_int64().get(whole) == simdjson::SUCCESS) {
    out = whole;
  } else if (at.value.get_uint64().get(large) == simdjson::SUCCESS) {
    out = large;
  } else if (at.value.get_double().get(number) == simdjson::SUCCESS) {
    out = number;
  } else {
    return Wrong(at.pointer, "expected a number");
  }
  return Status::Ok();
}

Status ReadPart(SchemaCompiler& self, const At& at, Number& out) {
  out = self.Add(at.pointer, at.value);
  return Status::Ok();
}

Status ReadParts(SchemaCompiler& self, const At& at, std::vector<Number>& out) {
  simdjson::dom::array list;
  if (at.value.get_array().get(list) != simdjson::SUCCESS || list.size() == 0)
    return Wrong(at.pointer, "expected a list of schemas, one at least");
  std::size_t place = 0;
  for (const Element one : list) out.push_back(self.Add(fmt::format("{}/{}", at.pointer, place++), one));
  return Status::Ok();
}

template <typename Each>
Status ReadMembers(const At& at, Each each) {
  simdjson::dom::object members;
  if (at.value.get_object().get(members) != simdjson::SUCCESS) return Wrong(at.pointer, "expected an object");
  for (const auto [key, value] : members) {
    if (Status status = each(key, value, at.pointer + PointerStep(key)); !status.ok()) return status;
  }
  return Status::Ok();
}

Status ReadTexts(const At& at, std::vector<std::string>& out) {
  simdjson::dom::array list;
  if (at.value.get_array().get(list) != simdjson::SUCCESS) return Wrong(at.pointer, "expected a list of texts");
  for (const Element one : list) {
    std::string_view text;
    if (one.get_string().get(text) != simdjson::SUCCESS) return Wrong(at.pointer, "expected a list of texts");
    out.emplace_back(text);
  }
  return Status::Ok();
}

SchemaNode::Property& PropertyOf(SchemaNode& node, std::string_view name) {
  const auto at = std::lower_bound(node.properties.begin(), node.properties.end(), name,
                                   [](const auto& property, std::string_view key) { return property.name < key; });
  if (at != node.properties.end() && at->name == name) return *at;
  return *node.properties.insert(at, {std::string(name), SchemaNode::kNone, false});
}

Status ReadType(const At& at) {
  struct Name {
    std::string_view word;
    std::uint8_t types;
  };
  constexpr std::array kNames{Name{"null", kJsonNull},       Name{"boolean", kJsonBoolean},
                              Name{"integer", kJsonInteger}, Name{"number", kJsonInteger | kJsonFraction},
                              Name{"string", kJsonString},   Name{"array", kJsonArray},
                              Name{"object", kJsonObject}};
  std::uint8_t types = 0;
  const auto add = [&](Element one) {
    std::string_view text;
    if (one.get_string().get(text) != simdjson::SUCCESS) return false;
    const auto* found = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.word == text; });
    if (found == kNames.end()) return false;
    types |= found->types;
    return true;
  };
  simdjson::dom::array list;
  bool is_good = true;
  if (at.value.get_array().get(list) == simdjson::SUCCESS) {
    for (const Element one : list) is_good = is_good && add(one);
  } else {
    is_good = add(at.value);
  }
  if (!is_good || types == 0)
    return Wrong(at.pointer, "it is one of null, boolean, integer, number, string, array, object, or a list of them");
  at.node.types = types;
  return Status::Ok();
}

Status ReadValues(const At& at, std::vector<std::string> values) {
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  if (!at.node.has_values) {
    at.node.values = std::move(values);
  } else {  // `enum` and `const`: both.
    std::vector<std::string> both;
    std::set_intersection(values.begin(), values.end(), at.node.values.begin(), at.node.values.end(),
                          std::back_inserter(both));
    at.node.values = std::move(both);
  }
  at.node.has_values = true;
  return Status::Ok();
}

Result<SchemaPattern> ReadPattern(SchemaCompiler& self, std::string_view text, const std::string& pointer) {
  if (text.size() > SchemaProgram::kPatternBytesMax) {
    return SchemaCompiler::TooMuch(pointer, "the expression is too long");
  }
  if (Status counted = self.CountPattern(pointer); !counted.ok()) return counted;
  // What ECMA 262 spells otherwise than RE2.
  std::string spelled;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 5 < text.size() && text[i + 1] == 'u' && text[i + 2] != '{') {
      spelled += fmt::format("\\x{{{}}}", text.substr(i + 2, 4));
      i += 5;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      spelled += text.substr(i++, 2);
    } else {
      spelled += text[i];
    }
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(std::int64_t{1} << 20);
  auto expression = std::make_shared<const RE2>(spelled, options);
  if (!expression->ok()) {
    return Wrong(pointer, fmt::format("the expression is not taken: {} (RE2: no look-around, no back-references)",
                                      expression->error()));
  }
  return SchemaPattern{std::string(text), std::move(expression)};
}

Status ReadReference(SchemaCompiler& self, const At& at) {
  std::string_view text;
  if (at.value.get_string().get(text) != simdjson::SUCCESS) return Wrong(at.pointer, "expected a text");
  if (!text.starts_with('#') || (text.size() > 1 && text[1] != '/'))
    return Wrong(at.pointer, "a reference leads into the document itself: # or #/definitions/NAME");
  const auto pointer = PercentDecode(text.substr(1));
  Element target = self.root();
  if (!pointer || (!pointer->empty() && self.root().at_pointer(*pointer).get(target) != simdjson::SUCCESS))
    return Wrong(at.pointer, fmt::format("there is nothing at {}", text));
  at.node.reference = self.Add(*pointer, target);
  return Status::Ok();
}

}  // namespace

const std::unordered_map<std::string_view, SchemaCompiler::Reader>& SchemaCompiler::Keywords() {
  static constexpr Reader kNote = [](SchemaCompiler&, const At&) { return Status::Ok(); };
  static const std::unordered_map<std::string_view, Reader> keywords = {
      {"$schema",
       [](SchemaCompiler&, const At& at) {
         std::string_view text;
         const bool is_text = at.value.get_string().get(text) == simdjson::SUCCESS;
         return is_text && text.find("draft-07") != std::string_view::npos
                    ? Status::Ok()
                    : Wrong(at.pointer, "draft 7 is known: http://json-schema.org/draft-07/schema#");
       }},
      {"$id", kNote},
      {"$comment", kNote},
      {"title", kNote},
      {"description", kNote},
      {"default", kNote},
      {"examples", kNote},
      {"definitions",
       [](SchemaCompiler& self, const At& at) {
         return ReadMembers(at, [&](std::string_view, Element value, const std::string& pointer) {
           self.Add(pointer, value);
           return Status::Ok();
         });
       }},
      {"$ref", [](SchemaCompiler& self, const At& at) { return ReadReference(self, at); }},
      {"type", [](SchemaCompiler&, const At& at) { return ReadType(at); }},
      {"enum",
       [](SchemaCompiler&, const At& at) {
         simdjson::dom::array list;
         if (at.value.get_array().get(list) != simdjson::SUCCESS || list.size() == 0)
           return Wrong(at.pointer, "expected a list of values, one at least");
         std::vector<std::string> values;
         for (const Element one : list) values.push_back(CanonicalJson(one));
         return ReadValues(at, std::move(values));
       }},
      {"const", [](SchemaCompiler&, const At& at) { return ReadValues(at, {CanonicalJson(at.value)}); }},
      {"minimum", [](SchemaCompiler&, const At& at) { return ReadNumber(at, at.node.minimum); }},
      {"maximum", [](SchemaCompiler&, const At& at) { return ReadNumber(at, at.node.maximum); }},
      {"exclusiveMinimum", [](SchemaCompiler&, const At& at) { return ReadNumber(at, at.node.exclusive_minimum); }},
      {"exclusiveMaximum", [](SchemaCompiler&, const At& at) { return ReadNumber(at, at.node.exclusive_maximum); }},
      {"multipleOf",
       [](SchemaCompiler&, const At& at) {
         if (Status status = ReadNumber(at, at.node.multiple_of); !status.ok()) return status;
         return *at.node.multiple_of > 0 ? Status::Ok() : Wrong(at.pointer, "expected a number above 0");
       }},
      {"minLength", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.min_length); }},
      {"maxLength", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.max_length); }},
      {"pattern",
       [](SchemaCompiler& self, const At& at) -> Status {
         std::string_view text;
         if (at.value.get_string().get(text) != simdjson::SUCCESS) return Wrong(at.pointer, "expected a text");
         auto pattern = ReadPattern(self, text, at.pointer);
         if (!pattern) return pattern.error();
         at.node.pattern = std::move(*pattern);
         return Status::Ok();
       }},
      {"format",
       [](SchemaCompiler&, const At& at) {
         std::string_view text;
         if (at.value.get_string().get(text) != simdjson::SUCCESS) return Wrong(at.pointer, "expected a text");
         if (text == "date") at.node.format = SchemaFormat::kDate;
         if (text == "time") at.node.format = SchemaFormat::kTime;
         if (text == "date-time") at.node.format = SchemaFormat::kDateTime;
         return at.node.format != SchemaFormat::kNone
                    ? Status::Ok()
                    : Wrong(at.pointer, "the formats date, time and date-time are known");
       }},
      {"minItems", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.min_items); }},
      {"maxItems", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.max_items); }},
      {"uniqueItems",
       [](SchemaCompiler&, const At& at) {
         return at.value.get_bool().get(at.node.are_items_unique) == simdjson::SUCCESS
                    ? Status::Ok()
                    : Wrong(at.pointer, "expected true or false");
       }},
      {"items",
       [](SchemaCompiler& self, const At& at) {
         return at.value.is_array() ? ReadParts(self, at, at.node.items_by_place) : ReadPart(self, at, at.node.items);
       }},
      {"additionalItems",
       [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.additional_items); }},
      {"contains", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.contains); }},
      {"minProperties", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.min_properties); }},
      {"maxProperties", [](SchemaCompiler&, const At& at) { return ReadCount(at, at.node.max_properties); }},
      {"required",
       [](SchemaCompiler&, const At& at) {
         std::vector<std::string> names;
         if (Status status = ReadTexts(at, names); !status.ok()) return status;
         for (const std::string& name : names) {
           SchemaNode::Property& property = PropertyOf(at.node, name);
           if (!property.is_required) ++at.node.required_count;
           property.is_required = true;
         }
         return Status::Ok();
       }},
      {"properties",
       [](SchemaCompiler& self, const At& at) {
         return ReadMembers(at, [&](std::string_view key, Element value, const std::string& pointer) {
           PropertyOf(at.node, key).node = self.Add(pointer, value);
           return Status::Ok();
         });
       }},
      {"patternProperties",
       [](SchemaCompiler& self, const At& at) {
         return ReadMembers(at, [&](std::string_view key, Element value, const std::string& pointer) -> Status {
           auto pattern = ReadPattern(self, key, pointer);
           if (!pattern) return pattern.error();
           at.node.pattern_properties.emplace_back(std::move(*pattern), self.Add(pointer, value));
           return Status::Ok();
         });
       }},
      {"additionalProperties",
       [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.additional_properties); }},
      {"propertyNames", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.property_names); }},
      {"dependencies",
       [](SchemaCompiler& self, const At& at) {
         return ReadMembers(at, [&](std::string_view key, Element value, const std::string& pointer) {
           SchemaNode::Dependency& one = at.node.dependencies.emplace_back();
           one.name = key;
           if (value.is_array()) return ReadTexts({value, pointer, at.node}, one.needs);
           return ReadPart(self, {value, pointer, at.node}, one.node);
         });
       }},
      {"allOf", [](SchemaCompiler& self, const At& at) { return ReadParts(self, at, at.node.all_of); }},
      {"anyOf", [](SchemaCompiler& self, const At& at) { return ReadParts(self, at, at.node.any_of); }},
      {"oneOf", [](SchemaCompiler& self, const At& at) { return ReadParts(self, at, at.node.one_of); }},
      {"not", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.negated); }},
      {"if", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.condition); }},
      {"then", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.consequence); }},
      {"else", [](SchemaCompiler& self, const At& at) { return ReadPart(self, at, at.node.alternative); }},
  };
  return keywords;
}

}  // namespace cairn
