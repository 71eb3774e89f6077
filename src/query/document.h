#pragma once

#include <string_view>

namespace cairn {

/// A fact as queries read it: bytes that were checked when they entered the log, so valid JSON, minified, no key twice.
/// `record` and, for a facet, `payload` have 64 readable bytes after their end: scanners read in wide steps.
struct Document {
  std::string_view record;   ///< The record; for a facet the record that carries its event.
  std::string_view kind;     ///< What the path `kind` answers.
  std::string_view payload;  ///< Of a facet: its own bytes, for the paths under `payload`. Not used otherwise.
  bool facet = false;        ///< The fields of the payload go through `FacetField`.
};

}  // namespace cairn
