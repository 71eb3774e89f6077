// The program as a user runs it: pipes, signals, tenants, upkeep.

#include <gmock/gmock.h>

#include "cli_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

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

}  // namespace
}  // namespace cairn
