#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "query/document.h"
#include "query/json_search.h"
#include "query/path.h"
#include "query/value.h"

namespace cairn {

/// What reading needs besides the document, kept for reuse. One thread at a time; any path set may use it in turn.
struct PathScratch {
  std::vector<Value> values;        ///< By slot, after `PathSet::Read`.
  std::deque<std::string> strings;  ///< Of values with escapes; their places stay.
  std::size_t strings_used = 0;
};

/// Paths that are read from a document together, in one pass that ends where the last of them was found. Immutable
/// once every path is added; then any thread may read with it.
class PathSet {
 public:
  PathSet() : nodes_(1) {}

  /// The path's slot; that of the same path where it was added before.
  std::uint32_t Add(const Path& path);

  [[nodiscard]] std::size_t size() const { return paths_.size(); }
  [[nodiscard]] const Path& path(std::uint32_t slot) const { return paths_[slot]; }

  /// Sets `scratch.values`, one for each slot. They are valid until the document or the scratch is used otherwise.
  void Read(const Document& document, PathScratch& scratch) const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Node {
    std::uint32_t slot = kNone;                                    ///< Of the path that ends here.
    std::vector<std::pair<std::string, std::uint32_t>> fields;     ///< To the node below.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> indices;  ///< Sorted by index.
    std::vector<FieldPattern> patterns;  ///< Of the fields, where there are few and none needs escapes; else empty.
  };

  class Pass;

  static void SetPatterns(Node& node);

  /// The node below `from`, made where there is none.
  std::uint32_t Below(std::uint32_t from, const Path::Step& step);

  std::vector<Path> paths_;
  std::vector<Node> nodes_;  ///< The first is the record; `kind` is not below it, as the document states that.
  std::uint32_t payload_ = kNone;
  std::uint32_t kind_slot_ = kNone;
};

}  // namespace cairn
