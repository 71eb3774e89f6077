#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/json.h"
#include "schema/json_canonical.h"
#include "schema/schema_formats.h"
#include "schema/schema_program.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;
using ElementType = simdjson::dom::element_type;
using Number = SchemaNode::Number;
constexpr Number kNone = SchemaNode::kNone;

/// Handlers run on stacks of 256 KiB; a frame takes less than 1 KiB.
constexpr int kFramesMax = 128;
constexpr std::size_t kStepsMin = 100'000;
constexpr std::size_t kStepsPerByte = 8;
constexpr std::size_t kShownMax = 60;  // Of a value, in words.

/// Where in the payload one is: a list upwards, on the stack.
struct Place {
  const Place* parent = nullptr;
  std::string_view key;
  std::size_t index = 0;
  bool is_item = false;
};

std::string PointerOf(const Place* place) {
  std::vector<const Place*> steps;
  for (; place != nullptr && place->parent != nullptr; place = place->parent) steps.push_back(place);
  std::string out;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    out += (*step)->is_item ? fmt::format("/{}", (*step)->index) : PointerStep((*step)->key);
  }
  return out;
}

std::uint8_t TypeOf(Element value) {
  switch (value.type()) {
    case ElementType::NULL_VALUE:
      return kJsonNull;
    case ElementType::BOOL:
      return kJsonBoolean;
    case ElementType::INT64:
    case ElementType::UINT64:
      return kJsonInteger;
    case ElementType::DOUBLE: {
      const double number = value.get_double().value_unsafe();
      return std::nearbyint(number) == number ? kJsonInteger : kJsonFraction;
    }
    case ElementType::STRING:
      return kJsonString;
    case ElementType::ARRAY:
      return kJsonArray;
    case ElementType::OBJECT:
      break;
  }
  return kJsonObject;
}

long double NumberOf(Element value) {
  if (value.is_int64()) return value.get_int64().value_unsafe();
  if (value.is_uint64()) return value.get_uint64().value_unsafe();
  return value.get_double().value_unsafe();
}

std::string Shortened(std::string text) {
  if (text.size() <= kShownMax) return text;
  std::size_t end = kShownMax;
  while ((text[end] & 0xC0) == 0x80) --end;  // No character is cut.
  text.resize(end);
  return text += "...";
}

std::string Shown(Element value) {
  if (value.is_object() || value.is_array()) return JsonTypeNames(TypeOf(value));
  return Shortened(CanonicalJson(value));
}

std::string NumberText(long double number) { return fmt::format("{}", static_cast<double>(number)); }

bool IsMultiple(long double number, long double of) {
  const long double times = number / of;
  constexpr long double kTwo64 = 18446744073709551616.0L;
  if (std::fabs(number) < kTwo64 && std::nearbyint(number) == number && std::nearbyint(of) == of)
    return std::fmod(number, of) == 0;
  // 0.3 is a multiple of 0.1, though no number of 64 bits is.
  return std::fabs(times - std::nearbyint(times)) <= 1e-9L * std::max(1.0L, std::fabs(times));
}

std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

class Checker {
 public:
  Checker(const std::vector<SchemaNode>& nodes, std::size_t steps) : nodes_(nodes), steps_(steps) {}

  std::vector<SchemaViolation> Run(Element value) {
    const Place root;
    (void)Holds(0, value, root, true);
    if (is_exhausted_) found_ = {{"", "it takes too long, or is too deep, to be checked by its schema"}};
    return std::move(found_);
  }

 private:
  /// Whether the value is as that part says. With `tells` all that is wrong is told; without, the first ends it.
  bool Holds(Number number, Element value, const Place& place, bool tells) {
    if (is_exhausted_ || steps_ == 0 || frames_ == kFramesMax) {
      is_exhausted_ = true;
      return false;
    }
    --steps_;
    ++frames_;
    const bool holds = HoldsHere(nodes_[number], value, place, tells);
    --frames_;
    return holds;
  }

  bool HoldsHere(const SchemaNode& node, Element value, const Place& place, bool tells) {
    if (node.reference != kNone) return Holds(node.reference, value, place, tells);
    if (node.takes_nothing) return Fail(place, tells, [] { return "nothing may stand here"; });
    const std::uint8_t type = TypeOf(value);
    if ((type & node.types) == 0) {
      return Fail(place, tells,
                  [&] { return fmt::format("expected {}, found {}", JsonTypeNames(node.types), Shown(value)); });
    }
    bool holds = !node.has_values || HasValue(node, value, place, tells);
    const auto also = [&](bool one) {
      holds = one && holds;
      return holds || tells;
    };
    if (!holds && !tells) return false;
    if ((type & (kJsonInteger | kJsonFraction)) != 0 && !also(HoldsNumber(node, value, place, tells))) return false;
    if (type == kJsonString && !also(HoldsText(node, value, place, tells))) return false;
    if (type == kJsonArray && !also(HoldsArray(node, value, place, tells))) return false;
    if (type == kJsonObject && !also(HoldsObject(node, value, place, tells))) return false;
    return also(HoldsCombined(node, value, place, tells)) && holds;
  }

  template <typename Words>
  bool Fail(const Place& place, bool tells, Words words) {
    if (tells && found_.size() < SchemaProgram::kViolationsMax)
      found_.push_back({PointerOf(&place), std::string(words())});
    return false;
  }

  bool Spend(std::size_t steps) {
    is_exhausted_ = is_exhausted_ || steps > steps_;
    if (!is_exhausted_) steps_ -= steps;
    return !is_exhausted_;
  }

  bool HasValue(const SchemaNode& node, Element value, const Place& place, bool tells) {
    const std::string text = CanonicalJson(value);
    if (!Spend(text.size() / 16)) return false;
    if (std::binary_search(node.values.begin(), node.values.end(), text)) return true;
    return Fail(place, tells, [&] {
      std::string words = node.values.size() == 1 ? "expected " : "expected one of ";
      for (std::size_t i = 0; i < node.values.size() && i < 10; ++i)
        words += (i == 0 ? "" : ", ") + Shortened(node.values[i]);
      return fmt::format("{}{}, found {}", words, node.values.size() > 10 ? ", ..." : "", Shown(value));
    });
  }

  bool HoldsNumber(const SchemaNode& node, Element value, const Place& place, bool tells) {
    const long double number = NumberOf(value);
    const auto fail = [&](std::string_view what, const std::optional<long double>& bound) {
      return Fail(place, tells,
                  [&] { return fmt::format("expected {} {}, found {}", what, NumberText(*bound), Shown(value)); });
    };
    if (node.minimum && number < *node.minimum) return fail("at least", node.minimum);
    if (node.maximum && number > *node.maximum) return fail("at most", node.maximum);
    if (node.exclusive_minimum && number <= *node.exclusive_minimum) return fail("more than", node.exclusive_minimum);
    if (node.exclusive_maximum && number >= *node.exclusive_maximum) return fail("less than", node.exclusive_maximum);
    if (node.multiple_of && !IsMultiple(number, *node.multiple_of)) return fail("a multiple of", node.multiple_of);
    return true;
  }

  bool HoldsText(const SchemaNode& node, Element value, const Place& place, bool tells) {
    const std::string_view text = value.get_string().value_unsafe();
    if (node.min_length || node.max_length) {
      const std::size_t length = CountCharacters(text);
      if (!HoldsCount(length, node.min_length, node.max_length, "characters", place, tells)) return false;
    }
    if (node.pattern && !node.pattern->Finds(text)) {
      return Fail(place, tells,
                  [&] { return fmt::format("expected a text like {}, found {}", node.pattern->text, Shown(value)); });
    }
    if (node.format != SchemaFormat::kNone && !HasFormat(text, node.format)) {
      return Fail(place, tells,
                  [&] { return fmt::format("expected {}, found {}", FormatName(node.format), Shown(value)); });
    }
    return true;
  }

  bool HoldsCount(std::size_t count, const std::optional<std::uint64_t>& least,
                  const std::optional<std::uint64_t>& most, std::string_view what, const Place& place, bool tells) {
    if (least && count < *least)
      return Fail(place, tells, [&] { return fmt::format("expected {} {} at least, found {}", *least, what, count); });
    if (most && count > *most)
      return Fail(place, tells, [&] { return fmt::format("expected {} {} at most, found {}", *most, what, count); });
    return true;
  }

  bool HoldsArray(const SchemaNode& node, Element value, const Place& place, bool tells) {
    const simdjson::dom::array array = value.get_array().value_unsafe();
    Place at{&place, {}, 0, true};
    bool holds = true;
    bool is_contained = node.contains == kNone;
    std::set<std::string> seen;
    for (const Element item : array) {
      const bool has_place = at.index < node.items_by_place.size();
      const Number part = node.items != kNone           ? node.items
                          : has_place                   ? node.items_by_place[at.index]
                          : node.items_by_place.empty() ? kNone
                                                        : node.additional_items;
      if (part != kNone) holds = Holds(part, item, at, tells) && holds;
      if (!is_contained) is_contained = Holds(node.contains, item, at, false);
      if (node.are_items_unique) {
        std::string text = CanonicalJson(item);
        if (!Spend(1 + text.size() / 16)) return false;
        if (!seen.insert(std::move(text)).second)
          holds = Fail(at, tells, [] { return "expected items that differ; this one stands there before"; });
      }
      if (is_exhausted_ || (!holds && !tells)) return false;
      ++at.index;
    }
    if (!is_contained) holds = Fail(place, tells, [] { return "no item is as \"contains\" says"; });
    return HoldsCount(at.index, node.min_items, node.max_items, "items", place, tells) && holds;
  }

  bool HoldsObject(const SchemaNode& node, Element value, const Place& place, bool tells) {
    const simdjson::dom::object object = value.get_object().value_unsafe();
    Place at{&place, {}, 0, false};
    bool holds = true;
    std::size_t count = 0;
    std::size_t required = 0;
    for (const auto [key, member] : object) {
      ++count;
      at.key = key;
      const SchemaNode::Property* property = node.Find(key);
      bool is_described = false;
      if (property != nullptr) {
        if (property->is_required) ++required;
        is_described = property->node != kNone;
        if (is_described) holds = Holds(property->node, member, at, tells) && holds;
      }
      for (const auto& [pattern, part] : node.pattern_properties) {
        if (!pattern.Finds(key)) continue;
        is_described = true;
        holds = Holds(part, member, at, tells) && holds;
      }
      if (!is_described && node.additional_properties != kNone) {
        if (nodes_[node.additional_properties].takes_nothing) {
          holds = Fail(at, tells, [] { return "there is no field of that name in the schema"; });
        } else {
          holds = Holds(node.additional_properties, member, at, tells) && holds;
        }
      }
      if (node.property_names != kNone) holds = NameHolds(node.property_names, key, at, tells) && holds;
      if (is_exhausted_ || (!holds && !tells)) return false;
    }
    if (required < node.required_count) {
      holds = false;
      if (!tells) return false;
      for (const SchemaNode::Property& property : node.properties) {
        if (property.is_required && object.at_key(property.name).error() != simdjson::SUCCESS)
          Fail(place, tells, [&] { return fmt::format("\"{}\" is missing", property.name); });
      }
    }
    for (const SchemaNode::Dependency& one : node.dependencies) {
      if (object.at_key(one.name).error() != simdjson::SUCCESS) continue;
      for (const std::string& needed : one.needs) {
        if (object.at_key(needed).error() == simdjson::SUCCESS) continue;
        holds = Fail(place, tells,
                     [&] { return fmt::format("\"{}\" is missing, which \"{}\" asks for", needed, one.name); });
      }
      if (one.node != kNone) holds = Holds(one.node, value, place, tells) && holds;
      if (is_exhausted_) return false;
    }
    return HoldsCount(count, node.min_properties, node.max_properties, "fields", place, tells) && holds;
  }

  /// A key is held against a schema as a text.
  bool NameHolds(Number part, std::string_view key, const Place& place, bool tells) {
    simdjson::dom::parser parser;
    Element name;
    std::string json;
    AppendJsonString(json, key);
    if (parser.parse(json).get(name) != simdjson::SUCCESS) return false;
    if (Holds(part, name, place, false)) return true;
    return Fail(place, tells, [] { return "the name of this field is not as \"propertyNames\" says"; });
  }

  bool HoldsCombined(const SchemaNode& node, Element value, const Place& place, bool tells) {
    bool holds = true;
    for (const Number part : node.all_of) {
      holds = Holds(part, value, place, tells) && holds;
      if (!holds && !tells) return false;
    }
    if (!node.any_of.empty() && std::none_of(node.any_of.begin(), node.any_of.end(),
                                             [&](Number part) { return Holds(part, value, place, false); })) {
      holds = Fail(place, tells, [] { return "it is as none of \"anyOf\" says"; });
    }
    if (!node.one_of.empty()) {
      const auto count = std::count_if(node.one_of.begin(), node.one_of.end(),
                                       [&](Number part) { return Holds(part, value, place, false); });
      if (count != 1)
        holds =
            Fail(place, tells, [&] { return fmt::format("it is as {} of \"oneOf\" say, and one is expected", count); });
    }
    if (node.negated != kNone && Holds(node.negated, value, place, false))
      holds = Fail(place, tells, [] { return "it is as \"not\" says"; });
    if (node.condition != kNone) {
      const Number part = Holds(node.condition, value, place, false) ? node.consequence : node.alternative;
      if (part != kNone) holds = Holds(part, value, place, tells) && holds;
    }
    return holds && !is_exhausted_;
  }

  const std::vector<SchemaNode>& nodes_;
  std::size_t steps_;
  int frames_ = 0;
  bool is_exhausted_ = false;
  std::vector<SchemaViolation> found_;
};

}  // namespace

std::string JsonTypeNames(std::uint8_t types) {
  struct Name {
    std::uint8_t types;
    std::string_view word;
  };
  constexpr Name kNames[] = {{kJsonInteger | kJsonFraction, "number"},
                             {kJsonInteger, "integer"},
                             {kJsonString, "string"},
                             {kJsonBoolean, "boolean"},
                             {kJsonArray, "array"},
                             {kJsonObject, "object"},
                             {kJsonNull, "null"}};
  std::string out;
  for (const Name& name : kNames) {
    if ((types & name.types) != name.types) continue;
    out += (out.empty() ? "" : " or ") + std::string(name.word);
    types = static_cast<std::uint8_t>(types & ~name.types);
  }
  return out.empty() ? "number" : out;
}

bool SchemaPattern::Finds(std::string_view in) const {
  return RE2::PartialMatch(re2::StringPiece(in.data(), in.size()), *expression);
}

std::vector<SchemaViolation> SchemaProgram::Check(Element value, std::size_t bytes) const {
  return Checker(nodes_, kStepsMin + kStepsPerByte * bytes).Run(value);
}

}  // namespace cairn
