// The program as a user runs it: bad input, mistakes and damage.

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>

#include "cli_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

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

TEST_F(CliTest, ANumberThatIsNoneIsNamed) {
  const ProgramEnd end = Cairn({"diff", "--before", "2026-01-10"});
  EXPECT_EQ(end.code, 2);
  EXPECT_THAT(end.err, StartsWith("cairn: --before takes a number, not \"2026-01-10\"\n"));
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
      "try 'cairn la'; try 'cairn latest ing'; try 'cairn latest k dataset:crm:pu'; try 'cairn query --targ'\n"
      "try 'cairn cache sta'; try 'cairn cache stats --wa'; try 'cairn lookup audn'; try 'cairn lookup audnexus boo'\n";
  EXPECT_THAT(
      Lines(RunProgram("/bin/bash", {{"-s"}, use, {}, dir_.path()}).out),
      ElementsAre("latest", "ingestion_volume", "public.orders", "--target", "stats", "--watch", "audnexus", "book"));
  EXPECT_THAT(Cairn({"completion", "fish"}).out, HasSubstr("complete -c cairn"));
  EXPECT_THAT(Cairn({"completion", "zsh"}).out, StartsWith("#compdef cairn"));
  EXPECT_EQ(Cairn({"completion", "tcsh"}).code, 2);
}

}  // namespace
}  // namespace cairn
