#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/query.h"
#include "lineage/reader.h"
#include "query/document.h"
#include "query/filter.h"
#include "view/views.h"

namespace cairn {

/// What a `QuerySpec` asks for, resolved once. Immutable; any thread may use it.
class Selection {
 public:
  /// Returns INVALID_ARGUMENT for a filter or job that cannot be read.
  static Result<Selection> Create(const QuerySpec& spec);

  /// The series that may hold what is asked for.
  [[nodiscard]] std::vector<std::uint32_t> SeriesOf(const Views& views) const;
  /// The same, of the series that stand now, while `pause` lets writers in. False where it must be done anew.
  bool SeriesOf(const Views& views, Pause& pause, std::vector<std::uint32_t>* out) const;
  /// Whether a fact of such a series counts: facets do only where their kind is named.
  [[nodiscard]] bool Wants(std::uint32_t facet) const { return facets_ || facet == Fact::kWholeRecord; }
  /// What can be told only from the record.
  [[nodiscard]] bool Matches(const Document& document, PathScratch& scratch) const;
  [[nodiscard]] bool reads_records() const { return !filters_.empty() || sees_ != nullptr; }
  /// Whether the one who asks may see all that the fact names; only where `Matches`.
  [[nodiscard]] bool Shows(const Document& document) const;

  [[nodiscard]] std::int64_t from() const { return from_; }
  [[nodiscard]] std::int64_t until() const { return until_; }

 private:
  [[nodiscard]] bool MatchesNode(const NodeView& node) const;

  std::string tenant_;
  std::vector<std::string> kinds_;
  TargetMatch target_;
  bool facets_ = false;
  std::int64_t from_ = 0;
  std::int64_t until_ = 0;
  std::vector<Filter> filters_;
  std::shared_ptr<const Visibility> sees_;  // Null: everything.
};

/// The document that queries read of a fact; its views point into `line`.
/// Returns DATA_LOSS where the facet is not there.
Result<Document> DocumentOf(Seq seq, std::string_view line, std::uint32_t facet, std::string_view kind);

}  // namespace cairn
