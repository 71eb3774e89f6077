#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "schema/schema_program.h"

namespace cairn {
namespace {

using Number = SchemaNode::Number;
constexpr Number kNone = SchemaNode::kNone;
constexpr std::size_t kPairsMax = 200'000;

/// Holds a schema against the one before it. What it cannot tell it calls a narrowing.
class Comparison {
 public:
  Comparison(const SchemaProgram& before, const SchemaProgram& after)
      : before_(before.nodes()), after_(after.nodes()) {}

  std::optional<SchemaViolation> Run() {
    Later(0, 0, false);
    while (!later_.empty() && !found_) {
      const auto [before, after, is_strict, is_turned] = later_.back();
      later_.pop_back();
      is_strict_ = is_strict;
      is_turned_ = is_turned;
      if (is_turned) {
        Compare(Resolve(after_, after), Resolve(before_, before));
      } else {
        Compare(Resolve(before_, before), Resolve(after_, after));
      }
    }
    return std::move(found_);
  }

 private:
  static const SchemaNode& Resolve(const std::vector<SchemaNode>& nodes, Number number) {
    while (nodes[number].reference != kNone) number = nodes[number].reference;
    return nodes[number];
  }
  /// All that the one takes, the other must take. Turned, the other way round: within `not`.
  void Later(Number before, Number after, bool is_turned) {
    // A pair that is being looked at already needs no second look.
    const auto pair = std::make_tuple(before, after, is_strict_, is_turned);
    if (seen_.insert(pair).second) later_.push_back(pair);
    if (seen_.size() > kPairsMax) found_ = {"", "the two are too much to be compared"};
  }
  /// Numbers of parts of the nodes that `Compare` was given.
  void LaterParts(Number was, Number is) {
    if (is_turned_) std::swap(was, is);
    Later(was, is, is_turned_);
  }
  void LaterBothWays(Number was, Number is) {
    const bool before = is_strict_;
    is_strict_ = true;
    if (is_turned_) std::swap(was, is);
    Later(was, is, is_turned_);
    Later(was, is, !is_turned_);
    is_strict_ = before;
  }
  void LaterTurned(Number was, Number is) {
    const bool before = is_strict_;
    is_strict_ = true;
    if (is_turned_) std::swap(was, is);
    Later(was, is, !is_turned_);
    is_strict_ = before;
  }
  bool Break(const SchemaNode& is, std::string_view keyword, std::string words) {
    if (!found_) found_ = {fmt::format("{}{}{}", is.pointer, keyword.empty() ? "" : "/", keyword), std::move(words)};
    return false;
  }

  void Compare(const SchemaNode& was, const SchemaNode& is) {
    if (was.takes_nothing) return;
    if (is.takes_nothing) {
      Break(is, "", "nothing may stand here any more");
      return;
    }
    CompareTypes(was, is);
    CompareBounds(was, is);
    CompareArrays(was, is);
    CompareObjects(was, is);
    CompareCombined(was, is);
  }

  void CompareTypes(const SchemaNode& was, const SchemaNode& is) {
    if (was.has_values) {
      for (const std::string& value : was.values) {
        if ((TypeOfText(value) & is.types) == 0) Break(is, "type", value + " was taken before");
        if (is.has_values && !std::binary_search(is.values.begin(), is.values.end(), value))
          Break(is, "enum", value + " was taken before");
      }
      return;
    }
    const auto lost = static_cast<std::uint8_t>(was.types & ~is.types);
    if (lost != 0) Break(is, "type", fmt::format("{} was taken before", JsonTypeNames(lost)));
    if (is.has_values) Break(is, "enum", "any value was taken before");
  }
  /// Of canonical JSON.
  static std::uint8_t TypeOfText(const std::string& text) {
    switch (text.front()) {
      case '"':
        return kJsonString;
      case '{':
        return kJsonObject;
      case '[':
        return kJsonArray;
      case 't':
      case 'f':
        return kJsonBoolean;
      case 'n':
        return kJsonNull;
      default:
        return text.find_first_of(".e") == std::string::npos ? kJsonInteger : kJsonFraction;
    }
  }

  template <typename T>
  void CompareBound(const SchemaNode& is, std::string_view keyword, const std::optional<T>& was_bound,
                    const std::optional<T>& is_bound, bool is_least) {
    if (!is_bound) return;
    if (!was_bound) {
      Break(is, keyword, "there was no such bound before");
    } else if (is_least ? *is_bound > *was_bound : *is_bound < *was_bound) {
      Break(is, keyword, fmt::format("the bound was {} before", static_cast<double>(*was_bound)));
    }
  }

  void CompareBounds(const SchemaNode& was, const SchemaNode& is) {
    CompareBound(is, "minimum", was.minimum ? was.minimum : was.exclusive_minimum, is.minimum, true);
    CompareBound(is, "maximum", was.maximum ? was.maximum : was.exclusive_maximum, is.maximum, false);
    CompareBound(is, "exclusiveMinimum", was.exclusive_minimum, is.exclusive_minimum, true);
    CompareBound(is, "exclusiveMaximum", was.exclusive_maximum, is.exclusive_maximum, false);
    CompareBound(is, "minLength", was.min_length, is.min_length, true);
    CompareBound(is, "maxLength", was.max_length, is.max_length, false);
    CompareBound(is, "minItems", was.min_items, is.min_items, true);
    CompareBound(is, "maxItems", was.max_items, is.max_items, false);
    CompareBound(is, "minProperties", was.min_properties, is.min_properties, true);
    CompareBound(is, "maxProperties", was.max_properties, is.max_properties, false);
    if (is.multiple_of && was.multiple_of != is.multiple_of) Break(is, "multipleOf", "other numbers were taken before");
    if (is.pattern && (!was.pattern || was.pattern->text != is.pattern->text))
      Break(is, "pattern", "other texts were taken before");
    if (is.format != SchemaFormat::kNone && was.format != is.format)
      Break(is, "format", "other texts were taken before");
    if (is.are_items_unique && !was.are_items_unique) Break(is, "uniqueItems", "items could be equal before");
  }

  /// A part that is asked for now must have been before.
  void ComparePart(const SchemaNode& is, std::string_view keyword, Number was_part, Number is_part) {
    if (is_part == kNone) return;
    if (was_part != kNone) {
      LaterParts(was_part, is_part);
    } else if (!TakesAll(is_part)) {
      Break(is, keyword, "it was not asked for before");
    }
  }
  /// Whether the part says nothing at all. `is` stands in the other schema where all is turned.
  bool TakesAll(Number part) const {
    const SchemaNode& node = Resolve(is_turned_ ? before_ : after_, part);
    return !node.takes_nothing && node.types == kJsonAny && !node.has_values && !node.minimum && !node.maximum &&
           !node.exclusive_minimum && !node.exclusive_maximum && !node.multiple_of && !node.min_length &&
           !node.max_length && !node.pattern && node.format == SchemaFormat::kNone && !node.min_items &&
           !node.max_items && !node.are_items_unique && node.items == kNone && node.items_by_place.empty() &&
           node.contains == kNone && !node.min_properties && !node.max_properties && node.properties.empty() &&
           node.pattern_properties.empty() && node.additional_properties == kNone && node.property_names == kNone &&
           node.dependencies.empty() && node.InPlace().empty();
  }

  void CompareArrays(const SchemaNode& was, const SchemaNode& is) {
    if (was.items_by_place.size() != is.items_by_place.size() && !(is.items_by_place.empty() && is.items == kNone)) {
      Break(is, "items", "the places that are described were others before");
      return;
    }
    ComparePart(is, "items", was.items, is.items);
    for (std::size_t i = 0; i < is.items_by_place.size(); ++i) LaterParts(was.items_by_place[i], is.items_by_place[i]);
    if (!is.items_by_place.empty()) ComparePart(is, "additionalItems", was.additional_items, is.additional_items);
    if (is.contains == kNone) return;
    // Even one that takes all asks for an item.
    if (was.contains == kNone) {
      Break(is, "contains", "it was not asked for before");
    } else {
      LaterParts(was.contains, is.contains);
    }
  }

  void CompareObjects(const SchemaNode& was, const SchemaNode& is) {
    for (const SchemaNode::Property& property : is.properties) {
      const SchemaNode::Property* former = was.Find(property.name);
      if (property.is_required && (former == nullptr || !former->is_required))
        Break(is, "required", fmt::format("\"{}\" was not required before", property.name));
      if (property.node == kNone) continue;
      if (former != nullptr && former->node != kNone) {
        LaterParts(former->node, property.node);
      } else if (was.additional_properties != kNone) {
        LaterParts(was.additional_properties, property.node);
      } else if (is_strict_ && !TakesAll(property.node)) {
        Break(is, "properties", fmt::format("\"{}\" was not described before", property.name));
      }
    }
    // What was described and is not any more falls under what is said of others.
    for (const SchemaNode::Property& former : was.properties) {
      const SchemaNode::Property* property = is.Find(former.name);
      if (former.node == kNone || (property != nullptr && property->node != kNone) || is.additional_properties == kNone)
        continue;
      if (!MatchesPattern(is, former.name)) CompareDropped(was, former, is);
    }
    if (is.additional_properties != kNone)
      ComparePart(is, "additionalProperties", was.additional_properties, is.additional_properties);
    ComparePart(is, "propertyNames", was.property_names, is.property_names);
    for (const auto& [pattern, part] : is.pattern_properties) {
      const auto former = std::find_if(was.pattern_properties.begin(), was.pattern_properties.end(),
                                       [&, &text = pattern.text](const auto& one) { return one.first.text == text; });
      ComparePart(is, "patternProperties", former == was.pattern_properties.end() ? kNone : former->second, part);
    }
    if (is.additional_properties != kNone && was.pattern_properties.size() > is.pattern_properties.size())
      Break(is, "patternProperties", "more names were taken before");
    for (const SchemaNode::Dependency& one : is.dependencies) CompareDependency(was, is, one);
  }
  static bool MatchesPattern(const SchemaNode& node, const std::string& name) {
    return std::any_of(node.pattern_properties.begin(), node.pattern_properties.end(),
                       [&](const auto& one) { return one.first.Finds(name); });
  }
  void CompareDropped(const SchemaNode& was, const SchemaNode::Property& former, const SchemaNode& is) {
    const std::vector<SchemaNode>& own = is_turned_ ? before_ : after_;
    if (Resolve(own, is.additional_properties).takes_nothing) {
      Break(is, "properties",
            fmt::format("\"{}\" was a field before ({})", former.name, was.pointer + "/properties/" + former.name));
    } else {
      LaterParts(former.node, is.additional_properties);
    }
  }
  void CompareDependency(const SchemaNode& was, const SchemaNode& is, const SchemaNode::Dependency& one) {
    const auto former = std::find_if(was.dependencies.begin(), was.dependencies.end(),
                                     [&](const SchemaNode::Dependency& each) { return each.name == one.name; });
    const bool is_new = former == was.dependencies.end();
    for (const std::string& name : one.needs) {
      if (is_new || std::find(former->needs.begin(), former->needs.end(), name) == former->needs.end())
        Break(is, "dependencies", fmt::format("\"{}\" did not ask for \"{}\" before", one.name, name));
    }
    ComparePart(is, "dependencies", is_new ? kNone : former->node, one.node);
  }

  void CompareCombined(const SchemaNode& was, const SchemaNode& is) {
    if (!is.all_of.empty()) ComparePlaces(was.all_of, is.all_of, is, "allOf", is.all_of.size() <= was.all_of.size());
    if (!is.any_of.empty()) CompareAnyOf(was, is);
    if (!is.one_of.empty()) {
      if (was.one_of.size() != is.one_of.size()) {
        Break(is, "oneOf", "it had other parts before, and whether one alone holds cannot be told");
      } else {
        for (std::size_t i = 0; i < is.one_of.size(); ++i) LaterBothWays(was.one_of[i], is.one_of[i]);
      }
    }
    if (is.negated != kNone) {
      if (was.negated == kNone) {
        Break(is, "not", "it was not asked for before");
      } else {
        LaterTurned(was.negated, is.negated);
      }
    }
    if (is.condition == kNone || (is.consequence == kNone && is.alternative == kNone)) return;
    if (was.condition == kNone) {
      Break(is, "if", "it was not asked for before");
      return;
    }
    LaterBothWays(was.condition, is.condition);
    ComparePart(is, "then", was.consequence, is.consequence);
    ComparePart(is, "else", was.alternative, is.alternative);
  }
  /// By place: each one's part of the schema before against its part now.
  void ComparePlaces(const std::vector<Number>& was, const std::vector<Number>& now, const SchemaNode& is,
                     std::string_view keyword, bool is_enough) {
    if (!is_enough) {
      Break(is, keyword, fmt::format("it had {} parts before", was.size()));
      return;
    }
    for (std::size_t i = 0; i < std::min(was.size(), now.size()); ++i) LaterParts(was[i], now[i]);
  }
  void CompareAnyOf(const SchemaNode& was, const SchemaNode& is) {
    if (was.any_of.empty()) {
      Break(is, "anyOf", "it was not asked for before");
    } else {
      ComparePlaces(was.any_of, is.any_of, is, "anyOf", is.any_of.size() >= was.any_of.size());
    }
  }

  const std::vector<SchemaNode>& before_;
  const std::vector<SchemaNode>& after_;
  bool is_strict_ = false;
  bool is_turned_ = false;
  std::optional<SchemaViolation> found_;
  std::set<std::tuple<Number, Number, bool, bool>> seen_;
  std::vector<std::tuple<Number, Number, bool, bool>> later_;
};

}  // namespace

std::optional<SchemaViolation> FindNarrowing(const SchemaProgram& before, const SchemaProgram& after) {
  return Comparison(before, after).Run();
}

}  // namespace cairn
