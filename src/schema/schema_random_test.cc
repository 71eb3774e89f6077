#include <gtest/gtest.h>

#include <random>

// The one translation unit that compiles Boost.JSON.
#include <boost/json/src.hpp>
#include <valijson/adapters/boost_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "schema/schema_program.h"

namespace cairn {
namespace {

/// Schemas and values by chance, of few names and values, so that they meet.
class Chance {
 public:
  explicit Chance(std::uint32_t seed) : random_(seed) {}

  std::string Schema(int depth) {
    std::string out;
    const auto add = [&](const std::string& member) { out += (out.empty() ? "" : ",") + member; };
    if (Below(2) == 0) {
      constexpr const char* kTypes[] = {"null", "boolean", "integer", "number", "string", "array", "object"};
      const std::string first = '"' + std::string(kTypes[Below(7)]) + '"';
      add(R"("type":)" + (Below(2) == 0 ? first : "[" + first + R"(,"object"])"));
    }
    if (Below(8) == 0) add(R"("enum":[)" + Value(1) + "," + Value(1) + "]");
    if (Below(12) == 0) add(R"("const":)" + Value(1));
    if (Below(4) == 0) add(R"("minimum":)" + std::to_string(Below(4)));
    if (Below(6) == 0) add(R"("exclusiveMaximum":)" + std::to_string(Below(5)));
    if (Below(6) == 0) add(R"("multipleOf":)" + std::to_string(Below(3)) + ".5");
    if (Below(6) == 0) add(R"("minLength":)" + std::to_string(Below(3)));
    if (Below(6) == 0) add(R"("maxLength":)" + std::to_string(Below(3)));
    if (Below(8) == 0) add(R"("pattern":"^a*b?$")");
    if (Below(6) == 0) add(R"("minItems":)" + std::to_string(Below(3)));
    if (Below(6) == 0) add(R"("maxItems":)" + std::to_string(Below(3)));
    if (Below(6) == 0) add(R"("uniqueItems":true)");
    if (Below(6) == 0) add(R"("required":["a"])");
    if (Below(6) == 0) add(R"("minProperties":)" + std::to_string(Below(3)));
    if (Below(6) == 0) add(R"("maxProperties":)" + std::to_string(Below(3)));
    if (Below(10) == 0) add(R"("dependencies":{"a":["b"]})");
    if (depth == 0) return "{" + out + "}";
    const auto part = [&] { return Schema(depth - 1); };
    if (Below(3) == 0) add(R"("properties":{"a":)" + part() + R"(,"b":)" + part() + "}");
    if (Below(6) == 0) add(R"("patternProperties":{"^c":)" + part() + "}");
    if (Below(6) == 0) add(R"("additionalProperties":)" + (Below(2) == 0 ? std::string("false") : part()));
    if (Below(8) == 0) add(R"("propertyNames":{"maxLength":1})");
    if (Below(4) == 0) add(R"("items":)" + (Below(2) == 0 ? part() : "[" + part() + "," + part() + "]"));
    if (Below(8) == 0) add(R"("additionalItems":)" + (Below(2) == 0 ? std::string("false") : part()));
    if (Below(8) == 0) add(R"("contains":)" + part());
    if (Below(8) == 0) add(R"("allOf":[)" + part() + "," + part() + "]");
    if (Below(8) == 0) add(R"("anyOf":[)" + part() + "," + part() + "]");
    if (Below(8) == 0) add(R"("oneOf":[)" + part() + "," + part() + "]");
    if (Below(10) == 0) add(R"("not":)" + part());
    if (Below(10) == 0) add(R"("if":)" + part() + R"(,"then":)" + part() + R"(,"else":)" + part());
    return "{" + out + "}";
  }

  std::string Value(int depth) {
    switch (Below(depth == 0 ? 5 : 7)) {
      case 0:
        return "null";
      case 1:
        return Below(2) == 0 ? "true" : "false";
      case 2:
        return std::to_string(Below(6));
      case 3:
        return std::to_string(Below(5)) + ".5";
      case 4: {
        constexpr const char* kTexts[] = {R"("")", R"("a")", R"("ab")", R"("aab")", R"("ba")", R"("ä")"};
        return kTexts[Below(6)];
      }
      case 5: {
        std::string list;
        for (int i = Below(4); i > 0; --i) list += (list.empty() ? "" : ",") + Value(depth - 1);
        return "[" + list + "]";
      }
      default: {
        std::string members;
        for (const char* name : {"a", "b", "c", "cd"}) {
          if (Below(2) == 0) members += (members.empty() ? "\"" : ",\"") + std::string(name) + "\":" + Value(depth - 1);
        }
        return "{" + members + "}";
      }
    }
  }

  int Below(int n) { return static_cast<int>(random_() % static_cast<std::uint32_t>(n)); }

 private:
  std::mt19937 random_;
};

TEST(SchemaRandom, SaysWhatValijsonSays) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Chance chance(seed);
  int good = 0;
  int bad = 0;
  for (int round = 0; round < 2000; ++round) {
    const std::string schema = chance.Schema(2);
    auto program = SchemaProgram::Compile(schema);
    ASSERT_TRUE(program) << program.status() << schema;
    valijson::Schema reference;
    valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
    const boost::json::value schema_value = boost::json::parse(schema);
    parser.populateSchema(valijson::adapters::BoostJsonAdapter(schema_value), reference);
    valijson::Validator validator;
    for (int i = 0; i < 20; ++i) {
      const std::string json = chance.Value(3);
      const boost::json::value value = boost::json::parse(json);
      const bool expected = validator.validate(reference, valijson::adapters::BoostJsonAdapter(value), nullptr);
      simdjson::dom::parser dom;
      const auto violations = (*program)->Check(dom.parse(json), json.size());
      ASSERT_EQ(violations.empty(), expected)
          << schema << "\n"
          << json << "\n"
          << (violations.empty() ? "" : violations[0].pointer + ": " + violations[0].words);
      ++(expected ? good : bad);
    }
  }
  EXPECT_GT(good, 1000);
  EXPECT_GT(bad, 1000);
}

/// What is called compatible must be: all that the one takes, the other takes.
TEST(SchemaRandom, WhatIsNoNarrowingTakesAllThatWasTaken) {
  const std::uint32_t seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  Chance chance(seed);
  int compatible = 0;
  for (int round = 0; round < 20'000 && compatible < 300; ++round) {
    const std::string before_json = chance.Schema(1);
    const std::string after_json = chance.Schema(1);
    const auto before = SchemaProgram::Compile(before_json);
    const auto after = SchemaProgram::Compile(after_json);
    ASSERT_TRUE(before && after);
    if (FindNarrowing(**before, **after)) continue;
    // A field that nobody described before is let in on purpose.
    if (after_json.find("roperties\":{") != std::string::npos) continue;
    ++compatible;
    for (int i = 0; i < 100; ++i) {
      const std::string json = chance.Value(2);
      simdjson::dom::parser dom;
      const simdjson::dom::element value = dom.parse(json);
      if (!(*before)->Check(value, json.size()).empty()) continue;
      ASSERT_TRUE((*after)->Check(value, json.size()).empty()) << before_json << "\n" << after_json << "\n" << json;
    }
  }
  EXPECT_GT(compatible, 20);
}

}  // namespace
}  // namespace cairn
