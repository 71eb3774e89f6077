#include "schema/schema_program.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const SchemaProgram> Compiled(std::string_view json) {
  auto program = SchemaProgram::Compile(json);
  EXPECT_TRUE(program) << program.status() << "\n" << json;
  return program ? *program : nullptr;
}

/// `pointer: words` of each violation, with `;` between.
std::string Wrong(std::string_view schema, std::string_view value) {
  const auto program = Compiled(schema);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  EXPECT_EQ(parser.parse(value.data(), value.size(), true).get(element), simdjson::SUCCESS) << value;
  std::string out;
  for (const SchemaViolation& one : program->Check(element, value.size())) {
    out += (out.empty() ? "" : "; ") + one.pointer + ": " + one.words;
  }
  return out;
}

std::string Refused(std::string_view schema) {
  const auto program = SchemaProgram::Compile(schema);
  EXPECT_FALSE(program) << schema;
  return program.status().message();
}

TEST(SchemaProgram, ALongValueIsCutBetweenCharacters) {
  for (std::size_t letters = 55; letters < 60; ++letters) {
    const std::string value = std::string(letters, 'a') + "\u20AC\u20AC\u20AC";
    const std::string said = Wrong(R"({"type":"integer"})", "\"" + value + "\"");
    EXPECT_TRUE(simdjson::validate_utf8(said)) << said;
    EXPECT_TRUE(said.ends_with("...")) << said;
  }
}

TEST(SchemaProgram, SaysWhereAndWhatWasExpected) {
  const std::string_view schema =
      R"({"type":"object","required":["row_count"],"properties":{"row_count":{"type":"integer","minimum":0},
          "tags":{"type":"array","items":{"type":"string"}},"a/b":{"enum":["x","y"]}}})";
  EXPECT_EQ(Wrong(schema, R"({"row_count":12,"other":null})"), "");
  EXPECT_EQ(Wrong(schema, R"({})"), ": \"row_count\" is missing");
  EXPECT_EQ(Wrong(schema, R"({"row_count":"12"})"), "/row_count: expected integer, found \"12\"");
  EXPECT_EQ(Wrong(schema, R"({"row_count":-1})"), "/row_count: expected at least 0, found -1");
  EXPECT_EQ(Wrong(schema, R"({"row_count":1,"tags":["a",2]})"), "/tags/1: expected string, found 2");
  EXPECT_EQ(Wrong(schema, R"({"row_count":1,"a/b":"z"})"), "/a~1b: expected one of \"x\", \"y\", found \"z\"");
  EXPECT_EQ(Wrong(schema, "[]"), ": expected object, found array");
}

TEST(SchemaProgram, HoldsEachKeyword) {
  struct Case {
    std::string_view schema;
    std::string_view good;
    std::string_view bad;
  };
  for (const Case& one : {
           Case{R"({"type":["integer","null"]})", "null", "1.5"},
           Case{R"({"type":"integer"})", "1.0", "true"},
           Case{R"({"const":{"a":[1,2.0]}})", R"({"a":[1.0,2]})", R"({"a":[2,1]})"},
           Case{R"({"maximum":3})", "3", "3.01"},
           Case{R"({"exclusiveMinimum":3})", "3.5", "3"},
           Case{R"({"exclusiveMaximum":18446744073709551615})", "18446744073709551614", "18446744073709551615"},
           Case{R"({"multipleOf":0.1})", "0.3", "0.35"},
           Case{R"({"multipleOf":3})", "9007199254740993", "9007199254740991"},
           Case{R"({"minLength":2})", R"("äö")", R"("ä")"},
           Case{R"({"maxLength":2})", R"("äö")", R"("abc")"},
           Case{R"({"pattern":"^a\\d+$"})", R"("a12")", R"("ba1")"},
           Case{R"({"pattern":"\\u00e4"})", R"("xä")", R"("xa")"},
           Case{R"({"format":"date"})", R"("2024-02-29")", R"("2023-02-29")"},
           Case{R"({"format":"time"})", R"("05:00:00.5+10:00")", R"("5:00")"},
           Case{R"({"format":"date-time"})", R"("2026-01-10T05:00:00Z")", R"("2026-01-10")"},
           Case{R"({"items":[{"type":"string"}],"additionalItems":false})", R"(["a"])", R"(["a",1])"},
           Case{R"({"contains":{"const":1}})", "[0,1]", "[0]"},
           Case{R"({"uniqueItems":true})", "[1,2]", "[1,1.0]"},
           Case{R"({"minItems":1,"maxItems":2})", "[1]", "[]"},
           Case{R"({"minProperties":1})", R"({"a":1})", "{}"},
           Case{R"({"maxProperties":1})", R"({"a":1})", R"({"a":1,"b":2})"},
           Case{R"({"properties":{"a":{}},"additionalProperties":false})", R"({"a":1})", R"({"b":1})"},
           Case{R"({"patternProperties":{"^x":{"type":"null"}},"additionalProperties":{"type":"string"}})",
                R"({"xa":null,"y":"s"})", R"({"xa":"s"})"},
           Case{R"({"propertyNames":{"maxLength":2}})", R"({"ab":1})", R"({"abc":1})"},
           Case{R"({"dependencies":{"a":["b"]}})", R"({"b":1})", R"({"a":1})"},
           Case{R"({"dependencies":{"a":{"required":["b"]}}})", R"({"a":1,"b":1})", R"({"a":1})"},
           Case{R"({"allOf":[{"minimum":1},{"maximum":2}]})", "2", "3"},
           Case{R"({"anyOf":[{"type":"string"},{"minimum":2}]})", "2", "1"},
           Case{R"({"oneOf":[{"minimum":1},{"minimum":2}]})", "1", "2"},
           Case{R"({"not":{"type":"null"}})", "1", "null"},
           Case{R"({"if":{"minimum":10},"then":{"multipleOf":10},"else":{"maximum":5}})", "20", "6"},
           Case{R"({"$ref":"#/definitions/a%25b","definitions":{"a%b":{"type":"null"}}})", "null", "1"},
           Case{R"({"properties":{"next":{"$ref":"#"},"v":{"type":"null"}}})", R"({"next":{"next":{"v":null}}})",
                R"({"next":{"next":{"v":1}}})"},
           Case{"true", "1", ""},
           Case{"false", "", "1"},
       }) {
    if (!one.good.empty()) {
      EXPECT_EQ(Wrong(one.schema, one.good), "") << one.schema << one.good;
    }
    if (!one.bad.empty()) {
      EXPECT_NE(Wrong(one.schema, one.bad), "") << one.schema << one.bad;
    }
  }
}

TEST(SchemaProgram, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(Refused(R"({"properties":{"a":{"minimun":1}}})"),
              HasSubstr("\"/properties/a/minimun\": the keyword is not known; did you mean minimum?"));
  EXPECT_THAT(Refused(R"({"unevaluatedProperties":false})"), HasSubstr("/unevaluatedProperties"));
  EXPECT_THAT(Refused(R"({"$schema":"https://json-schema.org/draft/2020-12/schema"})"), HasSubstr("draft 7"));
  EXPECT_THAT(Refused(R"({"format":"email"})"), HasSubstr("\"/format\""));
  EXPECT_THAT(Refused(R"({"type":"decimal"})"), HasSubstr("\"/type\""));
  EXPECT_THAT(Refused(R"({"$ref":"other.json"})"), HasSubstr("into the document itself"));
  EXPECT_THAT(Refused(R"({"$ref":"#/definitions/none"})"), HasSubstr("there is nothing at"));
  EXPECT_THAT(Refused(R"({"$ref":"#/definitions/a","minimum":1,"definitions":{"a":{}}})"), HasSubstr("\"/minimum\""));
  EXPECT_THAT(Refused(R"({"definitions":{"unused":{"zebra":1}}})"), HasSubstr("/definitions/unused/zebra"));
  EXPECT_THAT(Refused(R"({"minLength":-1})"), HasSubstr("\"/minLength\""));
  EXPECT_THAT(Refused("{"), HasSubstr("no JSON"));
  EXPECT_THAT(Refused("[]"), HasSubstr("expected a schema"));
}

TEST(SchemaProgram, RefusesHostileSchemas) {
  EXPECT_THAT(Refused(R"({"$ref":"#"})"), HasSubstr("back to itself"));
  EXPECT_THAT(
      Refused(R"({"definitions":{"a":{"anyOf":[{"$ref":"#/definitions/b"}]},"b":{"not":{"$ref":"#/definitions/a"}}}})"),
      HasSubstr("back to itself"));
  std::string deep;
  for (int i = 0; i < 10'000; ++i) deep += R"({"not":)";
  EXPECT_THAT(Refused(deep + "{}" + std::string(10'000, '}')), HasSubstr("too deep"));
  EXPECT_THAT(Refused("{\"title\":\"" + std::string(SchemaProgram::kBytesMax, 'x') + "\"}"), HasSubstr("bytes"));
  std::string many = R"({"anyOf":[{})";
  for (std::size_t i = 0; i < SchemaProgram::kNodesMax; ++i) many += ",{}";
  EXPECT_THAT(Refused(many + "]}"), HasSubstr("too many parts"));
  EXPECT_THAT(Refused(R"x({"pattern":"(((a{1,1000}){1,1000}){1,1000})"})x"), HasSubstr("expression is not taken"));
  EXPECT_THAT(Refused(R"({"pattern":"(?=a)b"})"), HasSubstr("look-around"));
  EXPECT_THAT(Refused(R"({"pattern":"(a)\\1"})"), HasSubstr("expression is not taken"));
  EXPECT_THAT(Refused("{\"pattern\":\"" + std::string(2000, 'a') + "\"}"), HasSubstr("too long"));
}

TEST(SchemaProgram, AnExpressionThatBacktracksIsNoTrouble) {
  EXPECT_NE(Wrong(R"({"pattern":"^(a+)+$"})", '"' + std::string(100'000, 'a') + "b\""), "");
}

TEST(SchemaProgram, WhatTakesTooLongIsAViolation) {
  // Each part asks twice for the next: 2^40 steps.
  std::string schema = R"({"$ref":"#/definitions/d0","definitions":{)";
  for (int i = 0; i < 40; ++i) {
    schema += R"("d)" + std::to_string(i) + R"(":{"anyOf":[{"$ref":"#/definitions/d)" + std::to_string(i + 1) +
              R"("},{"$ref":"#/definitions/d)" + std::to_string(i + 1) + R"("}]},)";
  }
  EXPECT_THAT(Wrong(schema + R"("d40":false}})", "1"), HasSubstr("takes too long"));
  // A tree as deep as records may be.
  std::string tree;
  for (int i = 0; i < 250; ++i) tree += "[";
  EXPECT_THAT(Wrong(R"({"items":{"$ref":"#"}})", tree + std::string(250, ']')), HasSubstr("too deep"));
}

TEST(SchemaProgram, TellsSoManyViolationsAtMost) {
  std::string list = "[0";
  for (int i = 0; i < 1000; ++i) list += ",0";
  const auto program = Compiled(R"({"items":{"type":"string"}})");
  simdjson::dom::parser parser;
  const std::string json = list + "]";
  EXPECT_EQ(program->Check(parser.parse(json), json.size()).size(), SchemaProgram::kViolationsMax);
}

/// Where the second schema takes less than the first; empty where it does not.
std::string Narrowing(std::string_view before, std::string_view after) {
  const auto found = FindNarrowing(*Compiled(before), *Compiled(after));
  return found ? found->pointer + ": " + found->words : "";
}

TEST(SchemaNarrowing, WhatWidensIsTaken) {
  struct Case {
    std::string_view before;
    std::string_view after;
  };
  for (const Case& one : {
           Case{R"({"properties":{"a":{}}})", R"({"properties":{"a":{},"b":{"type":"string"}}})"},
           Case{R"({"type":"integer"})", R"({"type":"number"})"},
           Case{R"({"type":"integer"})", R"({"type":["integer","null"]})"},
           Case{R"({"enum":["a"]})", R"({"enum":["a","b"]})"},
           Case{R"({"enum":["a",1]})", R"({"type":["string","integer"]})"},
           Case{R"({"const":1})", R"({"enum":[1,2]})"},
           Case{R"({"required":["a","b"]})", R"({"required":["a"]})"},
           Case{R"({"minimum":5,"maximum":6})", R"({"minimum":4})"},
           Case{R"({"exclusiveMinimum":5})", R"({"minimum":5})"},
           Case{R"({"pattern":"a","format":"date"})", R"({})"},
           Case{R"({"additionalProperties":false})", R"({"properties":{"b":{"type":"string"}}})"},
           Case{R"({"anyOf":[{"type":"null"}]})", R"({"anyOf":[{"type":"null"},{"type":"string"}]})"},
           Case{R"({"allOf":[{"minimum":1},{"maximum":9}]})", R"({"allOf":[{"minimum":0}]})"},
           Case{R"({"not":{"type":["string","null"]}})", R"({"not":{"type":"null"}})"},
           Case{R"({"items":{"type":"integer"}})", R"({"items":{"type":"number"}})"},
           Case{R"({"properties":{"n":{"$ref":"#"}}})", R"({"properties":{"n":{"$ref":"#"},"m":{}}})"},
       }) {
    EXPECT_EQ(Narrowing(one.before, one.after), "") << one.before << one.after;
  }
}

TEST(SchemaNarrowing, WhatNarrowsIsNamedByItsPointer) {
  EXPECT_EQ(
      Narrowing(R"({"properties":{"a":{"type":["string","null"]}}})", R"({"properties":{"a":{"type":"string"}}})"),
      "/properties/a/type: null was taken before");
  EXPECT_EQ(Narrowing("{}", R"({"required":["a"]})"), "/required: \"a\" was not required before");
  EXPECT_EQ(Narrowing(R"({"enum":["a","b"]})", R"({"enum":["a"]})"), "/enum: \"b\" was taken before");
  EXPECT_EQ(Narrowing(R"({"enum":["a",1]})", R"({"type":"string"})"), "/type: 1 was taken before");
  EXPECT_EQ(Narrowing("{}", R"({"enum":["a"]})"), "/enum: any value was taken before");
  EXPECT_EQ(Narrowing(R"({"minimum":0})", R"({"minimum":1})"), "/minimum: the bound was 0 before");
  EXPECT_EQ(Narrowing("{}", R"({"maxLength":1})"), "/maxLength: there was no such bound before");
  EXPECT_THAT(Narrowing("{}", R"({"additionalProperties":false})"), HasSubstr("/additionalProperties"));
  EXPECT_THAT(Narrowing(R"({"properties":{"a":{}},"additionalProperties":false})",
                        R"({"properties":{},"additionalProperties":false})"),
              HasSubstr("\"a\" was a field before"));
  EXPECT_THAT(Narrowing(R"({"items":{"type":"number"}})", R"({"items":{"type":"integer"}})"), HasSubstr("/items/type"));
  EXPECT_THAT(Narrowing("{}", R"({"items":{"type":"integer"}})"), HasSubstr("/items"));
  EXPECT_THAT(Narrowing("{}", R"({"contains":{"type":"integer"}})"), HasSubstr("/contains"));
  EXPECT_THAT(Narrowing("{}", R"({"not":{"type":"null"}})"), HasSubstr("/not"));
  EXPECT_THAT(Narrowing(R"({"not":{"type":"null"}})", R"({"not":{"type":["null","string"]}})"), HasSubstr("/not"));
  EXPECT_THAT(Narrowing(R"({"oneOf":[{"type":"null"},{"type":"string"}]})",
                        R"({"oneOf":[{"type":"null"},{"type":["string","integer"]}]})"),
              HasSubstr("/oneOf/1/type"));
  EXPECT_THAT(Narrowing("{}", R"({"if":{"type":"null"},"then":false})"), HasSubstr("/if"));
  EXPECT_THAT(Narrowing(R"({"definitions":{"a":{}},"properties":{"x":{"$ref":"#/definitions/a"}}})",
                        R"({"definitions":{"a":{"type":"null"}},"properties":{"x":{"$ref":"#/definitions/a"}}})"),
              HasSubstr("/definitions/a/type"));
  // Within `not`, a field that is described now takes something away.
  EXPECT_NE(Narrowing(R"({"not":{"properties":{"a":{"type":"null"}}}})", R"({"not":{}})"), "");
}

}  // namespace
}  // namespace cairn
