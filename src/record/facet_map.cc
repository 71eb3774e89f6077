#include "record/facet_map.h"

#include <array>

namespace cairn {
namespace {

struct KindOfFacet {
  std::string_view facet;
  std::string_view kind;
};
constexpr std::array kKinds = {
    KindOfFacet{"schema", "schema_snapshot"},
    KindOfFacet{"outputStatistics", "ingestion_volume"},
    KindOfFacet{"dataQualityMetrics", "statistics_snapshot"},
    KindOfFacet{"dataQualityAssertions", "recon_result"},
};

struct FieldOfFacet {
  std::string_view kind;
  std::string_view field;
  std::string_view in_facet;
};
constexpr std::array kFields = {
    FieldOfFacet{"ingestion_volume", "row_count", "rowCount"},
    FieldOfFacet{"ingestion_volume", "byte_count", "size"},
    FieldOfFacet{"ingestion_volume", "file_count", "fileCount"},
    FieldOfFacet{"statistics_snapshot", "row_count", "rowCount"},
    FieldOfFacet{"statistics_snapshot", "byte_count", "bytes"},
    FieldOfFacet{"statistics_snapshot", "file_count", "fileCount"},
};

}  // namespace

std::string_view PlatformKind(std::string_view facet) {
  for (const KindOfFacet& row : kKinds) {
    if (row.facet == facet) return row.kind;
  }
  return facet;
}

std::string_view FacetField(std::string_view kind, std::string_view field) {
  for (const FieldOfFacet& row : kFields) {
    if (row.kind == kind && row.field == field) return row.in_facet;
  }
  return field;
}

}  // namespace cairn
