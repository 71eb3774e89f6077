#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/marquez_facts.h"
#include "service/answer_json.h"

namespace cairn {

/// `DB_TABLE` or `STREAM`, by the facet `datasetType`.
std::string_view MarquezDatasetType(std::string_view facet_type);

/// A dataset in Marquez's shape.
struct MarquezDataset {
  EntityInfo entity;
  NodeFacts facts;
  std::optional<Timestamp> modified_at;  ///< When something was last said to be written to it.
  std::string version;                   ///< Empty: not looked for, or there is none.
};
std::string MarquezDatasetJson(const MarquezAsk& ask, const MarquezDataset& dataset);
/// Looks for all of it.
Result<std::string> MarquezDatasetJson(const MarquezAsk& ask, EntityInfo entity);

}  // namespace cairn
