#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

namespace cairn {

/// What reading an event asks of the DOM again and again. Null counts as absent everywhere.

using Element = simdjson::dom::element;
using Object = simdjson::dom::object;
using Array = simdjson::dom::array;

inline std::optional<Element> Member(Object object, std::string_view key) {
  Element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  return value;
}

inline std::optional<Object> AsObject(std::optional<Element> value) {
  Object out;
  if (!value || value->get_object().get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

inline std::optional<Array> AsArray(std::optional<Element> value) {
  Array out;
  if (!value || value->get_array().get(out) != simdjson::SUCCESS) return std::nullopt;
  return out;
}

/// Empty where there is no string.
inline std::string_view AsText(std::optional<Element> value) {
  std::string_view out;
  if (!value || value->get_string().get(out) != simdjson::SUCCESS) return {};
  return out;
}

inline std::string_view Text(Object object, std::string_view key) { return AsText(Member(object, key)); }

/// For words that producers are meant to write in upper case.
inline bool SameWord(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    if (upper(a[i]) != upper(b[i])) return false;
  }
  return true;
}

}  // namespace cairn
