#include <gmock/gmock.h>

#include "cli_for_test.h"
#include "extract/media_for_test.h"
#include "lookup/server_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Audnexus on a server of the test's own; a book in a folder with its tags.
class CliBookTest : public CliTest {
 protected:
  CliBookTest() {
    dir_.Write("cairn.yaml", "cache:\n  location: ./cache\nsources:\n  audnexus:\n    base_url: " + server_.url() +
                                 "\n    proxy: none\n    attempts: 1\n");
    server_.Answer("/books/B002V1A0WE?region=us",
                   {.body = R"({"asin":"B002V1A0WE","title":"The Tall Tower","authors":[{"name":"Ann A. Author"}],)"
                            R"("narrators":[{"name":"Ned"}],"seriesPrimary":{"name":"Tower Tales","position":"1"}})"});
    server_.Answer("/books/B002V1A0WE/chapters?region=us",
                   {.body = R"({"chapters":[{"title":"ONE","startOffsetMs":0,"lengthMs":900}]})"});
    dir_.Write(file_, media::Book({{0, "One"}, {1000, "Two"}}, 3000));
  }
  static constexpr const char* kFolder = "books/Tales/The Tower - vol_01 (2010) (Ann Author) {ASIN.B002V1A0WE}";
  const std::string file_ = std::string(kFolder) + "/book.m4b";

  TestServer server_;
};

TEST_F(CliBookTest, OneBookOfThreeSources) {
  ASSERT_EQ(Cairn({"scan", "books"}).code, 0);
  const ProgramEnd told = Cairn({"book", file_, "--json"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"title","value":"The Tall Tower","sources":["api"]})"));
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"author","value":["Ann A. Author"],"sources":["api"]})"));
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"series","value":"Tales","sources":["path"]})"));
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"volume","value":"1","sources":["path"]})"));
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"year","value":"2010","sources":["path"]})"));
  EXPECT_THAT(told.out, HasSubstr(R"({"name":"duration","value":3,"sources":["embedded"]})"));
  EXPECT_THAT(
      told.out,
      HasSubstr(R"("chapters":[{"start_s":0,"end_s":0.9,"title":"ONE"},{"start_s":1,"end_s":3,"title":"Two"}])"));
  EXPECT_THAT(told.out, HasSubstr(R"("chapter_sources":["api","embedded"])"));
  EXPECT_EQ(Cairn({"book", kFolder, "--json"}).code, 0) << "its folder";
  EXPECT_EQ(server_.requests().size(), 2U) << "the cache answered the second time";
}

TEST_F(CliBookTest, ShowsWhoSaysWhat) {
  ASSERT_EQ(Cairn({"scan", "books"}).code, 0);
  const ProgramEnd told = Cairn({"book", kFolder, "--prefer", "title=embedded,path"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, testing::ContainsRegex("title +A Book +embedded"));
  EXPECT_THAT(told.out, testing::ContainsRegex("narrator +Ned +api"));
  EXPECT_THAT(told.out, testing::ContainsRegex("chapter +0:00:01 Two +api, embedded"));
}

TEST_F(CliBookTest, IsRecordedAsANodeMadeOfItsFiles) {
  ASSERT_EQ(Cairn({"scan", "books"}).code, 0);
  const ProgramEnd first = Cairn({"book", kFolder, "--record"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.err, HasSubstr("recorded as book:asin:B002V1A0WE"));
  EXPECT_THAT(Cairn({"book", kFolder, "--record"}).err, HasSubstr("says so already"));
  const ProgramEnd record = Cairn({"latest", "book", "book:asin:B002V1A0WE", "--json"});
  EXPECT_THAT(record.out, HasSubstr(R"("title":"The Tall Tower")")) << record.err;
  EXPECT_THAT(record.out, HasSubstr(R"("title":["api"])"));
  EXPECT_THAT(Cairn({"lineage", "book:asin:B002V1A0WE", "--up"}).out, HasSubstr("book.m4b"));
  const ProgramEnd impact = Cairn({"impact", "file:file:" + dir_.Sub(file_)});
  EXPECT_THAT(impact.out, HasSubstr("book:asin:B002V1A0WE")) << impact.err;
}

TEST_F(CliBookTest, WorksOfflineAndUnscanned) {
  const ProgramEnd told = Cairn({"book", file_, "--offline"});
  EXPECT_EQ(told.code, 0) << told.err;
  EXPECT_THAT(told.out, testing::ContainsRegex("title +The Tower +path"));
  EXPECT_THAT(told.err, HasSubstr("no scan has seen it"));
  EXPECT_THAT(told.err, HasSubstr("offline"));
  EXPECT_THAT(server_.requests(), IsEmpty());
  ASSERT_EQ(Cairn({"lookup", "audnexus", "book", "asin=B002V1A0WE"}).code, 0);
  EXPECT_THAT(Cairn({"book", file_, "--offline"}).out, HasSubstr("The Tall Tower"));
  EXPECT_EQ(server_.requests().size(), 1U);
}

TEST_F(CliBookTest, MistakesAreNamed) {
  const ProgramEnd wrong = Cairn({"book", file_, "--prefer", "title=web"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, HasSubstr("sources are path, embedded and api"));
  const ProgramEnd none = Cairn({"book", "The Tower"});
  EXPECT_EQ(none.code, 0);
  EXPECT_THAT(none.err, HasSubstr("it has no ASIN"));
}

}  // namespace
}  // namespace cairn
