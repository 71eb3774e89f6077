#pragma once

#include <memory>
#include <string>
#include <vector>

#include "cairn/repository.h"
#include "client/read_json.h"

namespace cairn {

// Answers of the service back into what they were, as src/service/*_json writes them. Each returns INTERNAL for
// anything else. What is asked about has its tenant; nodes come back without one and are given it.

Result<RunInfo> ReadRun(const ObjectReader& root, const std::string& tenant);
Result<std::vector<RunInfo>> ReadRuns(const ObjectReader& root, const std::string& tenant);
Result<EntityInfo> ReadEntity(const ObjectReader& root, const std::string& tenant);
Result<EntitiesPage> ReadEntities(const ObjectReader& root, const std::string& tenant);
Result<SearchPage> ReadSearch(const ObjectReader& root, const std::string& tenant);
Result<std::vector<NamespaceInfo>> ReadNamespaces(const ObjectReader& root);
Result<std::vector<TagUse>> ReadTags(const ObjectReader& root);
Result<std::vector<NodeKey>> ReadNodes(const ObjectReader& root, const std::string& tenant);
Result<AggregateResult> ReadAggregate(const ObjectReader& root);
Result<RepositoryStats> ReadStats(const ObjectReader& root);
Result<VerifyReport> ReadVerify(const ObjectReader& root);
/// One result for each of `count` records.
Result<std::vector<Result<Stored>>> ReadStored(const ObjectReader& root, std::size_t count);

Result<LineageGraph> ReadGraph(const ObjectReader& root, const std::string& tenant);
Result<LineagePaths> ReadPaths(const ObjectReader& root, const std::string& tenant);
Result<LineageImpact> ReadImpact(const ObjectReader& root, const std::string& tenant);
Result<LineageShared> ReadShared(const ObjectReader& root, const std::string& tenant);
Result<LineageDiff> ReadDiff(const ObjectReader& root, const std::string& tenant);
Result<LineageWhy> ReadWhy(const std::shared_ptr<const std::string>& body, const std::string& tenant);
Result<LineageInherited> ReadInherited(const std::string& body, const std::string& tenant);

/// `NOT_FOUND` and so on; UNKNOWN for what is no code.
StatusCode StatusCodeNamed(std::string_view name);

}  // namespace cairn
