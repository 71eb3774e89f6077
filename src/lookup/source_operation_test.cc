#include "lookup/source_operation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "obs/config.h"

namespace cairn {
namespace {

using testing::HasSubstr;

// Of a source that is declared here, and of the one that is built in.
class SourceOperationTest : public testing::Test {
 protected:
  static OperationConfig Animal() {
    OperationConfig out;
    out.name = "animal";
    out.path = "/animals/{id}/x{kind}";
    out.parameters = {{.name = "id", .type = ParameterType::kInteger, .required = true, .help = "Its number"},
                      {.name = "kind", .required = true},
                      {.name = "lang", .standard = "en", .query = "l"},
                      {.name = "weight", .type = ParameterType::kNumber},
                      {.name = "wild", .type = ParameterType::kSwitch}};
    return out;
  }
  static std::unique_ptr<SourceOperation> Make(const OperationConfig& config) {
    SourceConfig source;
    source.name = "zoo";
    source.base_url = "http://zoo.test/v1/";
    source.operations = {config};
    auto made = SourceOperation::Make(source, config);
    EXPECT_TRUE(made) << made.status();
    return std::move(*made);
  }
  static std::string Refused(const SourceOperation& operation, const LookupParams& params) {
    const auto checked = operation.Check(params);
    return checked ? "not refused" : checked.error().message();
  }
};

TEST_F(SourceOperationTest, TheUrlHoldsEachParameterOnceAndEscaped) {
  const auto operation = Make(Animal());
  const auto params =
      operation->Check({{"id", "007"}, {"kind", "a/b?c&d=é ..%2F"}, {"wild", "on"}, {"weight", "1.50"}});
  ASSERT_TRUE(params) << params.error();
  EXPECT_EQ(operation->Url(*params),
            "http://zoo.test/v1/animals/7/xa%2Fb%3Fc%26d%3D%C3%A9%20..%252F?l=en&weight=1.5&wild=true");
}

TEST_F(SourceOperationTest, WhatDoesNotFitIsRefusedWithItsReason) {
  const auto operation = Make(Animal());
  EXPECT_EQ(Refused(*operation, {{"kind", "a"}}), "zoo animal needs id: Its number");
  EXPECT_THAT(Refused(*operation, {{"id", "x"}, {"kind", "a"}}), HasSubstr("\"x\" is not an integer"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", "a"}, {"weight", "inf"}}), HasSubstr("is not a number"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", "a"}, {"wild", "2"}}), HasSubstr("is not on or off"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", "a"}, {"langg", "2"}}), HasSubstr("did you mean \"lang\"?"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", "a"}, {"zzzzzzz", "2"}}), HasSubstr("it has: id, kind"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", "\xff"}}), HasSubstr("UTF-8"));
  EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", std::string(1001, 'x')}}), HasSubstr("1000 bytes"));
  for (const char* step : {"", ".", ".."}) {
    EXPECT_THAT(Refused(*operation, {{"id", "1"}, {"kind", step}}), HasSubstr("cannot stand in a path"));
  }
}

TEST_F(SourceOperationTest, AKeyIsTheSameHoweverTheQuestionIsSpelled) {
  const auto operation = Make(Animal());
  const auto a = operation->Check({{"id", "7"}, {"kind", "a"}});
  const auto b = operation->Check({{"kind", "a"}, {"id", "07"}, {"lang", "en"}});
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->values, b->values);
  EXPECT_EQ(a->ForKey().size(), 3u);
}

TEST_F(SourceOperationTest, TagsTakeTheValues) {
  const auto operation = Make(Animal());
  const auto params = operation->Check({{"id", "7"}, {"kind", "a b"}});
  EXPECT_EQ(SourceOperation::Fill("k:{kind}:{id}", *params), "k:a b:7");
  EXPECT_EQ(SourceOperation::Fill("w:{weight}", *params), "");
}

TEST_F(SourceOperationTest, AFieldsPathIsChecked) {
  OperationConfig config = Animal();
  config.fields = {{.name = "x", .path = "a..b"}};
  SourceConfig source;
  source.name = "zoo";
  source.base_url = "http://zoo";
  const auto made = SourceOperation::Make(source, config);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message(), HasSubstr("sources.zoo.operations.animal.fields.x"));
}

TEST_F(SourceOperationTest, AudnexusTakesAsinsOfLettersAndOfDigits) {
  const auto config = LoadConfig({});
  ASSERT_TRUE(config) << config.error();
  const SourceConfig& audnexus = *config->FindSource("audnexus");
  const auto book = SourceOperation::Make(audnexus, audnexus.operations[0]);
  ASSERT_TRUE(book) << book.error();
  EXPECT_EQ((*book)->Url(*(*book)->Check({{"asin", "B002V1A0WE"}})),
            "https://api.audnex.us/books/B002V1A0WE?region=us");
  EXPECT_TRUE((*book)->Check({{"asin", "0593863305"}, {"region", "uk"}}));
  EXPECT_TRUE((*book)->Check({{"asin", "178999000X"}}));
  for (const char* bad : {"B002V1A0W", "b002v1a0we", "B002V1A0WE1", "05938633", "../../x", "B002V1A0WE\n"}) {
    EXPECT_FALSE((*book)->Check({{"asin", bad}})) << bad;
  }
  EXPECT_FALSE((*book)->Check({{"asin", "B002V1A0WE"}, {"region", "xx"}}));
}

}  // namespace
}  // namespace cairn
