#pragma once

#include <memory>
#include <string_view>

#include "cairn/status.h"
#include "query/document.h"
#include "query/path_set.h"

namespace cairn {

struct FilterProgram;

/// A condition on a fact, in the language of `docs/query.md`:
/// `payload.row_count > 1000 and extras.window_start >= "2026-01-01"`. Immutable and cheap to copy; any thread may use
/// it, each with a scratch of its own.
class Filter {
 public:
  static constexpr std::size_t kBytesMax = 65536;
  static constexpr std::size_t kDepthMax = 200;  ///< Of parentheses and `not`.
  static constexpr std::size_t kPathsMax = 256;

  /// Reads a filter. One of blanks alone holds for every fact.
  /// Returns INVALID_ARGUMENT for a mistake, with the column in characters, counted from 1:
  /// `filter, column 21: expected a value after '>'`.
  static Result<Filter> Parse(std::string_view text);

  /// Whether the fact meets the condition. A comparison of unlike types, and of what is absent, does not hold; it is no
  /// error.
  bool Matches(const Document& document, PathScratch& scratch) const;

  /// Every path the filter reads.
  [[nodiscard]] const PathSet& paths() const;

 private:
  explicit Filter(std::shared_ptr<const FilterProgram> program) : program_(std::move(program)) {}

  std::shared_ptr<const FilterProgram> program_;
};

}  // namespace cairn
