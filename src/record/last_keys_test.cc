#include "record/last_keys.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <random>

#include "record/duplicate_keys.h"

namespace cairn {
namespace {

TEST(LastKeys, TheLastOfSeveralIsLeft) {
  EXPECT_EQ(KeepLastKeys(R"({"a":1,"a":2})"), R"({"a":2})");
  EXPECT_EQ(KeepLastKeys(R"({"a":1,"b":[{}],"a":{"c":1},"d":null})"), R"({"b":[{}],"a":{"c":1},"d":null})");
  EXPECT_EQ(KeepLastKeys(R"({"a":1,"a":2,"a":3,"b":4,"b":5})"), R"({"a":3,"b":5})");
}

TEST(LastKeys, AtAnyDepthAndWithinWhatIsLeftOut) {
  EXPECT_EQ(KeepLastKeys(R"([{"a":{"x":1,"x":2},"b":0,"a":{"y":3,"y":4}}])"), R"([{"b":0,"a":{"y":4}}])");
  EXPECT_EQ(KeepLastKeys(R"({"r":{"p":{"v":"1"},"q":[],"p":{"v":"1"}},"r2":{"p":1}})"),
            R"({"r":{"q":[],"p":{"v":"1"}},"r2":{"p":1}})");
}

TEST(LastKeys, InAnySpelling) {
  EXPECT_EQ(KeepLastKeys(R"({"a":1,"\u0061":2})"), R"({"\u0061":2})");
  EXPECT_EQ(KeepLastKeys(R"({"a\"":"}","b":",","a\u0022":"{\""})"), R"({"b":",","a\u0022":"{\""})");
}

TEST(LastKeys, WhatHasNoneStaysAsItIs) {
  for (const char* json : {R"({})", R"([])", R"("a")", R"(1)", R"({"a":{"a":{"a":"a"}},"b":["a","a"]})",
                           R"([{"a":1},{"a":1}])", R"({"":1," ":2})"}) {
    EXPECT_EQ(KeepLastKeys(json), json);
  }
}

// A value of random shape with few keys, so that many stand twice.
std::string Random(std::mt19937& random, int depth) {
  const auto number = [&](int below) { return static_cast<int>(random() % static_cast<unsigned>(below)); };
  const int kind = depth == 0 ? 2 : number(3);
  if (kind == 2) return number(2) == 0 ? "\"a,{\\\"b\"" : "7";
  std::string out = kind == 0 ? "{" : "[";
  for (int i = number(5); i > 0; --i) {
    if (kind == 0) out += std::string("\"") + static_cast<char>('a' + number(3)) + "\":";
    out += Random(random, depth - 1);
    if (i > 1) out += ',';
  }
  return out + (kind == 0 ? "}" : "]");
}

TEST(LastKeys, OfRandomTextsNoneIsLeftTwice) {
  std::mt19937 random(7);
  simdjson::dom::parser parser;
  DuplicateKeys duplicates;
  int changed = 0;
  for (int i = 0; i < 2000; ++i) {
    const std::string json = Random(random, 5);
    const std::string kept = KeepLastKeys(json);
    ASSERT_EQ(parser.parse(kept).error(), simdjson::SUCCESS) << json << "\n" << kept;
    ASSERT_TRUE(duplicates.Check(parser.doc).ok()) << json << "\n" << kept;
    ASSERT_EQ(KeepLastKeys(kept), kept);
    changed += kept == json ? 0 : 1;
  }
  EXPECT_GT(changed, 200);
}

}  // namespace
}  // namespace cairn
