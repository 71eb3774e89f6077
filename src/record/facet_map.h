#pragma once

#include <string_view>

namespace cairn {

/// The platform's kinds that are answered from OpenLineage facets as well: one question, one answer, whoever stated it.

/// The series that a facet of key `facet` belongs to: `schema` -> `schema_snapshot`, `outputStatistics` ->
/// `ingestion_volume`, `dataQualityMetrics` -> `statistics_snapshot`, `dataQualityAssertions` -> `recon_result`; any
/// other key is its own. Questions go through it too, so that `schema` and `schema_snapshot` are one kind.
std::string_view PlatformKind(std::string_view facet);

/// Where a field of the platform's kind stands in a facet of that kind: for `ingestion_volume`, `row_count` is
/// `rowCount`, `byte_count` is `size`, `file_count` is `fileCount`. The field itself where nothing else is declared.
std::string_view FacetField(std::string_view kind, std::string_view field);

}  // namespace cairn
