#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/grant.h"
#include "cairn/repository.h"

namespace cairn {

/// A store as the bearer of a grant sees it. What he may not see is not there: nodes are not found, facts are left out
/// and counted (`withheld`), and where the lineage of his own leads to such a node a closed stub stands for it, which
/// says that there is something and nothing else. What he stores goes through `Admission`.
/// A run is seen by who sees its job. What concerns the whole store (`Stats`, `Verify`, `Dump`, ...) needs the scope
/// admin and a grant that is not narrowed: PERMISSION_DENIED otherwise.
class ScopedRepository final : public Repository {
 public:
  ScopedRepository(std::shared_ptr<Repository> whole, Grant grant);

  Result<Stored> Store(std::string_view json) override;
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override;

  Result<Fact> Latest(std::string_view kind, const NodeView& node) override;
  Result<FactList> History(std::string_view kind, const NodeView& node, const HistorySpec& spec) override;
  Result<QueryPage> Query(const QuerySpec& spec) override;
  Result<AggregateResult> Aggregate(const AggregateSpec& spec) override;
  Result<RunInfo> Run(std::string_view tenant, std::string_view run_id) override;
  Result<std::vector<RunInfo>> Runs(const RunsSpec& spec) override;
  Result<FactList> RunRecords(std::string_view tenant, std::string_view run_id) override;
  Result<LineageGraph> Lineage(const LineageSpec& spec) override;
  Result<LineagePaths> Paths(const LineagePathsSpec& spec) override;
  Result<LineageImpact> Impact(const LineageSpec& spec) override;
  Result<LineageShared> Shared(const LineageSharedSpec& spec) override;
  Result<LineageDiff> Difference(const LineageDiffSpec& spec) override;
  Result<LineageWhy> Why(const LineageWhySpec& spec) override;
  Result<LineageInherited> Inherit(const LineageInheritSpec& spec) override;
  Result<EntityInfo> Entity(const NodeView& node) override;
  Result<std::vector<NodeKey>> FindNodes(std::string_view tenant, std::string_view text, std::size_t limit) override;
  Result<std::vector<NamespaceInfo>> Namespaces(std::string_view tenant) override;
  Result<EntitiesPage> Entities(const EntitiesSpec& spec) override;
  Result<SearchPage> Search(const SearchSpec& spec) override;
  Result<std::vector<TagUse>> Tags(std::string_view tenant, std::optional<std::string_view> ns) override;
  Result<std::vector<KindFact>> Newest(const NodeView& node) override;
  /// Looks at so many records at most that a page may be empty before the end: `next` goes on.
  Result<TailPage> Tail(Seq from, std::size_t limit) override;
  Status WaitFor(Seq last, std::chrono::milliseconds timeout) override;
  Result<RepositoryStats> Stats() override;
  Result<VerifyReport> Verify() override;
  Status Rebuild() override;
  Status Seal() override;
  Status Dump(std::ostream& out) override;

 private:
  [[nodiscard]] bool Sees(const NodeView& node);
  [[nodiscard]] Status MustSee(const NodeView& node);
  [[nodiscard]] Status MustSeeEach(const std::vector<NodeKey>& nodes);
  [[nodiscard]] Status MustRule() const;
  [[nodiscard]] bool SeesValue(const InheritedValue& value);
  /// Without the id of a parent whose job may not be seen.
  RunInfo Narrowed(RunInfo run);
  /// Leaves of it what may be seen.
  void Narrow(EntityInfo* entity) const;
  [[nodiscard]] bool SeesTags() const { return sees_->SeesKind("tags") && sees_->SeesKind(kKindMetadata); }
  [[nodiscard]] bool SeesOwners() const { return sees_->SeesKind("ownership") && sees_->SeesKind(kKindMetadata); }
  /// The fact as it may be seen; none where it names what may not be.
  [[nodiscard]] std::optional<Fact> Shown(const Fact& fact);
  /// A facet without the event around it, which may name what the facet does not, and without a job that may not be
  /// seen. None where its bytes are damaged.
  std::optional<Fact> Alone(const Fact& facet);
  FactList ShownOf(FactList facts);
  /// Closes what may not be seen, and drops what is behind it.
  void NameAsSeen(LineageNode* node);
  void CloseHidden(LineageGraph* graph);
  [[nodiscard]] bool is_whole() const { return grant_->is_whole(); }

  const std::shared_ptr<Repository> whole_;
  const std::shared_ptr<const Grant> grant_;
  const std::shared_ptr<const GrantVisibility> sees_;
};

}  // namespace cairn
