#pragma once

#include <compare>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cairn/status.h"

namespace cairn {

class CacheOperation;

/// A parameter's value, with its type: 1, 1.0, "1", true, null and "null" are six values and make six keys. A
/// parameter that is left out makes a seventh.
class CacheParamValue {
 public:
  CacheParamValue(std::nullptr_t) {}                                              // NOLINT(google-explicit-constructor)
  CacheParamValue(bool value) : value_(value) {}                                  // NOLINT(google-explicit-constructor)
  CacheParamValue(int value) : value_(std::int64_t{value}) {}                     // NOLINT(google-explicit-constructor)
  CacheParamValue(std::int64_t value) : value_(value) {}                          // NOLINT(google-explicit-constructor)
  CacheParamValue(double value) : value_(value) {}                                // NOLINT(google-explicit-constructor)
  CacheParamValue(const char* value) : value_(std::string_view(value)) {}         // NOLINT(google-explicit-constructor)
  CacheParamValue(std::string_view value) : value_(value) {}                      // NOLINT(google-explicit-constructor)
  CacheParamValue(const std::string& value) : value_(std::string_view(value)) {}  // NOLINT(google-explicit-constructor)

  using Kinds = std::variant<std::nullptr_t, bool, std::int64_t, double, std::string_view>;
  [[nodiscard]] const Kinds& kinds() const { return value_; }

 private:
  Kinds value_ = nullptr;
};

/// A named parameter of a look-up. Refers to its texts, which the caller keeps while the key is made.
struct CacheParam {
  std::string_view name;
  CacheParamValue value;
};

/// What a look-up is asked for, as text: `source:operation:name=value&...`, names sorted, so that the order in which
/// they were given does not matter. In names and values `% & = : * @ # ?  [ ]`, control characters and bytes that are
/// no UTF-8 are written `%XX`. Texts stand as they are; what is no text begins with `:`, which no text can: `:1`,
/// `:1.0`,
/// `:true`, `:null`. A user stands first, as `@=` and 32 hex digits of a keyed hash. A value type; made by
/// `CacheOperation`, which it points to, and which must outlive it.
class CacheKey {
 public:
  CacheKey() = default;

  /// All of it. Compared on each hit.
  [[nodiscard]] const std::string& text() const { return text_; }
  /// At most `kShortBytes`: the text itself, or its beginning, `#` and the 128-bit hash of all of it.
  [[nodiscard]] std::string_view short_text() const { return short_.empty() ? text_ : short_; }
  static constexpr std::size_t kShortBytes = 200;
  /// Of the text and the operation's version: two versions of a program never meet in one place.
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  /// Of the text alone: removing a key removes it in every version.
  [[nodiscard]] std::uint64_t text_hash() const { return text_hash_; }
  /// The keyed hash of the user, 32 hex digits; empty where the operation is not per user.
  [[nodiscard]] std::string_view user() const;
  [[nodiscard]] const CacheOperation& operation() const { return *operation_; }

  friend bool operator==(const CacheKey& a, const CacheKey& b) { return a.hash_ == b.hash_ && a.text_ == b.text_; }

 private:
  friend class CacheOperation;

  std::string text_;
  std::uint64_t hash_ = 0;
  std::uint64_t text_hash_ = 0;
  const CacheOperation* operation_ = nullptr;
  std::string short_;
};

}  // namespace cairn
