// The program as a user runs it.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "fixtures.h"
#include "program.h"
#include "service/json_splitter.h"
#include "service/temp_dir_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> out;
  std::stringstream stream(text);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

std::string ReadFile(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

std::string Minified(const std::string& json) {
  std::string out(json.size() + 64, '\0');
  std::size_t size = 0;
  EXPECT_EQ(simdjson::minify(json.data(), json.size(), out.data(), size), simdjson::SUCCESS);
  out.resize(size);
  return out;
}

std::string Record(int day, int rows, const std::string& table = "public.orders", const std::string& more = "") {
  return fmt::format(
      R"({{"kind":"ingestion_volume","target":{{"namespace":"crm","name":"{}"}},"produced_at":"2026-01-{:02}T05:00:00.123Z",)"
      R"("producer_id":"ingestion.v1","context":{{"run_id":"run-{}","job_id":"load"}},"payload":{{"row_count":{}}}{}}})",
      table, day, day, rows, more);
}

class CliTest : public testing::Test {
 protected:
  ProgramEnd Cairn(std::vector<std::string> args, const std::string& input = "") {
    return RunProgram(CAIRN_BINARY, {std::move(args), input, environment_, dir_.path()});
  }
  // Records into the store, each to be taken.
  void Fill(const std::vector<std::string>& records) {
    std::string lines;
    for (const std::string& record : records) lines += record + "\n";
    const ProgramEnd end = Cairn({"ingest", "-"}, lines);
    ASSERT_EQ(end.code, 0) << end.err;
  }

  TempDir dir_;
  std::map<std::string, std::string> environment_;
};

TEST_F(CliTest, HelpAndVersion) {
  const ProgramEnd version = Cairn({"--version"});
  EXPECT_EQ(version.code, 0);
  const std::string build = ReadFile(CAIRN_SOURCE_DIR "/CMakeLists.txt");
  EXPECT_THAT(build, HasSubstr("project(" + version.out.substr(0, 5) + " VERSION " +
                               version.out.substr(6, version.out.size() - 7)));
  const ProgramEnd help = Cairn({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const std::string command : {"ingest", "emit", "latest", "history", "query", "runs", "lineage", "tail", "stats",
                                    "verify", "rebuild", "seal", "dump", "completion"}) {
    EXPECT_THAT(help.out, HasSubstr("\n  " + command + " "));
    const ProgramEnd one = Cairn({command, "--help"});
    EXPECT_EQ(one.code, 0);
    EXPECT_THAT(one.out, HasSubstr("Example")) << command;
    EXPECT_EQ(Cairn({"help", command}).code, 0);
  }
}

TEST_F(CliTest, EmitLatestAndHistory) {
  const ProgramEnd first = Cairn({"emit", Record(1, 10)});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, "1\n");
  EXPECT_EQ(Cairn({"emit", "-"}, Record(2, 20)).out, "2\n");
  const ProgramEnd again = Cairn({"emit", Record(1, 10), "--json"});
  EXPECT_EQ(again.out, "{\"seq\":1,\"known\":true}\n");

  const ProgramEnd latest = Cairn({"latest", "ingestion_volume", "orders"});
  EXPECT_EQ(latest.code, 0) << latest.err;
  EXPECT_THAT(latest.out, HasSubstr("dataset:crm:public.orders"));
  EXPECT_THAT(latest.out, HasSubstr("\"row_count\": 20"));
  EXPECT_THAT(latest.out, HasSubstr("2026-01-02T05:00:00.123Z"));
  EXPECT_EQ(Cairn({"latest", "ingestion_volume", "orders", "--json"}).out, Record(2, 20) + "\n");

  const ProgramEnd history = Cairn({"history", "ingestion_volume", "dataset:crm:public.orders", "--json"});
  EXPECT_THAT(Lines(history.out), ElementsAre(Record(1, 10), Record(2, 20)));
  EXPECT_THAT(Lines(Cairn({"history", "ingestion_volume", "orders", "--newest", "--limit", "1", "--json"}).out),
              ElementsAre(Record(2, 20)));
  EXPECT_THAT(Lines(Cairn({"history", "ingestion_volume", "orders", "--until", "2026-01-02", "--json"}).out),
              ElementsAre(Record(1, 10)));
  EXPECT_THAT(Lines(Cairn({"history", "ingestion_volume", "orders"}).out).at(1), HasSubstr("{\"row_count\":10}"));
}

TEST_F(CliTest, EmitFromFlags) {
  const ProgramEnd end =
      Cairn({"emit", "--kind", "ingestion_volume", "--target", "dataset:crm:public.orders", "--payload",
             "{\"row_count\":7}", "--produced-at", "2026-01-10T05:00:00Z", "--run", "r1", "--job", "load"});
  EXPECT_EQ(end.code, 0) << end.err;
  const ProgramEnd latest = Cairn({"latest", "ingestion_volume", "orders", "--json"});
  EXPECT_THAT(latest.out, HasSubstr("{\"row_count\":7}"));
  EXPECT_THAT(latest.out, HasSubstr("\"run_id\":\"r1\""));
  EXPECT_EQ(Cairn({"emit", "--kind", "x"}).code, 2);
  EXPECT_EQ(Cairn({"emit"}).code, 2);
  EXPECT_EQ(Cairn({"emit", "{}", "--kind", "x", "--target", "dataset:a:b"}).code, 2);
  const ProgramEnd unknown = Cairn({"emit", "--kind", "x", "--target", "nothing"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("dataset:crm:public.orders"));
}

TEST_F(CliTest, MetaAddsSeqAndTime) {
  Fill({Record(1, 10)});
  const ProgramEnd end = Cairn({"latest", "ingestion_volume", "orders", "--json", "--meta"});
  EXPECT_THAT(end.out, StartsWith("{\"seq\":1,\"ingested_at\":\"20"));
  EXPECT_THAT(end.out, HasSubstr("Z\",\"record\":" + Record(1, 10) + "}\n"));
}

TEST_F(CliTest, WhatComesOutIsWhatWentInMinified) {
  const std::string pretty =
      "{ \"kind\" : \"k\",\n \"target\": {\"source_id\": \"crm\", \"schema\": \"pub.lic\", \"table\": \"a\\u0062 "
      "\\\"c\\\"\"},\n"
      "\"produced_at\":\"2026-01-10 05:00:00+01:00\", \"producer_id\":\"p\",\n"
      "\"payload\": {\"big\": 18446744073709551615, \"real\": 1.10, \"e\": 1E5, \"\\u00e9\": \"\xC3\xA9 \\/ "
      "\xF0\x9F\x8D\x8E\"}}";
  Fill({Minified(pretty)});
  EXPECT_EQ(Cairn({"emit", pretty, "--json"}).out, "{\"seq\":1,\"known\":true}\n");
  EXPECT_EQ(Cairn({"query", "--json"}).out, Minified(pretty) + "\n");
}

TEST_F(CliTest, EveryEventOfTheFixturesIsTakenAndComesOutAsItWas) {
  CAIRN_NEED_FIXTURES(fixtures);
  const std::string events = fixtures + "/openlineage";
  const ProgramEnd end = Cairn(
      {"ingest", events + "/scenarios", events + "/marquez", events + "/spec-tests/example_full_event.json", "--json"});
  EXPECT_EQ(end.code, 0) << end.err;
  EXPECT_THAT(end.out, StartsWith("{\"stored\":64,\"known\":0,\"refused\":0,\"files\":39,"));
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
  EXPECT_EQ(json[0], "{\"node\":\"dataset:grandmas.kitchen:apple.pie\",\"hops\":0}");
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

TEST_F(CliTest, RefusalsAreToldKeptAndCostNothingElse) {
  const std::string file =
      dir_.Write("in.jsonl", Record(1, 10) + "\n{\"kind\":\n" + Record(2, 20) + "\n" + R"({"a":1})" + "\n" +
                                 R"({"kind":"k","kind":"k"})" + "\n" + std::string("{\"a\":\"\xFF\"}\n") +
                                 std::string("{\"a\":\0}\n", 8) + std::string(5000, '[') + "\n" + Record(3, 30) + "\n");
  const ProgramEnd end = Cairn({"ingest", file, "--rejects", "refused.jsonl"});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.out, HasSubstr("3 stored"));
  EXPECT_THAT(end.out, HasSubstr("6 refused"));
  EXPECT_THAT(end.err, HasSubstr(file + ":2: "));
  EXPECT_THAT(end.err, HasSubstr("and 1 more"));
  const auto rejects = Lines(ReadFile(dir_.path() + "/refused.jsonl"));
  ASSERT_EQ(rejects.size(), 6u);
  std::string lines;
  simdjson::dom::parser parser;
  for (const std::string& reject : rejects) {
    const auto parsed = parser.parse(reject);
    ASSERT_EQ(parsed.error(), simdjson::SUCCESS) << reject;
    lines += fmt::format("{} ", parsed["line"].get_uint64().value_unsafe());
    EXPECT_FALSE(std::string_view(parsed["reason"]).empty());
  }
  EXPECT_EQ(lines, "2 4 5 6 7 8 ");
  EXPECT_EQ(Lines(Cairn({"query", "--json"}).out).size(), 3u);
  // Elsewhere a name with the time in it.
  EXPECT_EQ(Cairn({"ingest", file}).code, 3);
  std::size_t named = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    if (entry.path().filename().string().starts_with("cairn-rejects-")) ++named;
  }
  EXPECT_EQ(named, 1u);
}

TEST_F(CliTest, AHundredMegabyteLineIsRefused) {
  const std::string file = dir_.Write(
      "in.jsonl", Record(1, 10) + "\n{\"a\":\"" + std::string(100'000'000, 'x') + "\"}\n" + Record(2, 20) + "\n");
  const ProgramEnd end = Cairn({"ingest", file, "--rejects", "refused.jsonl"});
  EXPECT_EQ(end.code, 3);
  EXPECT_THAT(end.out, HasSubstr("2 stored"));
  EXPECT_THAT(end.err, HasSubstr(":2: the document is longer than"));
}

TEST_F(CliTest, AmbiguousUnknownAndMisspelledNodes) {
  Fill({Record(1, 10), Record(1, 10, "public.orders_daily")});
  const ProgramEnd ambiguous = Cairn({"latest", "ingestion_volume", "orders"});
  EXPECT_EQ(ambiguous.code, 2);
  EXPECT_THAT(ambiguous.err, HasSubstr("\n  dataset:crm:public.orders\n  dataset:crm:public.orders_daily\n"));
  EXPECT_EQ(Cairn({"latest", "ingestion_volume", "public.orders"}).code, 0);
  const ProgramEnd misspelled = Cairn({"latest", "ingestion_volume", "public.ordres"});
  EXPECT_EQ(misspelled.code, 1);
  EXPECT_THAT(misspelled.err, HasSubstr("did you mean public.orders"));
  const ProgramEnd kind = Cairn({"latest", "ingestion_volum", "public.orders"});
  EXPECT_EQ(kind.code, 1);
  EXPECT_THAT(kind.err, HasSubstr("did you mean ingestion_volume?"));
  EXPECT_EQ(Cairn({"history", "nothing", "public.orders"}).code, 1);
  EXPECT_EQ(Cairn({"lineage", "nothing"}).code, 1);
}

TEST_F(CliTest, HostileNamesNeverReachTheTerminalRaw) {
  const std::string name = R"(evil\u001b[2J\u202egnp:\u0007%\n)";
  Fill({Record(1, 10, name)});
  for (const std::vector<std::string>& args : {std::vector<std::string>{"query"},
                                               {"tail"},
                                               {"latest", "ingestion_volume", "evil"},
                                               {"history", "ingestion_volume", "evil"},
                                               {"lineage", "evil"},
                                               {"latest", "no_such_kind", "evil"},
                                               {"query", "--count", "--by", "target"},
                                               {"runs"}}) {
    const ProgramEnd end = Cairn(args);
    const std::string all = end.out + end.err;
    EXPECT_THAT(all, Not(HasSubstr("\x1b"))) << args[0];
    EXPECT_THAT(all, Not(HasSubstr("\x07"))) << args[0];
    EXPECT_THAT(all, Not(HasSubstr("\u202e"))) << args[0];
  }
  EXPECT_THAT(Cairn({"query"}).out, HasSubstr("evil\\u001b[2J"));
  EXPECT_THAT(Cairn({"query", "--json"}).out, HasSubstr(name)) << "to a program as it was sent";
  EXPECT_THAT(Cairn({"__complete", "nodes", ""}).out, Not(HasSubstr("evil"))) << "a shell would take it apart";
}

TEST_F(CliTest, ColorsAreForTerminals) {
  Fill({Record(1, 10)});
  EXPECT_THAT(Cairn({"query"}).out, Not(HasSubstr("\x1b[")));
  EXPECT_THAT(Cairn({"query", "--color", "always"}).out, HasSubstr("\x1b["));
}

TEST_F(CliTest, AMissingStoreIsToldAndNotMade) {
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"latest", "k", "n"}, {"query"}, {"stats"}, {"verify"}, {"tail"}}) {
    const ProgramEnd end = Cairn(args);
    EXPECT_EQ(end.code, 1) << args[0];
    EXPECT_THAT(end.err, HasSubstr("there is no store at \"./metadata\""));
  }
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/metadata"));
  EXPECT_EQ(Cairn({"ingest", "nothing.jsonl"}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/metadata"));
}

TEST_F(CliTest, TheStoreIsNamedByFlagBeforeOrBehindOrByEnvironment) {
  EXPECT_EQ(Cairn({"--store", "one", "emit", Record(1, 1)}).code, 0);
  EXPECT_EQ(Cairn({"emit", Record(2, 2), "--store", "two"}).code, 0);
  EXPECT_EQ(Cairn({"query", "--json", "--store=one"}).out, Record(1, 1) + "\n");
  environment_["CAIRN_STORE"] = "two";
  EXPECT_EQ(Cairn({"query", "--json"}).out, Record(2, 2) + "\n");
  EXPECT_EQ(Cairn({"--store", "one", "query", "--json"}).out, Record(1, 1) + "\n");
}

TEST_F(CliTest, UsageMistakesAreExplained) {
  EXPECT_EQ(Cairn({}).code, 2);
  const ProgramEnd command = Cairn({"latset", "a", "b"});
  EXPECT_EQ(command.code, 2);
  EXPECT_THAT(command.err, HasSubstr("did you mean latest?"));
  EXPECT_THAT(Cairn({"query", "--kidn", "x"}).err, HasSubstr("did you mean --kind?"));
  EXPECT_EQ(Cairn({"history", "a", "b", "--from", "yesterday"}).code, 2);
  EXPECT_EQ(Cairn({"stats", "--set", "nonsense=1"}).code, 2);
  EXPECT_EQ(Cairn({"emit", "{\"a\":1}"}).code, 2);
  EXPECT_EQ(Cairn({"emit", "not json"}).code, 2);
  Fill({Record(1, 10)});
  const ProgramEnd filter = Cairn({"query", "payload.row_count >"});
  EXPECT_EQ(filter.code, 2);
  EXPECT_THAT(filter.err, HasSubstr("column"));
}

TEST_F(CliTest, QueryBySelectorsAndFilter) {
  Fill({Record(1, 10), Record(2, 2000), Record(3, 3000, "public.customers")});
  const auto query = [&](std::vector<std::string> args) {
    args.insert(args.begin(), "query");
    args.emplace_back("--json");
    const ProgramEnd end = Cairn(args);
    EXPECT_EQ(end.code, 0) << end.err;
    return Lines(end.out);
  };
  EXPECT_THAT(query({"payload.row_count > 1000"}), ElementsAre(Record(3, 3000, "public.customers"), Record(2, 2000)));
  EXPECT_THAT(query({"--kind", "ingestion_volume", "payload.row_count < 1000"}), ElementsAre(Record(1, 10)));
  EXPECT_THAT(query({"--kind", "a,ingestion_volume", "--target", "customers"}),
              ElementsAre(Record(3, 3000, "public.customers")));
  EXPECT_THAT(query({"--glob", "dataset:crm:*orders", "--oldest"}), ElementsAre(Record(1, 10), Record(2, 2000)));
  EXPECT_THAT(query({"--prefix", "dataset:crm:public.c"}), ElementsAre(Record(3, 3000, "public.customers")));
  EXPECT_THAT(query({"--run", "run-2"}), ElementsAre(Record(2, 2000)));
  EXPECT_THAT(query({"--job", "load", "--from", "2026-01-03"}), ElementsAre(Record(3, 3000, "public.customers")));
  EXPECT_THAT(query({"--producer", "somebody"}), IsEmpty());
  const ProgramEnd first = Cairn({"query", "--limit", "1", "--json"});
  const std::size_t at = first.err.find("--cursor ");
  ASSERT_NE(at, std::string::npos) << first.err;
  const std::string cursor = first.err.substr(at + 9, first.err.find('\n', at) - at - 9);
  EXPECT_THAT(query({"--cursor", cursor}), ElementsAre(Record(2, 2000), Record(1, 10)));
}

TEST_F(CliTest, Aggregates) {
  Fill({Record(1, 10), Record(2, 30), Record(2, 100, "public.customers")});
  EXPECT_EQ(Cairn({"query", "--count", "--sum", "payload.row_count", "--avg", "payload.row_count", "--json"}).out,
            "{\"count\":3,\"sum(payload.row_count)\":140,\"avg(payload.row_count)\":46.666666666666664}\n");
  EXPECT_THAT(Lines(Cairn({"query", "--max", "payload.row_count", "--by", "target", "--json"}).out),
              ElementsAre("{\"target\":\"dataset:crm:public.customers\",\"max(payload.row_count)\":100}",
                          "{\"target\":\"dataset:crm:public.orders\",\"max(payload.row_count)\":30}"));
  EXPECT_THAT(
      Lines(Cairn({"query", "--by", "day", "--json"}).out),
      ElementsAre("{\"day\":\"2026-01-01T00:00:00Z\",\"count\":1}", "{\"day\":\"2026-01-02T00:00:00Z\",\"count\":2}"));
  EXPECT_THAT(Cairn({"query", "--quantile", "0.5:payload.row_count"}).out, HasSubstr("30"));
  EXPECT_EQ(Cairn({"query", "--quantile", "5:payload.row_count"}).code, 2);
}

TEST_F(CliTest, TailFromASeq) {
  std::vector<std::string> records;
  for (int day = 1; day <= 20; ++day) records.push_back(Record(day, day));
  Fill(records);
  const auto tail = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"tail", "--json"});
    return Lines(Cairn(args).out);
  };
  EXPECT_EQ(tail({}), std::vector<std::string>(records.end() - 10, records.end()));
  EXPECT_EQ(tail({"-n", "3"}), std::vector<std::string>(records.end() - 3, records.end()));
  EXPECT_EQ(tail({"--from", "18"}), std::vector<std::string>(records.end() - 3, records.end()));
  EXPECT_EQ(tail({"--from", "5", "-n", "2"}), std::vector<std::string>(records.begin() + 4, records.begin() + 6));
  EXPECT_EQ(tail({"-n", "1000"}), records);
  EXPECT_THAT(tail({"--from", "21"}), IsEmpty());
}

TEST_F(CliTest, TailFollowsUntilItIsInterrupted) {
  Fill({Record(1, 10)});
  const std::string script = "coproc TAIL { exec " CAIRN_BINARY
                             " tail -f --json; }\npid=$TAIL_PID\n"
                             "read -r line <&\"${TAIL[0]}\"; echo \"$line\"\n" CAIRN_BINARY " emit '" +
                             Record(2, 20) +
                             "' > emitted\n"
                             "read -r line <&\"${TAIL[0]}\"; echo \"$line\"\n"
                             "kill -TERM $pid; wait $pid; echo $?\n";
  EXPECT_THAT(Lines(RunProgram("/bin/bash", {{"-c", script}, "", environment_, dir_.path()}).out),
              ElementsAre(Record(1, 10), Record(2, 20), "0"));
}

TEST_F(CliTest, IngestOfAPipeStoresWhatCameAndEndsWhenInterrupted) {
  const std::string script = "coproc INGEST { exec " CAIRN_BINARY
                             " ingest --json; }\npid=$INGEST_PID\nexec 5<&\"${INGEST[0]}\"\n"
                             "echo '" +
                             Record(1, 10) +
                             "' >&\"${INGEST[1]}\"\n"
                             // The writer is not done, and still the record gets in.
                             "until " CAIRN_BINARY
                             " stats --json 2>&1 | grep -q '\"records\":1,'; do :; done\n"
                             "kill -TERM $pid; wait $pid; echo $?; cat <&5\n";
  const auto lines = Lines(RunProgram("/bin/bash", {{"-c", script}, "", environment_, dir_.path()}).out);
  ASSERT_EQ(lines.size(), 2u);
  EXPECT_EQ(lines[0], "130");
  EXPECT_THAT(lines[1], StartsWith("{\"stored\":1,"));
}

TEST_F(CliTest, OneTenantDoesNotSeeAnother) {
  const std::string theirs =
      R"({"kind":"k","target":{"namespace":"n","name":"secret"},"produced_at":"2026-01-10T05:00:00Z","producer_id":"p","context":{"tenant":"other"},"payload":{}})";
  Fill({Record(1, 10), theirs});
  EXPECT_THAT(Cairn({"query", "--json"}).out, Not(HasSubstr("secret")));
  EXPECT_EQ(Cairn({"latest", "k", "secret"}).code, 1);
  EXPECT_EQ(Cairn({"latest", "k", "secret", "--tenant", "other", "--json"}).out, theirs + "\n");
}

TEST_F(CliTest, StatsVerifyRebuildSealAndDump) {
  Fill({Record(1, 10), Record(2, 20)});
  EXPECT_THAT(Cairn({"stats", "--json"}).out, StartsWith("{\"records\":2,\"last_seq\":2,"));
  EXPECT_THAT(Cairn({"stats"}).out, HasSubstr("ingestion_volume"));
  const ProgramEnd verify = Cairn({"verify"});
  EXPECT_EQ(verify.code, 0) << verify.out << verify.err;
  const std::string before = Cairn({"dump"}).out;
  EXPECT_THAT(before, HasSubstr("public.orders"));
  EXPECT_EQ(Cairn({"rebuild"}).code, 0);
  EXPECT_EQ(Cairn({"dump"}).out, before);
  EXPECT_EQ(Cairn({"seal"}).code, 0);
  EXPECT_EQ(Cairn({"dump"}).out, before);
  EXPECT_EQ(Cairn({"verify"}).code, 0);
  EXPECT_EQ(Cairn({"latest", "ingestion_volume", "orders", "--json"}).out, Record(2, 20) + "\n");
}

TEST_F(CliTest, ADamagedStoreAnswersAndVerifySaysFour) {
  Fill({Record(1, 10)});
  Fill({Record(2, 20)});
  std::string segment;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path() + "/metadata/log")) {
    if (entry.path().extension() == ".jsonl") segment = entry.path();
  }
  ASSERT_FALSE(segment.empty());
  std::string bytes = ReadFile(segment);
  const std::size_t at = bytes.find("\"row_count\":10");
  ASSERT_NE(at, std::string::npos);
  bytes[at + 12] = '9';
  std::ofstream(segment, std::ios::binary) << bytes;
  const ProgramEnd verify = Cairn({"verify"});
  EXPECT_EQ(verify.code, 4) << verify.out << verify.err;
  EXPECT_THAT(verify.out, HasSubstr("00000000000000000001.jsonl"));
  EXPECT_EQ(Cairn({"latest", "ingestion_volume", "orders", "--json"}).out, Record(2, 20) + "\n");
}

TEST_F(CliTest, AFullOutputIsAnErrorAndAReaderThatHasGoneIsNot) {
  std::vector<std::string> records;
  for (int day = 1; day <= 20; ++day) records.push_back(Record(day, day));
  Fill(records);
  const auto shell = [&](const std::string& command) {
    return RunProgram("/bin/bash", {{"-c", command}, "", environment_, dir_.path()});
  };
  const std::string binary = CAIRN_BINARY;
  EXPECT_EQ(shell(binary + " query > /dev/full").code, 4);
  const ProgramEnd gone = shell("set -o pipefail; " + binary + " query --json | true");
  EXPECT_EQ(gone.code, 0);
  EXPECT_THAT(gone.err, IsEmpty());
}

TEST_F(CliTest, CompletionScriptsAreValidShell) {
  const std::string script = Cairn({"completion", "bash"}).out;
  const ProgramEnd checked = RunProgram("/bin/bash", {{"-n"}, script, {}, ""});
  EXPECT_EQ(checked.code, 0) << checked.err;
  Fill({Record(1, 10)});
  const std::string use =
      script +
      "cairn() { " CAIRN_BINARY
      " \"$@\"; }\n"
      "try() { COMP_LINE=$1 COMP_POINT=${#1}; _cairn; echo \"${COMPREPLY[*]}\"; }\n"
      "try 'cairn la'; try 'cairn latest ing'; try 'cairn latest k dataset:crm:pu'; try 'cairn query --targ'\n";
  EXPECT_THAT(Lines(RunProgram("/bin/bash", {{"-s"}, use, {}, dir_.path()}).out),
              ElementsAre("latest", "ingestion_volume", "public.orders", "--target"));
  EXPECT_THAT(Cairn({"completion", "fish"}).out, HasSubstr("complete -c cairn"));
  EXPECT_THAT(Cairn({"completion", "zsh"}).out, StartsWith("#compdef cairn"));
  EXPECT_EQ(Cairn({"completion", "tcsh"}).code, 2);
}

}  // namespace
}  // namespace cairn
