#include "lookup/answer.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<SourceOperation> WithFields() {
  OperationConfig config;
  config.name = "animal";
  config.path = "/a";
  config.fields = {{.name = "name", .path = "data.name", .required = true},
                   {.name = "weight", .path = "data.weight", .ttl = 1h},
                   {.name = "id"}};
  SourceConfig source;
  source.name = "zoo";
  source.base_url = "http://zoo";
  auto made = SourceOperation::Make(source, config);
  EXPECT_TRUE(made) << made.status();
  return std::move(*made);
}

CacheEntry EntryOf(CacheLoaded loaded) {
  CacheEntry out;
  out.fields = std::move(loaded.fields);
  std::sort(out.fields.begin(), out.fields.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

TEST(Answer, FieldsArePickedAndPutTogether) {
  const auto operation = WithFields();
  auto loaded = LoadedFrom(*operation, R"({"id": 7, "data": {"name": "ox", "weight": null}})");
  ASSERT_TRUE(loaded) << loaded.error();
  EXPECT_EQ(loaded->fields[1].ttl, 1h);
  const CacheEntry entry = EntryOf(*std::move(loaded));
  EXPECT_EQ(AnswerJson(*operation, entry, {}), R"({"name":"ox","weight":null,"id":7})");
  EXPECT_EQ(AnswerJson(*operation, entry, {"id"}), R"({"id":7})");
}

TEST(Answer, AnAbsentFieldIsKeptAsAbsent) {
  const auto operation = WithFields();
  auto loaded = LoadedFrom(*operation, R"({"data": {"name": ""}})");
  ASSERT_TRUE(loaded) << loaded.error();
  ASSERT_EQ(loaded->fields.size(), 3u);
  EXPECT_EQ(AnswerJson(*operation, EntryOf(*std::move(loaded)), {}), R"({"name":""})");
}

TEST(Answer, WithoutARequiredFieldItIsBroken) {
  const auto loaded = LoadedFrom(*WithFields(), R"({"data": {"weight": 1}})");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().code(), StatusCode::kDataLoss);
  EXPECT_EQ(loaded.error().message(), "the answer lacks name");
}

TEST(Answer, TheShapeIsWhatStaysWhenValuesChange) {
  EXPECT_EQ(JsonShape(R"({"b":[1,2.5],"a":"x","c":{"d":null,"e":true}})"),
            R"({"a":text,"b":[number],"c":{"d":null,"e":switch}})");
  EXPECT_EQ(JsonShape(R"({"a":"y","b":[3],"c":{"e":false,"d":null}})"),
            JsonShape(R"({"b":[1,2.5],"a":"x","c":{"d":null,"e":true}})"));
  EXPECT_NE(JsonShape(R"({"a":[]})"), JsonShape(R"({"a":[1]})"));
  EXPECT_NE(JsonShape(R"({"a":1})"), JsonShape(R"({"b":1})"));
  EXPECT_EQ(JsonShape(R"([1,"x",2])"), "[number|text]");
}

}  // namespace
}  // namespace cairn
