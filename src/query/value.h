#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace cairn {

/// What stands at a path of a document. `text` points into the document or the scratch it was read with.
struct Value {
  enum class Type : std::uint8_t {
    kAbsent,
    kNull,
    kBool,
    kInt,     ///< An integer that fits 64 bits with a sign.
    kUint,    ///< A greater one that fits without.
    kDouble,  ///< Any other number, rounded to a double.
    kString,  ///< `text` is the string without quotes and escapes.
    kJson,    ///< An object or array: `text` is its JSON.
  };

  Type type = Type::kAbsent;
  union {
    bool boolean;
    std::int64_t integer = 0;
    std::uint64_t natural;
    double real;
  };
  std::string_view text;

  [[nodiscard]] bool IsNumber() const { return type == Type::kInt || type == Type::kUint || type == Type::kDouble; }
  /// The nearest double. Requires `IsNumber()`.
  [[nodiscard]] double AsDouble() const;
};

/// The order of two numbers as mathematics has it: an integer is never rounded to be compared with a double.
/// Requires `IsNumber()` of both.
std::partial_ordering CompareNumbers(const Value& a, const Value& b);

/// Reads a JSON number that begins at `p`; sets `value` and returns the byte after it. Bytes after the number must be
/// readable and must not go on with it.
const char* ReadNumber(const char* p, Value& value);

}  // namespace cairn
