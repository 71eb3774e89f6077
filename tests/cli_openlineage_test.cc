// The program as a user runs it: the events of the fixtures.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "cli_for_test.h"
#include "fixtures.h"
#include "service/json_splitter.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST_F(CliTest, EveryEventOfTheFixturesIsTakenAndComesOutAsItWas) {
  CAIRN_NEED_FIXTURES(fixtures);
  const std::string events = fixtures + "/openlineage";
  const ProgramEnd end = Cairn(
      {"ingest", events + "/scenarios", events + "/marquez", events + "/spec-tests/example_full_event.json", "--json"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, StartsWith("{\"stored\":64,\"known\":0,\"refused\":0,\"warned\":0,\"files\":39,"));
  std::vector<std::string> sent;
  for (const std::string folder : {"/scenarios", "/marquez"}) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(events + folder)) {
      if (entry.is_regular_file() && entry.path().filename() != "demo.json")
        sent.push_back(Minified(ReadFile(entry.path())));
    }
  }
  sent.push_back(Minified(ReadFile(events + "/spec-tests/example_full_event.json")));
  const std::string demo = ReadFile(events + "/marquez/demo.json");
  std::vector<JsonPiece> elements;
  JsonSplitter({}).Cut(demo, true, elements);
  for (const JsonPiece& element : elements) sent.push_back(Minified(std::string(element.text)));
  std::vector<std::string> answered = Lines(Cairn({"query", "--limit", "0", "--json"}).out);
  std::sort(sent.begin(), sent.end());
  std::sort(answered.begin(), answered.end());
  EXPECT_EQ(answered, sent);
  EXPECT_THAT(Cairn({"ingest", events + "/marquez", "--json"}).out, HasSubstr("\"stored\":0,\"known\":49,"));
}

TEST_F(CliTest, LineageOfTheApplePie) {
  CAIRN_NEED_FIXTURES(fixtures);
  ASSERT_EQ(Cairn({"ingest", fixtures + "/openlineage/marquez/apples"}).code, 0);
  const ProgramEnd tree = Cairn({"lineage", "apple.pie", "--up"});
  EXPECT_EQ(tree.code, 0) << tree.err;
  // As the eight events have it: both kinds of apples, and the sugar of the second filling only.
  EXPECT_EQ(tree.out,
            "upstream\n"
            "dataset:grandmas.kitchen:apple.pie\n"
            "└─ job:grandmas.kitchen:prepare_apple_pie (writes)\n"
            "   └─ dataset:grandmas.kitchen:apple.filling (reads)\n"
            "      └─ job:grandmas.kitchen:prepare_apple_filling (writes)\n"
            "         ├─ dataset:cupboard:sugar (reads)\n"
            "         ├─ dataset:grandmas.kitchen:apples (reads)\n"
            "         │  └─ job:grandmas.kitchen:gather_apples (writes)\n"
            "         │     ├─ dataset:backyard:crab.apples (reads)\n"
            "         │     └─ dataset:laurents-orchard:red.delicious (reads)\n"
            "         └─ dataset:grandmas.kitchen:cinnamon (reads)\n");
  EXPECT_EQ(Lines(Cairn({"lineage", "apple.pie", "--up", "--depth", "2"}).out).size(), 4u);
  EXPECT_THAT(Cairn({"lineage", "crab.apples", "--down"}).out, HasSubstr("apple.vinegar"));
  const auto json = Lines(Cairn({"lineage", "apple.pie", "--up", "--depth", "1", "--json"}).out);
  ASSERT_EQ(json.size(), 3u);
  EXPECT_EQ(json[0], "{\"node\":\"dataset:grandmas.kitchen:apple.pie\",\"hops\":0,\"leaf\":true}");
  EXPECT_EQ(json[1], "{\"node\":\"job:grandmas.kitchen:prepare_apple_pie\",\"hops\":-1}");
  EXPECT_THAT(json[2], HasSubstr("\"type\":\"writes\""));
}

TEST_F(CliTest, RunsOfTheFixtures) {
  CAIRN_NEED_FIXTURES(fixtures);
  ASSERT_EQ(Cairn({"ingest", fixtures + "/openlineage/marquez/demo.json"}).code, 0);
  const auto runs = Lines(Cairn({"runs", "--json"}).out);
  EXPECT_EQ(runs.size(), 13u);
  for (const std::string& run : runs) EXPECT_THAT(run, HasSubstr("\"records\":2}"));
  const std::string id = runs.at(0).substr(11, 36);
  const auto one = Lines(Cairn({"runs", id.substr(0, 20), "--json"}).out);
  ASSERT_EQ(one.size(), 3u);
  EXPECT_EQ(one[0], runs[0]);
  EXPECT_THAT(one[1], HasSubstr(id));
  EXPECT_THAT(Cairn({"runs", id}).out, HasSubstr("state"));
  EXPECT_EQ(Cairn({"runs", "no-such-run"}).code, 1);
  EXPECT_EQ(Cairn({"runs", "--state", "sleeping"}).code, 2);
}

}  // namespace
}  // namespace cairn
