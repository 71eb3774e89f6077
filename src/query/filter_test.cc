#include "query/filter.h"

#include <gtest/gtest.h>

#include "query/glob.h"
#include "query/json_for_test.h"

namespace cairn {
namespace {

constexpr std::string_view kRecord =
    R"({"kind":"ingestion_volume","target":{"namespace":"crm","name":"public.orders"},)"
    R"("produced_at":"2026-01-10T05:00:00.123Z","producer_id":"ingestion.v1","context":{"run_id":"r-1"},)"
    R"("payload":{"row_count":1200,"big":9007199254740993,"ratio":0.5,"ok":true,"none":null,"items":[{"x":1},{"x":2}],)"
    R"("größe":"L","empty":{}},"extras":{"window_start":"2026-01-09","odd key":"a \"b\" \u00e9","not":1}})";

bool Matches(std::string_view text) {
  const PaddedJson record(kRecord);
  const auto filter = Filter::Parse(text);
  if (!filter) {
    ADD_FAILURE() << text << ": " << filter.error();
    return false;
  }
  PathScratch scratch;
  return filter->Matches(RecordDocument(record, "ingestion_volume"), scratch);
}

std::string Mistake(std::string_view text) {
  const auto filter = Filter::Parse(text);
  if (filter) return "accepted";
  EXPECT_EQ(filter.error().code(), StatusCode::kInvalidArgument);
  return filter.error().message();
}

TEST(Filter, TheExampleOfTheManual) {
  EXPECT_TRUE(Matches(R"(payload.row_count > 1000 and extras.window_start >= "2026-01-01")"));
  EXPECT_FALSE(Matches(R"(payload.row_count > 1200 and extras.window_start >= "2026-01-01")"));
}

TEST(Filter, BlankHoldsForEverything) {
  EXPECT_TRUE(Matches(""));
  EXPECT_TRUE(Matches(" \n\t "));
}

TEST(Filter, Comparisons) {
  EXPECT_TRUE(Matches("payload.row_count = 1200"));
  EXPECT_TRUE(Matches("payload.row_count == 1200.0"));
  EXPECT_TRUE(Matches("payload.row_count=12e2"));
  EXPECT_TRUE(Matches("payload.row_count != 1"));
  EXPECT_FALSE(Matches("payload.row_count != 1200"));
  EXPECT_TRUE(Matches("payload.row_count<1201 and payload.row_count<=1200 and payload.row_count>=1200"));
  EXPECT_TRUE(Matches("payload.ratio > -1 and payload.ratio < 0.75"));
  EXPECT_TRUE(Matches("payload.ok = true and payload.ok != false"));
  EXPECT_TRUE(Matches("target.name = 'public.orders'"));
  EXPECT_TRUE(Matches("kind = \"ingestion_volume\""));
  EXPECT_TRUE(Matches("target.name < \"public.p\" and target.name > \"Z\"")) << "by bytes";
}

TEST(Filter, IntegersCompareExactly) {
  EXPECT_TRUE(Matches("payload.big = 9007199254740993"));
  EXPECT_FALSE(Matches("payload.big = 9007199254740992"));
  EXPECT_TRUE(Matches("payload.big > 9007199254740992"));
  EXPECT_TRUE(Matches("payload.big > 9007199254740992.0"));
  EXPECT_TRUE(Matches("payload.big < 18446744073709551615"));
  EXPECT_TRUE(Matches("payload.big < 1e300"));
}

TEST(Filter, UnlikeTypesNeverCompare) {
  for (const std::string_view sign : {"=", "!=", "<", "<=", ">", ">="}) {
    EXPECT_FALSE(Matches("payload.row_count " + std::string(sign) + " \"1200\"")) << sign;
    EXPECT_FALSE(Matches("target.name " + std::string(sign) + " 5")) << sign;
    EXPECT_FALSE(Matches("payload.items " + std::string(sign) + " 5")) << sign;
    EXPECT_FALSE(Matches("payload.missing " + std::string(sign) + " 5")) << sign;
  }
  EXPECT_FALSE(Matches("payload.ok != 1"));
  EXPECT_FALSE(Matches("payload.ok = \"true\""));
  EXPECT_TRUE(Matches("not payload.row_count = \"1200\"")) << "which 'not' turns around";
}

TEST(Filter, Null) {
  EXPECT_TRUE(Matches("payload.none = null"));
  EXPECT_FALSE(Matches("payload.none != null"));
  EXPECT_FALSE(Matches("payload.row_count = null"));
  EXPECT_TRUE(Matches("payload.row_count != null"));
  EXPECT_FALSE(Matches("payload.missing = null"));
  EXPECT_FALSE(Matches("payload.missing != null"));
}

TEST(Filter, ExistsOnEitherSide) {
  EXPECT_TRUE(Matches("exists payload.none"));
  EXPECT_TRUE(Matches("payload.none exists"));
  EXPECT_TRUE(Matches("exists payload.empty and exists payload"));
  EXPECT_FALSE(Matches("payload.missing exists"));
  EXPECT_FALSE(Matches("exists payload.items[2]"));
}

TEST(Filter, In) {
  EXPECT_TRUE(Matches("payload.row_count in (1, 1200)"));
  EXPECT_TRUE(Matches("payload.row_count in [\"x\", null, 1200.0]"));
  EXPECT_FALSE(Matches("payload.row_count in (\"1200\")"));
  EXPECT_TRUE(Matches("payload.none in (null)"));
  EXPECT_FALSE(Matches("payload.missing in (null, 1)"));
  EXPECT_TRUE(Matches("not payload.row_count in(1,2)"));
}

TEST(Filter, Glob) {
  EXPECT_TRUE(Matches("target.name ~ \"public.*\""));
  EXPECT_TRUE(Matches("target.name~'*.order?'"));
  EXPECT_FALSE(Matches("target.name ~ \"public\""));
  EXPECT_FALSE(Matches("payload.row_count ~ \"*\"")) << "no string";
}

TEST(Filter, AndBindsTighterThanOrAndNotTightest) {
  EXPECT_TRUE(Matches("payload.ok = true or payload.ok = true and payload.ok = false"));
  EXPECT_FALSE(Matches("(payload.ok = true or payload.ok = true) and payload.ok = false"));
  EXPECT_TRUE(Matches("not payload.ok = false and payload.ok = true"));
  EXPECT_TRUE(Matches("not (payload.ok = false and payload.ok = true)"));
  EXPECT_TRUE(Matches("not not payload.ok = true"));
  EXPECT_TRUE(Matches("NOT (payload.ok = FALSE) AND payload.none IN (NULL) OR EXISTS payload.missing"));
}

TEST(Filter, PathsAndStringsOfEverySpelling) {
  EXPECT_TRUE(Matches(R"(extras."odd key" = "a \"b\" é")"));
  EXPECT_TRUE(Matches(R"(extras.'odd key' = 'a "b" \u00e9')"));
  EXPECT_TRUE(Matches(R"(payload.größe = "L" and "payload"."gr\u00f6\u00dfe" = 'L')"));
  EXPECT_TRUE(Matches("payload.items[1].x = 2 and payload.items[0].x = 1"));
  EXPECT_TRUE(Matches("extras.not = 1")) << "a word of the language is a field after a dot";
}

TEST(Filter, ProducedAtComparesInstants) {
  EXPECT_TRUE(Matches("produced_at = \"2026-01-10T15:00:00.123+10:00\""));
  EXPECT_TRUE(Matches("produced_at < \"2026-01-10T05:00:00.1231Z\""));
  EXPECT_TRUE(Matches("produced_at >= \"2026-01-10\" and produced_at < \"2026-01-11\""));
  EXPECT_TRUE(Matches("produced_at in (\"2026-01-10 05:00:00.123\")"));
  EXPECT_TRUE(Matches("produced_at < \"2026-01-10x\"")) << "no time, so by bytes: 'T' is less than 'x'";
  EXPECT_FALSE(Matches("extras.window_start = \"2026-01-09T00:00:00Z\"")) << "other paths compare bytes";
}

TEST(Filter, EachMistakeIsToldWithItsColumn) {
  EXPECT_EQ(Mistake("payload.row_count > "), "filter, column 21: expected a value after '>'");
  EXPECT_EQ(Mistake("payload.row_count >"), "filter, column 20: expected a value after '>'");
  EXPECT_EQ(Mistake("payload.größe = )"), "filter, column 17: expected a value after '='");
  EXPECT_EQ(Mistake("a = abc"), "filter, column 5: expected a value after '='; a string goes in quotes");
  EXPECT_EQ(Mistake("and"), "filter, column 1: expected a path, 'exists', 'not' or '('");
  EXPECT_EQ(Mistake("5 = a"), "filter, column 1: expected a path, 'exists', 'not' or '('");
  EXPECT_EQ(Mistake("a = 1 and"), "filter, column 10: expected a path, 'exists', 'not' or '('");
  EXPECT_EQ(Mistake("a = 1 or or"), "filter, column 10: expected a path, 'exists', 'not' or '('");
  EXPECT_EQ(Mistake("not"), "filter, column 4: expected a path, 'exists', 'not' or '('");
  EXPECT_EQ(Mistake("exists"), "filter, column 7: expected a path after 'exists'");
  EXPECT_EQ(Mistake("a"),
            "filter, column 2: expected a comparison (= != < <= > >= ~), 'in' or 'exists' after the path");
  EXPECT_EQ(Mistake("a ! 1"),
            "filter, column 3: expected a comparison (= != < <= > >= ~), 'in' or 'exists' after the path");
  EXPECT_EQ(Mistake("a. = 1"), "filter, column 3: expected a field name after '.'");
  EXPECT_EQ(Mistake("a[x] = 1"), "filter, column 3: expected a whole number from 0 to 4294967295, then ']'");
  EXPECT_EQ(Mistake("(a = 1"), "filter, column 7: expected ')' for the '(' at column 1");
  EXPECT_EQ(Mistake("ä = 1 and (a = 1 b"), "filter, column 18: expected ')' for the '(' at column 11");
  EXPECT_EQ(Mistake("a = 1)"), "filter, column 6: expected 'and', 'or' or the end of the filter");
  EXPECT_EQ(Mistake("a = 1 b = 2"), "filter, column 7: expected 'and', 'or' or the end of the filter");
  EXPECT_EQ(Mistake("a in 1"), "filter, column 6: expected '(' or '[' after 'in'");
  EXPECT_EQ(Mistake("a in ()"), "filter, column 7: expected a value in the list");
  EXPECT_EQ(Mistake("a in (1,)"), "filter, column 9: expected a value in the list");
  EXPECT_EQ(Mistake("a in (x)"), "filter, column 7: expected a value in the list; a string goes in quotes");
  EXPECT_EQ(Mistake("a in (1 2)"), "filter, column 9: expected ',' or ')' in the list");
  EXPECT_EQ(Mistake("a in [1)"), "filter, column 8: expected ',' or ']' in the list");
  EXPECT_EQ(Mistake("a ~ 5"), "filter, column 5: expected a pattern in quotes after '~'");
  EXPECT_EQ(Mistake("a = \"x"), "filter, column 5: the quote is not closed");
  EXPECT_EQ(Mistake("a = 'x\\q'"), R"(filter, column 7: not an escape: \" \' \\ \/ \b \f \n \r \t \uXXXX are known)");
  EXPECT_EQ(Mistake("a < true"), "filter, column 5: '<' compares numbers and strings only");
  EXPECT_EQ(Mistake("a >= null"), "filter, column 6: '>=' compares numbers and strings only");
  for (const std::string number : {"1.", "-", "01", "1e", "1e+", "1x", "1.2.3", "-x"}) {
    EXPECT_EQ(Mistake("a = " + number), "filter, column 5: not a number") << number;
  }
  EXPECT_EQ(Mistake("a = 1e999"), "filter, column 5: a number beyond 1.8e308");
  EXPECT_EQ(Mistake("a = \"\xC3\""), "filter, column 6: not UTF-8");
}

TEST(Filter, DepthLengthAndPathsAreBounded) {
  const auto nested = [](int depth) { return std::string(depth, '(') + "a=1" + std::string(depth, ')'); };
  EXPECT_EQ(Mistake(nested(200)), "accepted");
  EXPECT_EQ(Mistake(nested(201)), "filter, column 202: nested deeper than 200 levels");
  EXPECT_EQ(Mistake(nested(30'000)), "filter, column 202: nested deeper than 200 levels");
  std::string nots;
  for (int i = 0; i < 10'000; ++i) nots += "not ";
  EXPECT_EQ(Mistake(nots + "a=1"), "filter, column 805: nested deeper than 200 levels");
  EXPECT_EQ(Mistake("a=1" + std::string(Filter::kBytesMax, ' ')), "filter: longer than 65536 bytes");
  std::string chain = "a=1";
  for (int i = 0; i < 5000; ++i) chain += " and a=1";
  EXPECT_EQ(Mistake(chain), "accepted") << "a long chain is not a deep one";
  std::string paths = "a=1";
  for (int i = 0; i < 256; ++i) paths += " or b" + std::to_string(i) + "=1";
  EXPECT_NE(Mistake(paths).find("more than 256 different paths"), std::string::npos);
}

TEST(Filter, AFacetAnswersForThePlatformsKind) {
  const PaddedJson event(R"({"kind":"openlineage.run_event","payload":{"row_count":1}})");
  const PaddedJson facet(R"({"rowCount":7})");
  const Document document{event.view(), "ingestion_volume", facet.view(), true};
  PathScratch scratch;
  EXPECT_TRUE(Filter::Parse("payload.row_count = 7 and kind = 'ingestion_volume'")->Matches(document, scratch));
  EXPECT_FALSE(Filter::Parse("payload.row_count = 1")->Matches(document, scratch));
}

/// A random condition: its text, and whether it holds by the plainest reading of the manual.
struct Condition {
  std::string text;
  bool holds;
};

Condition RandomTest(std::mt19937_64& random, const JsonTree& tree) {
  Path path = RandomPath(random, tree);
  if (path.steps[0].field == "kind") path.steps = {{"missing", {}}};
  const JsonTree* const found = tree.Find(path);
  const std::string at = path.ToString();
  switch (random() % 5) {
    case 0:
      return {random() % 2 == 0 ? "exists " + at : at + " exists", found != nullptr};
    case 1: {
      const std::string pattern =
          found != nullptr && !found->text.empty() && random() % 2 == 0 ? found->text + "*" : "*a*";
      return {at + " ~ " + RandomJsonString(random, pattern),
              found != nullptr && found->type == JsonTree::Type::kString && GlobMatch(pattern, found->text)};
    }
    case 2: {
      const bool yes = random() % 2 == 0;
      return {at + (yes ? " = true" : " in (false)"),
              found != nullptr && found->type == (yes ? JsonTree::Type::kTrue : JsonTree::Type::kFalse)};
    }
    default:
      break;
  }
  const auto sign = random() % 6;
  const auto judge = [&](auto a, auto b) {
    return sign == 0   ? a == b
           : sign == 1 ? a != b
           : sign == 2 ? a < b
           : sign == 3 ? a <= b
           : sign == 4 ? a > b
                       : a >= b;
  };
  static const std::vector<std::string> kSigns = {"=", "!=", "<", "<=", ">", ">="};
  JsonTree literal = RandomTree(random, 0);
  if (found != nullptr && random() % 2 == 0) literal = *found;
  if (literal.type == JsonTree::Type::kNumber) {
    // long double holds every 64-bit integer and every double.
    const auto number = [](const std::string& text) {
      const bool real = text.find_first_of(".e") != std::string::npos;
      return real ? static_cast<long double>(std::strtod(text.c_str(), nullptr)) : std::strtold(text.c_str(), nullptr);
    };
    return {at + " " + kSigns[sign] + " " + literal.text, found != nullptr && found->type == JsonTree::Type::kNumber &&
                                                              judge(number(found->text), number(literal.text))};
  }
  return {at + kSigns[sign] + RandomJsonString(random, literal.text),
          found != nullptr && found->type == JsonTree::Type::kString && judge(found->text, literal.text)};
}

Condition RandomCondition(std::mt19937_64& random, const JsonTree& tree, int depth) {
  const auto roll = depth == 0 ? 9 : random() % 10;
  if (roll < 2) {
    const Condition inner = RandomCondition(random, tree, depth - 1);
    return {"not (" + inner.text + ")", !inner.holds};
  }
  if (roll < 7) {
    const bool both = random() % 2 == 0;
    Condition out{"", both};
    for (auto n = 1 + random() % 3; n != 0; --n) {
      const Condition term = RandomCondition(random, tree, depth - 1);
      if (!out.text.empty()) out.text += both ? " and " : " or ";
      out.text += "(" + term.text + ")";
      out.holds = both ? out.holds && term.holds : out.holds || term.holds;
    }
    return out;
  }
  return RandomTest(random, tree);
}

TEST(Filter, AgreesWithAPlainEvaluationOfRandomFilters) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  PathScratch scratch;
  int held = 0;
  for (int round = 0; round < 20'000; ++round) {
    const JsonTree tree = RandomTree(random, 4);
    if (tree.type != JsonTree::Type::kObject) continue;
    std::string json;
    WriteTree(random, tree, json);
    const PaddedJson text(json);
    const Condition condition = RandomCondition(random, tree, 3);
    const auto filter = Filter::Parse(condition.text);
    ASSERT_TRUE(filter) << condition.text << ": " << filter.error();
    ASSERT_EQ(filter->Matches(RecordDocument(text), scratch), condition.holds) << condition.text << " on " << json;
    held += condition.holds ? 1 : 0;
  }
  EXPECT_GT(held, 1000);
}

}  // namespace
}  // namespace cairn
