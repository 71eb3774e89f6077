#include "lookup/key_text.h"

#include <gtest/gtest.h>

#include <random>

#include "base/json_text_for_test.h"
#include "cache/operation_for_test.h"

namespace cairn {
namespace {

TEST(KeyText, AnyKeyReadsBackAsItsQuestion) {
  const std::uint64_t seed = std::random_device{}();
  std::mt19937_64 random(seed);
  const OperationForTest operation;
  for (int i = 0; i < 3000; ++i) {
    LookupParams params;
    for (auto n = random() % 4; n != 0; --n) params["n" + RandomText(random)] = RandomText(random);
    std::vector<CacheParam> for_key;
    for (const auto& [name, value] : params) for_key.push_back({name, value});
    const auto key = operation.Key(for_key);
    ASSERT_TRUE(key) << key.error();
    const auto question = ParseKeyText(key->text());
    ASSERT_TRUE(question) << question.error() << ", seed " << seed;
    EXPECT_EQ(question->source, "source");
    EXPECT_EQ(question->operation, "op");
    EXPECT_EQ(question->params, params) << key->text() << ", seed " << seed;
  }
}

TEST(KeyText, TypedValuesAreWhatAPersonWrites) {
  const OperationForTest operation;
  const auto key = operation.Key({{"a", 7}, {"b", true}, {"c", 1.5}, {"d", ":x"}});
  const auto question = ParseKeyText(key->text());
  ASSERT_TRUE(question) << question.error();
  EXPECT_EQ(question->params, (LookupParams{{"a", "7"}, {"b", "true"}, {"c", "1.5"}, {"d", ":x"}}));
}

TEST(KeyText, AUserIsNamedButNotTold) {
  const OperationForTest operation(CachePolicy{.per_user = true});
  const auto question = ParseKeyText(operation.KeyOfUser("ann", {{"a", "1"}})->text());
  ASSERT_TRUE(question) << question.error();
  EXPECT_TRUE(question->is_of_user);
  EXPECT_EQ(question->params, (LookupParams{{"a", "1"}}));
}

TEST(KeyText, ALineIsWordsOrAKey) {
  const auto words = ParseQuestion("  audnexus authors name=\"J. \\\"R\\\" \\\\ x\" region=us \r");
  ASSERT_TRUE(words) << words.error();
  EXPECT_EQ(words->params, (LookupParams{{"name", "J. \"R\" \\ x"}, {"region", "us"}}));
  const auto key = ParseQuestion("audnexus:authors:name=J%3A R&region=us");
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->params, (LookupParams{{"name", "J: R"}, {"region", "us"}}));
  EXPECT_TRUE(ParseQuestion("a b"));
  EXPECT_TRUE(ParseQuestion("a:b:"));
}

TEST(KeyText, WhatIsNoneIsRefused) {
  for (const char* bad : {"", "a", "a b c", "a b =c", "a b x=1 x=2", "a b x=\"1", "a:b", ":b:", "a::x=1", "a:b:x",
                          "a:b:x=%4", "a:b:x=%zz", "a:b:x=:null", "a:b:x=1&x=2", "a:b:=1"}) {
    EXPECT_EQ(ParseQuestion(bad).status().code(), StatusCode::kInvalidArgument) << bad;
  }
}

}  // namespace
}  // namespace cairn
