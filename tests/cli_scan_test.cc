#include <filesystem>

#include "cli_for_test.h"
#include "extract/archives_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliScanTest : public CliTest {
 protected:
  void SetUp() override {
    dir_.Write("tree/a.bin", std::string("\0\1one", 5));
    dir_.Write("tree/sub/b.bin", std::string("\0\1two", 5));
  }
};

TEST_F(CliScanTest, ScansAndTellsWhatItDid) {
  const ProgramEnd first = Cairn({"scan", "tree"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("2 files in 2 folders: 2 new, 0 changed, 0 gone"));
  std::filesystem::remove(dir_.Sub("tree/a.bin"));
  EXPECT_THAT(Cairn({"scan", "tree", "--json"}).out, HasSubstr("\"removed\":1"));
}

TEST_F(CliScanTest, WhatIsCalledLikeACommandIsReadAsMeant) {
  dir_.Write("show/a.bin", "one");
  EXPECT_EQ(Cairn({"scan", "show"}).code, 0);
  EXPECT_THAT(Cairn({"show", "show/a.bin"}).out, HasSubstr("a.bin"));
  EXPECT_EQ(Cairn({"--tenant", "scan", "scan", "show"}).code, 0);
  EXPECT_THAT(Cairn({"scan", "--help"}).out, HasSubstr("--symlinks"));
  EXPECT_THAT(Cairn({"--help"}).out, testing::AllOf(HasSubstr("scan"), HasSubstr("serve"), HasSubstr("latest")));
  EXPECT_THAT(Cairn({"scam"}).err, HasSubstr("did you mean scan?"));
}

TEST_F(CliScanTest, TellsWhatEachWorkerDid) {
  const ProgramEnd table = Cairn({"scan", "tree", "--workers", "2", "--worker-stats"});
  EXPECT_THAT(table.out, testing::ContainsRegex("worker +files +failures +busy\n1 +[0-2] +0 +[0-9.]+ s\n2 +[0-2] +0"));
  const ProgramEnd json = Cairn({"scan", "tree", "--force", "--workers", "1", "--worker-stats", "--json"});
  EXPECT_THAT(json.out, HasSubstr(R"({"retries":0,"slow":0,"workers":[{"tasks":2,"failures":0,"busy_seconds":)"));
}

TEST_F(CliScanTest, WhatOnlyLooksDoesSoInAStoreThatCannotBeWritten) {
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  EXPECT_FALSE(std::filesystem::exists(dir_.Sub("metadata/scan/state.db-wal"))) << "a first scan writes it whole";
  dir_.Write("tree/new.bin", "new");
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  constexpr int kNoMount = 99;
  const auto sealed = [&](std::vector<std::string> args) {
    args.insert(args.begin(), {"-m", "sh", "-c",
                               "mount --bind metadata metadata && mount -o remount,bind,ro metadata || exit 99; "
                               "exec \"$0\" \"$@\"",
                               CAIRN_BINARY});
    if (::geteuid() != 0) args.insert(args.begin(), "-r");
    return RunProgram("/usr/bin/unshare", {std::move(args), "", environment_, dir_.path()});
  };
  const ProgramEnd status = sealed({"scan", "--status"});
  if (status.code == kNoMount) GTEST_SKIP() << "this process may not mount";
  EXPECT_THAT(status.out, HasSubstr("tree: done")) << status.err;
  const ProgramEnd why = sealed({"why", "tree/a.bin"});
  EXPECT_THAT(why.out, HasSubstr("version 1")) << why.err;
  dir_.Write("tree/c.bin", "three");
  const ProgramEnd dry = sealed({"scan", "--dry-run", "tree"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, HasSubstr("c.bin")) << dry.err;
  EXPECT_EQ(sealed({"scan", "--slowest", "1"}).code, 0);
  const ProgramEnd scan = sealed({"scan", "tree"});
  EXPECT_NE(scan.code, 0);
  EXPECT_THAT(scan.err, HasSubstr("Read-only file system"));
  // A copy without what SQLite makes beside the file.
  std::filesystem::remove(dir_.Sub("metadata/scan/state.db-shm"));
  EXPECT_THAT(sealed({"why", "tree/a.bin"}).err, HasSubstr("state.db-wal cannot be read where nothing can be written"));
}

TEST_F(CliScanTest, TellsHowTheLastScanWasAndWhatWentWrong) {
  EXPECT_EQ(Cairn({"scan", "--status"}).code, 1);
  EXPECT_FALSE(std::filesystem::exists(dir_.Sub("metadata"))) << "a look makes no store";
  dir_.Write("tree/broken.gif", "GIF89a");
  EXPECT_EQ(Cairn({"scan", "tree"}).code, 3) << "in part";
  const ProgramEnd status = Cairn({"scan", "--status"});
  EXPECT_THAT(status.out, testing::ContainsRegex("tree: done, since .*\n2 folders, 0 unchanged, 3 of 3 read, 1 with"));
  EXPECT_THAT(Cairn({"scan", "--status", "--json"}).out, HasSubstr(R"({"state":"done","running":false)"));
  EXPECT_THAT(Cairn({"scan", "--problems"}).out, testing::ContainsRegex("broken.gif +20.* INVALID_ARGUMENT +no GIF"));
  EXPECT_THAT(Cairn({"scan", "--slowest", "1", "--json"}).out, HasSubstr(R"("path":")"));
  EXPECT_EQ(Cairn({"scan", "--status", "tree"}).code, 2);
  std::filesystem::remove(dir_.Sub("tree/broken.gif"));
  Cairn({"scan", "tree"});
  EXPECT_THAT(Cairn({"scan", "--problems"}).err, HasSubstr("every file that was scanned could be read"));
  EXPECT_EQ(Cairn({"scan"}).code, 2) << "scan what?";
}

TEST_F(CliScanTest, AStoreInFoldersThatAreNotThereIsMadeWithThem) {
  EXPECT_EQ(Cairn({"--store", "one/two/store", "scan", "tree"}).code, 0);
  EXPECT_THAT(Cairn({"--store", "one/two/store", "stats"}).out, HasSubstr("file_metadata"));
}

TEST_F(CliScanTest, ShowsAFileWithTheSourceOfEachValue) {
  Cairn({"scan", "tree"});
  const ProgramEnd shown = Cairn({"show", "tree/a.bin"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("a.bin"));
  EXPECT_THAT(shown.out, testing::ContainsRegex("size +5 +file system"));
  EXPECT_THAT(shown.out, testing::ContainsRegex("hash +xxh3:[0-9a-f]+ +content"));
  EXPECT_EQ(Cairn({"show", "b.bin"}).code, 0) << "by a part of its name";
  const ProgramEnd unknown = Cairn({"show", "nowhere.bin"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_THAT(unknown.err, HasSubstr("no scan has seen \"nowhere.bin\""));
}

TEST_F(CliScanTest, TablesAreRecordedWithSchemaAndStatistics) {
  dir_.Write("tree/people.csv", "name,born\nAda,2001-02-03\nBob,\n");
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  const ProgramEnd schema = Cairn({"query", "--kind", "schema_snapshot", "--json"});
  EXPECT_THAT(schema.out, HasSubstr(R"({"name":"born","type":"date","nullable":true})"));
  EXPECT_THAT(schema.out, HasSubstr("people.csv"));
  const ProgramEnd statistics = Cairn({"query", "--kind", "statistics_snapshot", "--json"});
  EXPECT_THAT(statistics.out, HasSubstr(R"("row_count":2)"));
  EXPECT_THAT(statistics.out, HasSubstr(R"("born":{"null_count":1,"distinct_count":1)"));
}

TEST_F(CliScanTest, TablesAndMembersAreNodesOfTheLineageGraph) {
  dir_.Write("tree/people.csv", "name,born\nAda,2001-02-03\nBob,\n");
  dir_.Write("tree/old.tar", archives::TarOf({{.name = "inner/a.txt", .content = "text"}}));
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  EXPECT_THAT(Cairn({"lineage", "./tree/people.csv"}).out, HasSubstr("dataset:file:" + dir_.Sub("tree/people.csv")));
  EXPECT_THAT(Cairn({"impact", "old.tar"}).out, HasSubstr("old.tar!/inner/a.txt"));
  const std::string file = "file:file:" + dir_.Sub("tree/people.csv");
  const std::string table = "dataset:file:" + dir_.Sub("tree/people.csv");
  EXPECT_THAT(Cairn({"path", file, table}).out, HasSubstr("-contains->"));
  const ProgramEnd why = Cairn({"why", file, table});
  EXPECT_THAT(why.out, HasSubstr("contents")) << why.err;
  std::filesystem::remove(dir_.Sub("tree/people.csv"));
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  EXPECT_EQ(Cairn({"path", file, table}).code, 1);
}

TEST_F(CliScanTest, SaysWhy) {
  Cairn({"scan", "tree"});
  EXPECT_THAT(Cairn({"why", "tree/a.bin"}).out, HasSubstr("last: version 1"));
  dir_.Write("tree/a.bin", "longer than before");
  const ProgramEnd why = Cairn({"why", "tree/a.bin"});
  EXPECT_EQ(why.code, 0) << why.err;
  EXPECT_THAT(why.out, HasSubstr("a scan would read it: size 5 to 18"));
}

TEST_F(CliScanTest, VersionsDifferenceAndRollback) {
  Cairn({"scan", "tree"});
  dir_.Write("tree/a.bin", std::string("\0\1three", 7));
  Cairn({"scan", "tree"});
  const ProgramEnd history = Cairn({"history", "tree/a.bin", "--json"});
  EXPECT_EQ(Lines(history.out).size(), 2u) << history.err;
  const ProgramEnd diff = Cairn({"diff", "tree/a.bin"});
  EXPECT_THAT(diff.out, testing::ContainsRegex("size +5 +7"));
  const ProgramEnd back = Cairn({"rollback", "tree/a.bin", "1"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_THAT(Cairn({"show", "tree/a.bin"}).out, testing::ContainsRegex("size +5 "));
  Cairn({"scan", "tree"});
  EXPECT_THAT(Cairn({"show", "tree/a.bin"}).out, testing::ContainsRegex("size +5 ")) << "it stays";
  dir_.Write("tree/a.bin", std::string("\0\1again", 7));
  Cairn({"scan", "tree"});
  EXPECT_THAT(Cairn({"show", "tree/a.bin"}).out, testing::ContainsRegex("size +7 ")) << "until the content changes";
  EXPECT_EQ(Cairn({"rollback", "tree/a.bin", "9"}).code, 2);
  EXPECT_THAT(Cairn({"rollback", "tree/a.bin", "9"}).err, HasSubstr("there is no version 9: it has 1 to 4"));
}

TEST_F(CliScanTest, RollbackPutsTablesAndMembersBackToo) {
  const std::string file = "file:file:" + dir_.Sub("tree/held.csv");
  const std::string table = "dataset:file:" + dir_.Sub("tree/held.csv");
  dir_.Write("tree/held.csv", "name,born\nAda,2001-02-03\nBob,\n");
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  dir_.Write("tree/held.csv", "name,city,size\nAda,Rome,1\nBob,Bonn,2\nEve,Graz,3\n");
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  EXPECT_THAT(Cairn({"latest", "schema_snapshot", table, "--json"}).out, HasSubstr("city"));
  ASSERT_EQ(Cairn({"rollback", "tree/held.csv", "1"}).code, 0);
  EXPECT_THAT(Cairn({"latest", "schema_snapshot", table, "--json"}).out, HasSubstr("born"));
  EXPECT_THAT(Cairn({"latest", "statistics_snapshot", table, "--json"}).out, HasSubstr(R"("row_count":2)"));
  // A version that held nothing takes away what stands, and one that held it gives it back.
  dir_.Write("tree/held.csv", std::string("\0\1none", 6));
  ASSERT_EQ(Cairn({"scan", "tree"}).code, 0);
  EXPECT_EQ(Cairn({"path", file, table}).code, 1);
  ASSERT_EQ(Cairn({"rollback", "tree/held.csv", "2"}).code, 0);
  EXPECT_EQ(Cairn({"path", file, table}).code, 0);
  ASSERT_EQ(Cairn({"rollback", "tree/held.csv", "4"}).code, 0);
  EXPECT_EQ(Cairn({"path", file, table}).code, 1);
}

TEST_F(CliScanTest, DryRunPrintsAndWritesNothing) {
  const ProgramEnd before = Cairn({"scan", "tree", "--dry-run"});
  EXPECT_EQ(Lines(before.out).size(), 2u) << before.err;
  EXPECT_FALSE(std::filesystem::exists(dir_.Sub("metadata")));
  Cairn({"scan", "tree"});
  dir_.Write("tree/new.bin", "x");
  const ProgramEnd dry = Cairn({"scan", "tree", "--dry-run"});
  EXPECT_EQ(dry.code, 0) << dry.err;
  EXPECT_THAT(dry.out, testing::ContainsRegex("new.bin +new"));
  EXPECT_THAT(Cairn({"show", "tree/new.bin"}).err, HasSubstr("no scan has seen"));
}

TEST_F(CliScanTest, FilesAreNodesLikeOthers) {
  Cairn({"scan", "tree"});
  EXPECT_THAT(Cairn({"query", "payload.size = 5", "--kind", "file_metadata"}).out, HasSubstr("a.bin"));
  EXPECT_EQ(Cairn({"latest", "file_metadata", "a.bin"}).code, 0);
}

TEST_F(CliScanTest, MistakesAreToldClearly) {
  const ProgramEnd empty = Cairn({"scan", "tree", ""});
  EXPECT_EQ(empty.code, 2);
  EXPECT_THAT(empty.err, HasSubstr("an empty path is no folder; `.` is the current one"));
  EXPECT_EQ(Cairn({"scan"}).code, 2);
  EXPECT_EQ(Cairn({"scan", "tree", "--symlinks", "maybe"}).code, 2);
  const ProgramEnd gone = Cairn({"scan", "not-there"});
  EXPECT_THAT(gone.err, HasSubstr("not-there: No such file or directory"));
}

}  // namespace
}  // namespace cairn
