#include "service/flat_json.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

std::string Flat(std::string_view json) {
  auto values = FlattenJson(json);
  if (!values) return values.error().ToString();
  std::string out;
  for (const FlatValue& value : *values) out += value.path + "=" + value.json + " ";
  return out;
}

TEST(FlatJsonTest, ScalarsByPath) {
  EXPECT_EQ(Flat(R"({"a":1,"b":{"c":"x","d":[true,null]},"e":{},"f":[]})"),
            R"(a=1 b.c="x" b.d#1=true b.d#2=null e={} f=[] )");
}

TEST(FlatJsonTest, PairsAreAnObject) {
  EXPECT_EQ(Flat(R"({"fields":[["Make","A"],["Model",1.5],["Make","B"]]})"),
            R"(fields.Make="A" fields.Model=1.5 fields.Make#2="B" )");
}

TEST(FlatJsonTest, WhatIsNoJsonIsSaid) { EXPECT_EQ(FlattenJson("{").status().code(), StatusCode::kInvalidArgument); }

TEST(FlatJsonTest, DeepDocumentsTakeNoStack) {
  std::string json;
  for (int i = 0; i < 1000; ++i) json += "{\"a\":";
  json += "1" + std::string(1000, '}');
  EXPECT_EQ(FlattenJson(json)->size(), 1u);
}

TEST(FlatJsonTest, Differences) {
  const auto changes = CompareFlat(*FlattenJson(R"({"a":1,"b":2,"c":3})"), *FlattenJson(R"({"a":1,"c":4,"d":5})"));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].path + changes[0].before + "," + changes[0].after, "b2,");
  EXPECT_EQ(changes[1].path + changes[1].before + "," + changes[1].after, "c3,4");
  EXPECT_EQ(changes[2].path + changes[2].before + "," + changes[2].after, "d,5");
}

}  // namespace
}  // namespace cairn
