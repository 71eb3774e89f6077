#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "query/mistake.h"

namespace cairn {

/// Where a value stands in a record: `payload.row_count`, `extras."odd key"`, `payload.items[0].x`.
///
/// A field is a word of letters, digits, `_ - $ @ : /` and characters beyond ASCII, or anything in quotes. The first
/// field begins with none of `0-9 -`, so that it cannot be taken for a number. At most `kStepsMax` steps.
struct Path {
  struct Step {
    std::string field;  ///< Unless `index` is given.
    std::optional<std::uint32_t> index;
    friend bool operator==(const Step&, const Step&) = default;
  };

  static constexpr std::size_t kStepsMax = 64;

  std::vector<Step> steps;  ///< Never empty; the first is a field.

  /// Returns INVALID_ARGUMENT, with the column, for what is no path.
  static Result<Path> Parse(std::string_view text);

  /// The path as text that parses to it.
  [[nodiscard]] std::string ToString() const;

  friend bool operator==(const Path&, const Path&) = default;
};

/// Whether a path may begin with `c`.
bool BeginsPath(char c);

/// Reads the path that begins at `at` and moves `at` behind it.
std::optional<Mistake> ReadPath(std::string_view text, std::size_t& at, Path& path);

}  // namespace cairn
