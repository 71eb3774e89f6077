#pragma once

#include <string>

#include "cairn/lineage.h"
#include "cli/session.h"

namespace cairn {

/// Prints a graph as a tree from its first node, upstream, downstream or both.
void PrintLineageTree(Session& session, const LineageGraph& graph, Direction direction);
/// A line for each node, then for each edge, then for each cycle.
void PrintLineageJson(Session& session, const LineageGraph& graph);
/// A digraph for Graphviz.
void PrintLineageDot(Session& session, const LineageGraph& graph);
/// A flowchart for Mermaid.
void PrintLineageMermaid(Session& session, const LineageGraph& graph);
/// As `format` says: `json`, `dot`, `mermaid`. False for another, `tree`.
bool PrintLineageAs(Session& session, const LineageGraph& graph, const std::string& format);

/// How data is transformed along an edge, as far as stated; empty for nothing.
std::string LineageStep(const LineageEdge& edge);
/// Says on standard error that cycles are in the answer.
void NoteCycles(Session& session, const LineageGraph& graph);

}  // namespace cairn
