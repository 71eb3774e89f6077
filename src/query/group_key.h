#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/query.h"
#include "cairn/status.h"
#include "query/document.h"
#include "query/path_set.h"

namespace cairn {

/// A fact as it is aggregated. Targets and kinds are the caller's numbers, one for each text, so that grouping
/// compares no strings.
struct Row {
  const Document* document = nullptr;  ///< May be null where neither a measure nor a grouping has a path.
  std::uint32_t target = 0;
  std::uint32_t kind = 0;
  std::string_view run_id;
  Timestamp produced_at;
};

/// What the caller's numbers stand for. Each number is asked for once in an answer.
struct RowNames {
  std::function<std::string(std::uint32_t)> target;
  std::function<std::string(std::uint32_t)> kind;
};

/// By what facts are grouped, resolved once: the key of a group as bytes, and as text in the end.
class GroupKeyPlan {
 public:
  /// Adds the paths that are grouped by to `paths`.
  /// Returns INVALID_ARGUMENT for a path that cannot be read.
  static Result<GroupKeyPlan> Create(const std::vector<GroupBy>& by, PathSet& paths);

  /// Sets `key` to the bytes of the row's group: equal bytes, equal group. Numbers that are equal are one group
  /// however they are spelled, and so are strings; `values` are those of the row's document.
  void Encode(const Row& row, const std::vector<Value>& values, std::string& key) const;

  /// Whether `Encode` looks at the values.
  [[nodiscard]] bool has_paths() const { return has_paths_; }
  /// Groupings, each with a part of the key: the first part comes first.
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  /// Takes the bytes of a part off the front of `key`: equal bytes, equal value.
  std::string_view TakePart(std::size_t part, std::string_view& key) const;
  /// What the bytes of a part stand for, as `AggregateRow::keys` has it.
  [[nodiscard]] std::string PartText(std::size_t part, std::string_view bytes, const RowNames& names) const;

 private:
  struct Part {
    GroupBy::Key key = GroupBy::Key::kTarget;
    std::uint32_t slot = 0;
  };

  std::vector<Part> parts_;
  bool has_paths_ = false;
};

}  // namespace cairn
