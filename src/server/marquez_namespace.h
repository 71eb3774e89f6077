#pragma once

#include <string>
#include <vector>

#include "server/marquez_reply.h"

namespace cairn {

/// Types of nodes that stand for what Marquez keeps beside datasets and jobs: declared by `metadata` records about
/// them.
inline constexpr std::string_view kTypeNamespace = "namespace";
inline constexpr std::string_view kTypeSource = "source";
inline constexpr std::string_view kTypeTag = "tag";

/// A namespace: there are those that jobs or datasets have, and those that were declared.
struct MarquezNamespace {
  std::string name;
  Timestamp first_seen;
  Timestamp last_seen;
  std::string url = {};  ///< Of a source, as a dataset of it says.
};

/// Sorted by name.
Result<std::vector<MarquezNamespace>> ReadNamespaces(const MarquezAsk& ask);
/// Returns NOT_FOUND where there is none of that name.
Result<MarquezNamespace> ReadNamespace(const MarquezAsk& ask, const std::string& name);

Result<std::string> NamespaceJson(const MarquezAsk& ask, const MarquezNamespace& one);

/// A source: each that a dataset names by the facet `dataSource`, the namespace of those that name none, and those that
/// were declared.
Result<std::vector<MarquezNamespace>> ReadSources(const MarquezAsk& ask);
Result<std::string> SourceJson(const MarquezAsk& ask, const MarquezNamespace& one);

/// A tag and what was declared of it.
Result<std::string> TagJson(const MarquezAsk& ask, const std::string& name);
/// The names of tags in use and declared ones, sorted.
Result<std::vector<std::string>> ReadTags(const MarquezAsk& ask);

}  // namespace cairn
