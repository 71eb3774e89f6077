#include "record/facet_map.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(FacetMap, FourFacetsAreThePlatformsKinds) {
  EXPECT_EQ(PlatformKind("schema"), "schema_snapshot");
  EXPECT_EQ(PlatformKind("outputStatistics"), "ingestion_volume");
  EXPECT_EQ(PlatformKind("dataQualityMetrics"), "statistics_snapshot");
  EXPECT_EQ(PlatformKind("dataQualityAssertions"), "recon_result");
}

TEST(FacetMap, AnyOtherKeyIsItsOwnKind) {
  for (const std::string_view key : {"", "sql", "Schema", "schema_snapshot", "ingestion_volume", "outputstatistics"}) {
    EXPECT_EQ(PlatformKind(key), key);
  }
}

TEST(FacetMap, FieldsOfTheKindStandElsewhereInTheFacet) {
  EXPECT_EQ(FacetField("ingestion_volume", "row_count"), "rowCount");
  EXPECT_EQ(FacetField("ingestion_volume", "byte_count"), "size");
  EXPECT_EQ(FacetField("ingestion_volume", "file_count"), "fileCount");
  EXPECT_EQ(FacetField("statistics_snapshot", "byte_count"), "bytes");
}

TEST(FacetMap, AFieldThatIsNotDeclaredIsItself) {
  EXPECT_EQ(FacetField("ingestion_volume", "rowCount"), "rowCount");
  EXPECT_EQ(FacetField("ingestion_volume", "latency"), "latency");
  EXPECT_EQ(FacetField("schema_snapshot", "row_count"), "row_count");
}

}  // namespace
}  // namespace cairn
