#pragma once

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/status.h"

namespace re2 {
class RE2;
}

namespace cairn {

/// Where a payload is not as its schema says, and what was expected there.
struct SchemaViolation {
  std::string pointer;  ///< Into the payload (RFC 6901); empty: the whole.
  std::string words;
};

/// The types of JSON as a set. `number` is both of the numbers.
enum JsonTypes : std::uint8_t {
  kJsonNull = 1,
  kJsonBoolean = 2,
  kJsonInteger = 4,
  kJsonFraction = 8,
  kJsonString = 16,
  kJsonArray = 32,
  kJsonObject = 64,
  kJsonAny = 127,
};
/// `integer or string`.
std::string JsonTypeNames(std::uint8_t types);

/// An expression that takes time by the length of the text, whatever it is (RE2).
struct SchemaPattern {
  std::string text;
  std::shared_ptr<const re2::RE2> expression;
  [[nodiscard]] bool Finds(std::string_view in) const;
};

enum class SchemaFormat : std::uint8_t { kNone, kDate, kTime, kDateTime };

/// A schema or a part of one, ready to be held against values. Parts name each other by number.
struct SchemaNode {
  using Number = std::uint32_t;
  static constexpr Number kNone = 0xFFFFFFFF;
  struct Property {
    std::string name;
    Number node = kNone;  ///< `kNone`: required, and not described.
    bool is_required = false;
  };
  struct Dependency {
    std::string name;
    std::vector<std::string> needs;
    Number node = kNone;
  };

  std::string pointer;         ///< Into the schema.
  bool takes_nothing = false;  ///< The schema `false`.
  std::uint8_t types = kJsonAny;
  bool has_values = false;          ///< `enum` or `const`.
  std::vector<std::string> values;  ///< Canonical JSON.

  std::optional<long double> minimum, exclusive_minimum, maximum, exclusive_maximum, multiple_of;
  std::optional<std::uint64_t> min_length, max_length;
  std::optional<SchemaPattern> pattern;
  SchemaFormat format = SchemaFormat::kNone;

  std::optional<std::uint64_t> min_items, max_items;
  bool are_items_unique = false;
  Number items = kNone;
  std::vector<Number> items_by_place;
  Number additional_items = kNone;
  Number contains = kNone;

  std::optional<std::uint64_t> min_properties, max_properties;
  std::vector<Property> properties;  ///< By name.
  std::size_t required_count = 0;
  std::vector<std::pair<SchemaPattern, Number>> pattern_properties;
  Number additional_properties = kNone;
  Number property_names = kNone;
  std::vector<Dependency> dependencies;

  std::vector<Number> all_of, any_of, one_of;
  Number negated = kNone;
  Number condition = kNone, consequence = kNone, alternative = kNone;
  Number reference = kNone;  ///< `$ref`.

  [[nodiscard]] const Property* Find(std::string_view name) const;
  /// The parts that are held against the same value.
  [[nodiscard]] std::vector<Number> InPlace() const;
};

/// A JSON Schema of draft 7, compiled. A value; any thread may use it.
class SchemaProgram {
 public:
  static constexpr std::size_t kBytesMax = std::size_t{256} << 10;
  static constexpr std::size_t kDepthMax = 64;
  static constexpr std::size_t kNodesMax = 10'000;
  static constexpr std::size_t kPatternsMax = 200;
  static constexpr std::size_t kPatternBytesMax = 1000;
  static constexpr std::size_t kViolationsMax = 20;

  /// Returns INVALID_ARGUMENT, with the pointer, for what is no schema, a keyword or format that is not known, a `$ref`
  /// that leads out of the document or back to itself, an expression that RE2 does not take; RESOURCE_EXHAUSTED beyond
  /// the bounds above.
  static Result<std::shared_ptr<const SchemaProgram>> Compile(std::string_view json);

  /// What is wrong with the value, at most `kViolationsMax`; nothing where it is as the schema says. `bytes` is about
  /// how long it is as text: the work is bounded by it, and what would take more is a violation too.
  [[nodiscard]] std::vector<SchemaViolation> Check(simdjson::dom::element value, std::size_t bytes) const;

  /// The first is the whole.
  [[nodiscard]] const std::vector<SchemaNode>& nodes() const { return nodes_; }

 private:
  friend class SchemaCompiler;
  std::vector<SchemaNode> nodes_;
};

/// Where what the schema `before` takes would not be taken by `after`, by pointer into `after` (or, of what is gone,
/// `before`) and in words; none where all is. That a record had a field which nobody described, and which is described
/// now, does not count.
std::optional<SchemaViolation> FindNarrowing(const SchemaProgram& before, const SchemaProgram& after);

}  // namespace cairn
