#include "record/quick_check.h"

#include <gtest/gtest.h>

#include <string>

#include "record/json_tokens.h"

namespace cairn {
namespace {

using Answer = QuickCheck::Answer;

Answer AnswerOf(std::string_view json, std::size_t depth_max = 8) {
  JsonTokens tokens;
  return tokens.Find(json) ? QuickCheck().Check(json, tokens.places(), depth_max) : Answer::kUnsure;
}

TEST(QuickCheck, KnowsSoundMinifiedJson) {
  for (const std::string_view json :
       {R"({})", R"({"a":1})", R"({"a":{},"b":[]})", R"({"a":[1,"x",{"a":null}],"b":-0.5})", R"({"a":{"a":{"a":1}}})",
        R"({"":""})", R"({"a":"{}[]:, "})"}) {
    EXPECT_EQ(AnswerOf(json), Answer::kMinified) << json;
  }
}

TEST(QuickCheck, TellsWhiteSpaceBetweenTokens) {
  for (const std::string_view json :
       {" {}", "{} ", "{ }", R"({"a" :1})", R"({"a": 1})", R"({"a":1 })", R"({"a":1, "b":2})", R"({"a":"x" })",
        R"({"a":[ ]})", "{\"a\":\t1\n}", R"({"a":true })"}) {
    EXPECT_EQ(AnswerOf(json), Answer::kSpaced) << json;
  }
}

TEST(QuickCheck, LeavesWhatIsBrokenToACarefulReader) {
  for (const std::string_view json : {"",
                                      "1",
                                      "[]",
                                      "{",
                                      "}",
                                      "{}}",
                                      "{}{}",
                                      R"({"a"})",
                                      R"({"a":})",
                                      R"({"a":1,})",
                                      R"({,"a":1})",
                                      R"({"a":1 "b":2})",
                                      R"({"a":1]})",
                                      R"({"a":[1}})",
                                      R"({a:1})",
                                      R"({1:1})",
                                      R"({"a"::1})",
                                      R"({"a":1,,"b":1})",
                                      R"({"a":[,]})",
                                      R"({"a":[1,]})",
                                      R"({"a":01})",
                                      R"({"a":1x})",
                                      R"({"a":1"b"})",
                                      R"({"a":"x"y})",
                                      R"({"a":tru})",
                                      R"({"a":truex})",
                                      R"({"a":[1 2]})",
                                      R"({"a":1:2})",
                                      R"({"a":1,"b"})"}) {
    EXPECT_EQ(AnswerOf(json), Answer::kUnsure) << json;
  }
}

TEST(QuickCheck, LeavesDoubledKeysToACarefulReader) {
  for (const std::string_view json : {R"({"a":1,"a":2})", R"({"b":{"a":1,"c":2,"a":3}})", R"({"a":[{"x":1,"x":1}]})",
                                      R"({"":1,"":1})", R"({"longer_than_eight":1,"longer_than_eight":1})"}) {
    EXPECT_EQ(AnswerOf(json), Answer::kUnsure) << json;
  }
  EXPECT_EQ(AnswerOf(R"({"longer_than_eight":1,"longer_than_seven":1,"longer_t":1})"), Answer::kMinified);
  EXPECT_EQ(AnswerOf(R"({"a":{"a":1},"b":{"a":1}})"), Answer::kMinified) << "the same key in other objects";
}

TEST(QuickCheck, LeavesTheDeepAndTheManyToACarefulReader) {
  EXPECT_EQ(AnswerOf(R"({"a":{"b":{}}})", 3), Answer::kMinified);
  EXPECT_EQ(AnswerOf(R"({"a":{"b":{}}})", 2), Answer::kUnsure);
  std::string many = "{";
  for (int i = 0; i < 1000; ++i) many += "\"k" + std::to_string(i) + "\":1,";
  many.back() = '}';
  EXPECT_EQ(AnswerOf(many), Answer::kUnsure);
}

TEST(QuickCheck, TellsTheMembersOfTheRecordItsTargetAndItsContext) {
  const std::string json =
      R"({"kind":"k","target":{"name":"n","x":{"y":1}},"n":1,"payload":{"kind":"no"},"context":{"run_id":null}})";
  JsonTokens tokens;
  ASSERT_TRUE(tokens.Find(json));
  QuickCheck check;
  ASSERT_EQ(check.Check(json, tokens.places(), 8), Answer::kMinified);
  std::string told;
  for (const auto& member : check.members()) {
    told +=
        std::to_string(member.depth) + std::string(member.key) + "=" + member.first + std::string(member.value) + " ";
  }
  EXPECT_EQ(told, "1kind=\"k 1target={{ 2name=\"n 2x={{ 1n=11 1payload={{ 1context={{ 2run_id=nnull ");
}

}  // namespace
}  // namespace cairn
