#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cairn/client.h"
#include "cairn/repository.h"
#include "service/ingest.h"

namespace cairn {

/// A node, and what was asked about it.
template <typename T>
struct NodeAnswer {
  NodeKey node;
  T value;
};

/// The use cases, one method each: what every edge calls. A node is given as a person types it (see `ResolveNode`). It
/// prints nothing. Shares the repository, so that there may be one for each tenant; any thread may call it.
class Service {
 public:
  Service(std::shared_ptr<Repository> repository, std::string tenant)
      : repository_(std::move(repository)), tenant_(std::move(tenant)) {}

  /// Opens what `store` names, a folder or a service. Returns what `OpenStore` returns; what to do about it is added.
  static Result<Service> Open(const std::string& store, const StoreOptions& options, std::string tenant,
                              const RemoteOptions& remote = {});

  [[nodiscard]] const std::string& tenant() const { return tenant_; }
  /// For what serves several tenants.
  [[nodiscard]] const std::shared_ptr<Repository>& repository() const { return repository_; }

  IngestReport Ingest(Inputs inputs, const IngestOptions& options, const IngestProgress& progress);
  /// `warning`: what the schema of its kind says, where it only warns. Returns INVALID_ARGUMENT where it is strict.
  Result<Stored> Emit(std::string_view json, std::string* warning = nullptr);
  /// The target is `target`'s id, known or not, else a node that is found by it.
  Result<Stored> Emit(RecordDraft draft, const std::string& target, std::string* warning = nullptr);

  Result<NodeKey> Node(const std::string& text, const std::string& type = {});
  /// Returns NOT_FOUND as `Repository::Latest` does, with the kinds that the node has.
  Result<NodeAnswer<Fact>> Latest(const std::string& kind, const std::string& node);
  /// Returns NOT_FOUND for a kind that the node never had.
  Result<NodeAnswer<FactList>> History(const std::string& kind, const std::string& node, const HistorySpec& spec);

  Result<EntityInfo> Entity(const std::string& node);

  /// Takes a fact; false ends the answer.
  using FactSink = std::function<bool(const Fact&)>;
  struct QueryEnd {
    std::string cursor;          ///< Behind the last fact; empty when there is nothing more.
    std::uint64_t damaged = 0;   ///< As in `QueryPage`.
    std::uint64_t withheld = 0;  ///< The same.
  };
  /// Gives the facts of `spec` to `sink`, page by page, so that any number fits.
  Result<QueryEnd> Query(QuerySpec spec, const FactSink& sink);
  Result<AggregateResult> Aggregate(AggregateSpec spec);

  Result<std::vector<RunInfo>> Runs(RunsSpec spec);
  /// The run with that id, or the only one whose id begins so. Returns INVALID_ARGUMENT where several do.
  Result<RunInfo> Run(const std::string& run_id);
  Result<FactList> RunRecords(const std::string& run_id);

  /// Questions about lineage. `nodes` are the starts: one at least.
  Result<LineageGraph> Lineage(const std::vector<std::string>& nodes, LineageSpec spec);
  Result<LineageGraph> Lineage(const std::string& node, LineageSpec spec) {
    return Lineage(std::vector<std::string>{node}, std::move(spec));
  }
  Result<LineageImpact> Impact(const std::vector<std::string>& nodes, LineageSpec spec);
  /// From the one to the other, or where nothing leads there the other way round.
  Result<LineagePaths> Paths(const std::string& from, const std::string& to, LineagePathsSpec spec);
  Result<LineageShared> Shared(const std::vector<std::string>& nodes, LineageSharedSpec spec);
  /// Of the whole graph where `node` is empty.
  Result<LineageDiff> Difference(const std::string& node, LineageDiffSpec spec);
  Result<LineageWhy> Why(const std::string& from, const std::string& to, LineageWhySpec spec);
  Result<NodeAnswer<LineageInherited>> Inherit(const std::string& node, LineageInheritSpec spec);

  /// Returns NOT_FOUND where there is none, or it may not be seen.
  Result<Fact> Record(Seq seq);
  /// Gives records from `from` on to `sink`, at most `limit` (0 for all); with `follow` waits for more until `stop`.
  Status Tail(Seq from, std::size_t limit, bool follow, const std::atomic<bool>& stop, const FactSink& sink);

  Result<RepositoryStats> Stats() { return repository_->Stats(); }
  Result<VerifyReport> Verify() { return repository_->Verify(); }
  Status Rebuild() { return repository_->Rebuild(); }
  Status Seal() { return repository_->Seal(); }
  Status Dump(std::ostream& out) { return repository_->Dump(out); }

  /// Ids of nodes that contain `text`, for completion.
  Result<std::vector<NodeKey>> FindNodes(const std::string& text, std::size_t limit);

 private:
  Result<std::vector<NodeKey>> Nodes(const std::vector<std::string>& texts);
  Status ReadStarts(const std::vector<std::string>& nodes, LineageSpec* spec);
  Status NoSuchKind(const std::string& kind, const NodeKey& node, Status status);

  std::shared_ptr<Repository> repository_;
  std::string tenant_;
};

}  // namespace cairn
