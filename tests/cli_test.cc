// The program as a user runs it: what goes in and comes out.

#include <gmock/gmock.h>

#include "cli_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

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

}  // namespace
}  // namespace cairn
