#include "extract/extracted_codec.h"

#include <gtest/gtest.h>

#include <cmath>

namespace cairn {
namespace {

Extracted Everything() {
  Extracted out;
  out.type = "audio/x-m4b";
  out.core.title = "Größe \"und\" Zeile\n";
  out.core.creators = {"A", "B"};
  out.core.duration = 4.0;
  out.core.pages = 7;
  out.core.position = Position{-54.5, 10, std::nullopt};
  out.Add("Text", std::string("x"));
  out.Add("Integer", std::int64_t{-5});
  out.Add("Real", 2.0);
  out.Add("Truth", true);
  out.Add("List", std::vector<std::string>{"a", ""});
  out.Add("Text", std::string("again"));
  out.chapters.push_back({0, 1'500'000'000, "One"});
  out.pictures.push_back({"front cover", "image/png", "", 3, 2, 77});
  out.children.push_back({"caf\xe9.txt", false, 12, 8, "2010-05-03", 0xdeadbeef});
  out.children.push_back({"folder/", true, {}, {}, "", {}});
  Column column;
  column.name = "id";
  column.type = "INTEGER";
  column.nullable = false;
  column.primary_key = true;
  column.min = FieldValue(std::int64_t{1});
  column.max = FieldValue(std::string("z"));
  column.mean = 1.5;
  Table table;
  table.name = "t";
  table.columns = {column};
  table.row_count = 3;
  table.foreign_keys.push_back({{"a"}, "other", {"b"}});
  out.tables.push_back(table);
  out.Warn("cut off");
  return out;
}

TEST(ExtractedCodec, GivesBackWhatItWasGiven) {
  const Extracted given = Everything();
  const auto back = DecodeExtracted(EncodeExtracted(given));
  ASSERT_TRUE(back) << back.error();
  EXPECT_EQ(*back, given);
}

TEST(ExtractedCodec, LeavesOutWhatIsEmpty) { EXPECT_EQ(EncodeExtracted({}), "{}"); }

TEST(ExtractedCodec, KeepsARealAReal) {
  Extracted out;
  out.Add("R", 3.0);
  out.Add("N", std::nan(""));
  EXPECT_EQ(EncodeExtracted(out), R"({"fields":[["R",3.0],["N","NaN"]]})");
}

TEST(ExtractedCodec, KeepsThePathThatIsNoUtf8) {
  const auto back = DecodeExtracted(EncodeExtracted(Everything()));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->children[0].path, "caf\xe9.txt");
}

TEST(ExtractedCodec, RefusesWhatAWorkerMustNotSend) {
  for (const char* bad : {"", "[]", "{\"core\":", R"({"fields":[["a"]]})", R"({"fields":[["a",{}]]})",
                          R"({"chapters":[1]})", R"({"type":5})", R"({"children":[{"path":{"hex":"0g"}}]})"}) {
    EXPECT_EQ(DecodeExtracted(bad).status().code(), StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace cairn
