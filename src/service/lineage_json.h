#pragma once

#include <string>

#include "cairn/repository.h"

namespace cairn {

// Answers about lineage as JSON, one form for every edge.

/// `{"node":id,"hops":N,...}`
std::string LineageNodeJson(const LineageNode& node);
/// `{"from":id,"to":id,"type":"reads",...}`
std::string LineageEdgeJson(const LineageGraph& graph, const LineageEdge& edge);
/// `{"nodes":[...],"edges":[...],"cycles":[[id,...]],"partial":false}`
std::string LineageGraphJson(const LineageGraph& graph);
std::string LineagePathsJson(const LineagePaths& paths);
/// The graph with `"ranks":[...]` beside its nodes.
std::string LineageImpactJson(const LineageImpact& impact);
std::string LineageSharedJson(const LineageShared& shared);
std::string ChangedNodeJson(const ChangedNode& node);
std::string ChangedEdgeJson(const ChangedEdge& edge);
std::string LineageDiffJson(const LineageDiff& diff);
std::string LineageSpanJson(const LineageWhy::Span& span);
std::string EdgeReasonJson(const EdgeReason& reason);
std::string LineageWhyJson(const LineageWhy& why);
std::string InheritedValueJson(const InheritedValue& value, bool is_own);
std::string LineageInheritedJson(const NodeKey& node, const LineageInherited& inherited);

}  // namespace cairn
