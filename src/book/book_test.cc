#include "book/book.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "book/book_facts.h"

namespace cairn {
namespace {

using Texts = std::vector<std::string>;

const BookValue* Find(const Book& book, std::string_view name) {
  for (const auto& value : book.values) {
    if (value.name == name) return &value;
  }
  return nullptr;
}

// `value (source)`
std::string Told(const Book& book, std::string_view name) {
  const BookValue* value = Find(book, name);
  if (value == nullptr) return "nothing";
  std::string out;
  if (const auto* text = std::get_if<std::string>(&value->value)) out = *text;
  if (const auto* real = std::get_if<double>(&value->value)) out = fmt::format("{}", *real);
  if (const auto* list = std::get_if<Texts>(&value->value)) {
    for (const auto& one : *list) out += (out.empty() ? "" : ",") + one;
  }
  for (const BookSource source : value->sources) out += " (" + std::string(BookSourceName(source)) + ")";
  return out;
}

struct Three {
  BookFacts path, embedded, api;

  [[nodiscard]] Book Merge(const BookPrecedence& precedence = {}) const {
    return MergeBook({{BookSource::kPath, &path}, {BookSource::kEmbedded, &embedded}, {BookSource::kApi, &api}},
                     precedence);
  }
};

Three Everywhere(std::string_view field) {
  Three three;
  three.path.Set(field, "p");
  three.embedded.Set(field, "e");
  three.api.Set(field, "a");
  return three;
}

TEST(Book, EachFieldHasItsOrder) {
  for (const auto field : {"title", "author", "year"}) {
    Three three = Everywhere(field);
    EXPECT_EQ(Told(three.Merge(), field), "a (api)");
    three.api = {};
    EXPECT_EQ(Told(three.Merge(), field), "p (path)");
    three.path = {};
    EXPECT_EQ(Told(three.Merge(), field), "e (embedded)");
  }
  for (const auto field : {"series", "volume", "asin"}) {
    Three three = Everywhere(field);
    EXPECT_EQ(Told(three.Merge(), field), "p (path)");
    three.path = {};
    EXPECT_EQ(Told(three.Merge(), field), "a (api)");
  }
  EXPECT_EQ(Told(Everywhere("duration").Merge(), "duration"), "e (embedded)");
  EXPECT_EQ(Told(Everywhere("narrator").Merge(), "narrator"), "a (api)");
  Three codec = Everywhere("codec");
  codec.embedded = {};
  EXPECT_EQ(Told(codec.Merge(), "codec"), "nothing") << "only the file knows";
}

TEST(Book, EmptyValuesAreNothing) {
  Three three = Everywhere("title");
  three.api.Set("title", " ");
  EXPECT_EQ(Told(three.Merge(), "title"), "p (path)");
  three.api.Set("author", Texts{"", " "});
  EXPECT_EQ(Told(three.Merge(), "author"), "nothing");
  three.embedded.Set("duration", 0.0);
  three.api.Set("duration", 60.0);
  EXPECT_EQ(Told(three.Merge(), "duration"), "60 (api)");
}

TEST(Book, GenresTagsAndChaptersAreUnions) {
  Three three;
  three.api.Set("genres", Texts{"Fantasy", "Epic"});
  three.embedded.Set("genres", Texts{"fantasy", "Audiobook"});
  three.path.Set("genres", Texts{"EPIC"});
  EXPECT_EQ(Told(three.Merge(), "genres"), "Fantasy,Epic,Audiobook (api) (embedded)");
  three.api.chapters = {{0, 5, "One"}};
  three.embedded.chapters = {{0, 6, "ONE"}, {6, 9, "Two"}};
  const Book book = three.Merge();
  ASSERT_EQ(book.chapters.size(), 2U);
  EXPECT_EQ(book.chapters[0], (Chapter{0, 5, "One"}));
  EXPECT_EQ(book.chapters[1].title, "Two");
}

TEST(Book, TheOrderCanBeSet) {
  BookPrecedence precedence;
  ASSERT_TRUE(precedence.Set("title=embedded,path").ok());
  Three three = Everywhere("title");
  EXPECT_EQ(Told(three.Merge(precedence), "title"), "e (embedded)");
  three.embedded = three.path = {};
  EXPECT_EQ(Told(three.Merge(precedence), "title"), "nothing") << "sources that are not named do not count";
  for (const auto wrong : {"title", "=path", "title=", "title=web", "title=path,path"}) {
    EXPECT_EQ(precedence.Set(wrong).code(), StatusCode::kInvalidArgument) << wrong;
  }
}

TEST(Book, WorksWithoutASource) {
  BookFacts path;
  path.Set("title", "The Tower");
  const Book book = MergeBook({{BookSource::kPath, &path}, {BookSource::kApi, nullptr}}, {});
  EXPECT_EQ(Told(book, "title"), "The Tower (path)");
}

TEST(BookFacts, OfTagsTakeTheAlbumForTheBook) {
  Extracted extracted;
  extracted.core.title = "Chapter 1";
  extracted.core.creators = {"Ann Author"};
  extracted.core.created = "2010-05-03";
  extracted.core.duration = 90.5;
  extracted.Add("Album", std::string("The Tower"));
  extracted.Add("Composer", std::string("Ned Narrator"));
  extracted.Add("SeriesPart", std::int64_t{2});
  extracted.Add("ASIN", std::string("no asin"));
  const BookFacts facts = FactsOfTags(extracted);
  EXPECT_EQ(facts.values.at("title"), FieldValue("The Tower"));
  EXPECT_EQ(facts.values.at("narrator"), FieldValue("Ned Narrator"));
  EXPECT_EQ(facts.values.at("volume"), FieldValue("2"));
  EXPECT_EQ(facts.values.at("year"), FieldValue("2010"));
  EXPECT_EQ(facts.values.at("duration"), FieldValue(90.5));
  EXPECT_FALSE(facts.values.contains("asin"));
}

TEST(BookFacts, OfAudnexusAreRead) {
  const auto facts = FactsOfAudnexus(
      R"({"asin":"B002V1A0WE","title":"The Tower","authors":[{"asin":"B1","name":"Ann Author"}],)"
      R"("narrators":[{"name":"Ned"}],"releaseDate":"2010-05-03T00:00:00.000Z","runtimeLengthMin":90,)"
      R"("seriesPrimary":{"name":"Tales","position":"1.50"},"genres":[{"name":"Fantasy","type":"genre"},)"
      R"({"name":"Epic","type":"tag"}],"rating":"4.7"})",
      R"({"runtimeLengthMs":5400500,"chapters":[{"title":"One","startOffsetMs":0,"lengthMs":1500}]})");
  ASSERT_TRUE(facts) << facts.error();
  EXPECT_EQ(facts->values.at("author"), FieldValue(Texts{"Ann Author"}));
  EXPECT_EQ(facts->values.at("series"), FieldValue("Tales"));
  EXPECT_EQ(facts->values.at("volume"), FieldValue("1.5"));
  EXPECT_EQ(facts->values.at("genres"), FieldValue(Texts{"Fantasy"}));
  EXPECT_EQ(facts->values.at("tags"), FieldValue(Texts{"Epic"}));
  EXPECT_EQ(facts->values.at("year"), FieldValue("2010"));
  EXPECT_EQ(facts->values.at("duration"), FieldValue(5400.5));
  ASSERT_EQ(facts->chapters.size(), 1U);
  EXPECT_EQ(facts->chapters[0].end_ns, 1'500'000'000);
  EXPECT_EQ(FactsOfAudnexus("[]", "").error().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cairn
