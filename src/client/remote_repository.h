#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cairn/client.h"
#include "client/caller_retry.h"
#include "client/parameters.h"

namespace cairn {

/// `Repository` over the routes of src/server: each method is one question to `/api/v1/repository/`, page by page where
/// an answer has no bound.
class RemoteRepository final : public Repository {
 public:
  RemoteRepository(std::unique_ptr<HttpCaller> caller, const ServiceAddress& address, const RemoteOptions& options,
                   RetryTime time);

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
  Result<TailPage> Tail(Seq from, std::size_t limit) override;
  Status WaitFor(Seq last, std::chrono::milliseconds timeout) override;
  Result<RepositoryStats> Stats() override;
  Result<VerifyReport> Verify() override;
  Status Rebuild() override;
  Status Seal() override;
  Status Dump(std::ostream& out) override;

 private:
  /// The answer to a question of `/api/v1/repository/`.
  Result<HttpReply> Ask(std::string_view name, const Parameters& parameters);
  Result<HttpReply> Get(std::string path, std::chrono::milliseconds timeout);
  Result<HttpReply> Admin(std::string_view name, bool is_post);
  /// The same, read by `read(const ObjectReader&)`.
  template <typename T, typename Read>
  Result<T> AskFor(std::string_view name, const Parameters& parameters, Read&& read);
  /// Sends some as one body.
  std::vector<Result<Stored>> Send(std::span<const std::string_view> jsons);
  Result<FactList> HistoryPage(std::string_view kind, const NodeView& node, const HistorySpec& spec);

  const RemoteOptions options_;
  const std::unique_ptr<HttpCaller> caller_;
  RetryingCaller retrying_;
};

}  // namespace cairn
