#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace cairn {

/// A field to look for: `"field":` as it stands in minified JSON. Fields that JSON must escape have no such form.
struct FieldPattern {
  std::string text;
  std::uint32_t below = 0;  ///< The caller's.
};

/// Where a search came to.
struct FieldHit {
  const FieldPattern* pattern = nullptr;  ///< Null: the object or array ended.
  const char* at = nullptr;               ///< The value of the field, or the byte after the closing bracket.
  bool backslashes = false;               ///< Some were passed, so a key may be spelled with escapes.
};

/// From just inside an object or array of valid, minified JSON, looks 64 bytes at a time for the first of `count`
/// fields that stand directly in it, or for its closing bracket. Needs 64 readable bytes after `end`; on bytes that are
/// no JSON it stops at `end` with a null pattern.
///
/// A field nested deeper is told apart by counting brackets outside strings, with masks of a bit for each byte; nothing
/// is done for single keys, strings and numbers on the way. That is why it outruns both a walk from key to
/// key and an index of the whole record.
FieldHit FindField(const char* p, const char* end, const FieldPattern* patterns, std::size_t count);

/// The same for every processor; `FindField` is as fast as the processor at hand allows.
FieldHit FindFieldSse2(const char* p, const char* end, const FieldPattern* patterns, std::size_t count);

}  // namespace cairn
