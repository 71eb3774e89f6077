#pragma once

#include <string>
#include <string_view>

#include "base/json_string.h"

namespace cairn {

/// Walks minified JSON that was checked when it came, without parsing it: for finding one part of a record again at the
/// cost of stepping over the rest. Damaged text makes the walk end early with `false`; it is never read beyond its end.
struct JsonCursor {
  const char* at;
  const char* end;

  explicit JsonCursor(std::string_view text) : at(text.data()), end(text.data() + text.size()) {}

  /// The next byte; 0 at the end.
  [[nodiscard]] char Peek() const { return at < end ? *at : '\0'; }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at;
    return true;
  }
};

/// Steps over a string and gives what stands between its quotes, escapes as they are.
bool TakeString(JsonCursor& cursor, std::string_view* raw);

/// Steps over any value.
bool SkipValue(JsonCursor& cursor);

/// Steps over any value and gives its bytes.
bool TakeValue(JsonCursor& cursor, std::string_view* bytes);

/// Whether a key, as it stands between its quotes, means `name`. An escape is longer than what it stands for.
inline bool KeyIs(std::string_view raw_key, std::string_view name) {
  if (raw_key.size() <= name.size()) return raw_key == name;
  return raw_key.find('\\') != std::string_view::npos && UnescapeJson(raw_key) == name;
}

/// Calls `on_member(raw_key)` with the cursor at each value of an object; it must step over the value, and returns
/// false to end the walk. True when the walk came to the end of the object.
template <typename OnMember>
bool WalkObject(JsonCursor& cursor, OnMember on_member) {
  if (!cursor.Take('{')) return false;
  if (cursor.Take('}')) return true;
  do {
    std::string_view key;
    if (!TakeString(cursor, &key) || !cursor.Take(':') || !on_member(key)) return false;
  } while (cursor.Take(','));
  return cursor.Take('}');
}

/// The same for the elements of an array.
template <typename OnElement>
bool WalkArray(JsonCursor& cursor, OnElement on_element) {
  if (!cursor.Take('[')) return false;
  if (cursor.Take(']')) return true;
  do {
    if (!on_element()) return false;
  } while (cursor.Take(','));
  return cursor.Take(']');
}

}  // namespace cairn
