#pragma once

#include "cairn/repository.h"

namespace cairn {

/// A repository for tests that answers nothing; a test overrides what it needs.
class FakeRepository : public Repository {
 public:
  Result<Stored> Store(std::string_view) override { return Unimplemented(); }
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override {
    return {jsons.size(), Result<Stored>(Unimplemented())};
  }
  /// No kind has a schema.
  Result<Fact> Latest(std::string_view, const NodeView&) override { return Status(StatusCode::kNotFound, "none"); }
  Result<FactList> History(std::string_view, const NodeView&, const HistorySpec&) override { return Unimplemented(); }
  Result<QueryPage> Query(const QuerySpec&) override { return Unimplemented(); }
  Result<AggregateResult> Aggregate(const AggregateSpec&) override { return Unimplemented(); }
  Result<RunInfo> Run(std::string_view, std::string_view) override { return Unimplemented(); }
  Result<std::vector<RunInfo>> Runs(const RunsSpec&) override { return Unimplemented(); }
  Result<FactList> RunRecords(std::string_view, std::string_view) override { return Unimplemented(); }
  Result<LineageGraph> Lineage(const LineageSpec&) override { return Unimplemented(); }
  Result<LineagePaths> Paths(const LineagePathsSpec&) override { return Unimplemented(); }
  Result<LineageImpact> Impact(const LineageSpec&) override { return Unimplemented(); }
  Result<LineageShared> Shared(const LineageSharedSpec&) override { return Unimplemented(); }
  Result<LineageDiff> Difference(const LineageDiffSpec&) override { return Unimplemented(); }
  Result<LineageWhy> Why(const LineageWhySpec&) override { return Unimplemented(); }
  Result<LineageInherited> Inherit(const LineageInheritSpec&) override { return Unimplemented(); }
  Result<EntityInfo> Entity(const NodeView&) override { return Unimplemented(); }
  Result<std::vector<NodeKey>> FindNodes(std::string_view, std::string_view, std::size_t) override {
    return Unimplemented();
  }
  Result<std::vector<NamespaceInfo>> Namespaces(std::string_view) override { return Unimplemented(); }
  Result<EntitiesPage> Entities(const EntitiesSpec&) override { return Unimplemented(); }
  Result<SearchPage> Search(const SearchSpec&) override { return Unimplemented(); }
  Result<std::vector<TagUse>> Tags(std::string_view, std::optional<std::string_view>) override {
    return Unimplemented();
  }
  Result<std::vector<KindFact>> Newest(const NodeView&) override { return Unimplemented(); }
  Result<TailPage> Tail(Seq, std::size_t) override { return Unimplemented(); }
  Status WaitFor(Seq, std::chrono::milliseconds) override { return Unimplemented(); }
  Result<RepositoryStats> Stats() override { return Unimplemented(); }
  Result<VerifyReport> Verify() override { return Unimplemented(); }
  Status Rebuild() override { return Unimplemented(); }
  Status Seal() override { return Unimplemented(); }
  Status Dump(std::ostream&) override { return Unimplemented(); }

 private:
  static Status Unimplemented() { return {StatusCode::kUnimplemented, "not in this test"}; }
};

}  // namespace cairn
