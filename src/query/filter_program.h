#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/time.h"
#include "query/mistake.h"
#include "query/path_set.h"
#include "query/value.h"

namespace cairn {

/// A literal of a filter.
struct FilterLiteral {
  Value value;                       ///< Without `text`.
  std::string text;                  ///< Of a string.
  std::optional<Timestamp> instant;  ///< What the string says as a time.
};

enum class FilterOp : std::uint8_t {
  kAnd,  ///< Of the terms `first` to `first + count`.
  kOr,
  kNot,     ///< Of the node `first`.
  kExists,  ///< `slot`.
  kEqual,   ///< `slot` against the literal `first`.
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kGlob,
  kIn,  ///< `slot` against the literals `first` to `first + count`.
};

struct FilterNode {
  FilterOp op = FilterOp::kAnd;
  bool instant = false;  ///< The path is `produced_at`: strings that are times compare as times.
  std::uint32_t slot = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// A filter as it is evaluated.
struct FilterProgram {
  PathSet paths;
  std::vector<FilterNode> nodes;
  std::vector<std::uint32_t> terms;  ///< Nodes, of kAnd and kOr.
  std::vector<FilterLiteral> literals;
  std::optional<std::uint32_t> root;  ///< None: holds for everything.
};

/// Reads the text of a filter, which is UTF-8 and within the bounds of `Filter`, into `program`.
std::optional<Mistake> ParseFilter(std::string_view text, FilterProgram& program);

}  // namespace cairn
