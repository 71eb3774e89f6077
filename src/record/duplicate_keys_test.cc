#include "record/duplicate_keys.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn {
namespace {

std::string Check(const std::string& json) {
  // One of each for all tests: nothing of one document may reach into the next.
  static simdjson::dom::parser parser;
  static DuplicateKeys duplicates;
  if (parser.parse(json).error() != simdjson::SUCCESS) return "broken test: " + json;
  return duplicates.Check(parser.doc).ToString();
}

std::string Twice(std::string_view path) {
  return fmt::format("INVALID_ARGUMENT: {}: the key stands twice in one object", path);
}

TEST(DuplicateKeys, AreFoundAtAnyDepth) {
  EXPECT_EQ(Check(R"({"a":1,"a":2})"), Twice("a"));
  EXPECT_EQ(Check(R"({"a":{"b":{"c":1,"d":2,"c":1}}})"), Twice("a.b.c"));
  EXPECT_EQ(Check(R"({"x":[1,[{"a":{}, "a":{}}]]})"), Twice("x.a"));
  EXPECT_EQ(Check(R"({"":1,"":2})"), Twice(""));
  EXPECT_EQ(Check(R"([{"a":1,"a":2}])"), Twice("a"));
  EXPECT_EQ(Check(R"({"a":[1,2],"b":{"c":[{}]},"d":"a","e":-1,"f":2.5,"g":18446744073709551615,"g":null})"),
            Twice("g"));
}

TEST(DuplicateKeys, AreTheSameInAnySpelling) {
  EXPECT_EQ(Check(R"({"a":1,"\u0061":2})"), Twice("a"));
  EXPECT_EQ(Check(R"({"\/":1,"/":2})"), Twice("/"));
  EXPECT_EQ(Check(R"({"é":1,"\u00e9":2})"), Twice("é"));
  EXPECT_EQ(Check(R"({"a\u0000b":1,"a\u0000c":2})"), "OK") << "a NUL ends no key";
}

TEST(DuplicateKeys, MayStandInDifferentObjects) {
  EXPECT_EQ(Check(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"c":{"b":1}})"), "OK");
  EXPECT_EQ(Check(R"({"a":{"b":1},"b":2})"), "OK") << "what stood in a closed object is forgotten";
  EXPECT_EQ(Check(R"({"a":{"b":1},"b":{"c":1},"c":{"a":1,"b":1},"b2":1})"), "OK");
  EXPECT_EQ(Check(R"({"a":{"x":1},"x":1,"b":{"x":1},"a":1})"), Twice("a"));
  EXPECT_EQ(Check("[1,2,2]"), "OK");
  EXPECT_EQ(Check("1"), "OK");
}

TEST(DuplicateKeys, DifferInCaseBlanksAndEnds) {
  EXPECT_EQ(Check(R"({"a":1,"A":1,"a ":1," a":1})"), "OK");
  EXPECT_EQ(Check(R"({"abcdefgh":1,"abcdefghi":1,"abcdefgh\u0000":1,"abcdefgj":1,"abcdefg":1,"abcdefg\u0000":1})"),
            "OK");
  EXPECT_EQ(Check(R"({"abcdefghij":1,"abcdefghik":1,"abcdefghij":1})"), Twice("abcdefghij"));
}

TEST(DuplicateKeys, ValuesAreNoKeys) {
  EXPECT_EQ(Check(R"({"a":"b","b":"a","c":["a","a","b"],"d":"d"})"), "OK");
  EXPECT_EQ(Check(R"(["a","a",{"a":"a"}])"), "OK");
}

// Many keys take another path than few; the second may stand anywhere.
TEST(DuplicateKeys, AreFoundAmongMany) {
  for (const int count : {2, 62, 63, 64, 65, 66, 500}) {
    for (const int second : {0, count / 2, count - 1}) {
      std::string json = "{";
      for (int i = 0; i < count; ++i) json += fmt::format(R"("key{}":{{"key0":1}},)", i);
      const std::string clean = json + "\"last\":1}";
      EXPECT_EQ(Check(clean), "OK") << count;
      EXPECT_EQ(Check(json + fmt::format(R"("key{}":1}})", second)), Twice(fmt::format("key{}", second))) << count;
    }
  }
}

TEST(DuplicateKeys, AreFoundByChance) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int i = 0; i < 3'000; ++i) {
    std::vector<std::string> keys(random() % 70);
    std::string json = "{";
    for (std::string& key : keys) {
      key = fmt::format("{:x}", random() % 2000);
      json += fmt::format(R"({}"{}":0)", json.size() > 1 ? "," : "", key);
    }
    json += '}';
    std::sort(keys.begin(), keys.end());
    const bool twice = std::adjacent_find(keys.begin(), keys.end()) != keys.end();
    ASSERT_EQ(Check(json) != "OK", twice) << json;
  }
}

// A hostile object must not cost the square of its keys.
TEST(DuplicateKeys, AHundredThousandKeysAreNoBurden) {
  std::string json = "{";
  for (int i = 0; i < 100'000; ++i) json += fmt::format(R"("k{}":0,)", i);
  EXPECT_EQ(Check(json + R"("k99999":1})"), Twice("k99999"));
}

}  // namespace
}  // namespace cairn
