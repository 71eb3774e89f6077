#include <gmock/gmock.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "cli_for_test.h"
#include "lookup/server_for_test.h"

namespace cairn {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

// A source `zoo` on a server of the test's own, the cache in the test's folder.
class CliCacheTest : public CliTest {
 protected:
  CliCacheTest() {
    Configure("");
    server_.Answer("/animals/7?lang=en", {.body = R"({"name":"ox","legs":4})"});
    server_.Answer("/animals/8?lang=en", {.body = R"({"name":"hen","legs":2})"});
    server_.Answer("/animals/9?lang=en", {.status = 503});
  }
  void Configure(const std::string& more) {
    dir_.Write("cairn.yaml",
               "cache:\n  location: ./cache\n" + more + "sources:\n  zoo:\n    base_url: " + server_.url() +
                   "\n    proxy: none\n    attempts: 1\n    operations:\n      animal:\n"
                   "        path: /animals/{id}\n"
                   "        parameters: {id: {required: on, type: integer}, lang: {default: en}}\n"
                   "        ttl: 1h\n        grace: 1d\n        jitter: 0\n        early_refresh_beta: 0\n"
                   "        tags: [\"animal:{id}\"]\n");
  }
  // Where there is no network at all, not even this host's own.
  ProgramEnd Unconnected(std::vector<std::string> args) {
    args.insert(args.begin(), {"-n", CAIRN_BINARY});
    if (::geteuid() != 0) args.insert(args.begin(), "-r");
    return RunProgram("/usr/bin/unshare", {std::move(args), "", environment_, dir_.path()});
  }

  TestServer server_;
};

TEST_F(CliCacheTest, ASourceIsAskedOnce) {
  const ProgramEnd first = Cairn({"lookup", "zoo", "animal", "id=7", "--json"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(first.out, "{\"name\":\"ox\",\"legs\":4}\n");
  const ProgramEnd second = Cairn({"lookup", "zoo", "animal", "id=7", "--json", "--meta"});
  EXPECT_EQ(second.code, 0) << second.err;
  EXPECT_THAT(second.out, AllOf(HasSubstr(R"("state":"fresh","level":"disk")"), HasSubstr(R"("tags":["animal:7"])")));
  EXPECT_EQ(server_.requests().size(), 1U);
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--refresh"}).code, 0);
  EXPECT_EQ(server_.requests().size(), 2U);
}

TEST_F(CliCacheTest, SourcesAreListed) {
  const ProgramEnd all = Cairn({"lookup"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_THAT(all.out, AllOf(HasSubstr("audnexus  https://api.audnex.us"), HasSubstr("animal id=... [lang=...]")));
}

TEST_F(CliCacheTest, NotFoundAndDownAreTwoAnswers) {
  const ProgramEnd none = Cairn({"lookup", "zoo", "animal", "id=1"});
  EXPECT_EQ(none.code, 1);
  EXPECT_EQ(none.out, "");
  EXPECT_THAT(none.err, HasSubstr("there is no such thing (HTTP 404)"));
  const ProgramEnd down = Cairn({"lookup", "zoo", "animal", "id=9"});
  EXPECT_EQ(down.code, 4);
  EXPECT_THAT(Lines(down.err), ElementsAre(AllOf(StartsWith("cairn: "), HasSubstr("HTTP 503"))));
}

TEST_F(CliCacheTest, MistakesAreNamed) {
  const auto says = [&](std::vector<std::string> args, const std::string& what) {
    args.insert(args.begin(), "lookup");
    const ProgramEnd end = Cairn(std::move(args));
    EXPECT_EQ(end.code, 2) << end.out;
    EXPECT_THAT(end.err, HasSubstr(what));
  };
  says({"zo", "animal", "id=7"}, "there is no source \"zo\"; did you mean \"zoo\"?");
  says({"zoo", "animl", "id=7"}, "there is no operation \"animl\"; did you mean \"animal\"?");
  says({"zoo", "animal", "idd=7"}, "has no parameter \"idd\"; did you mean \"id\"?");
  says({"zoo", "animal"}, "zoo animal needs id");
  says({"zoo", "animal", "id=x"}, "id");
  says({"zoo", "animal", "7"}, "\"7\" is not name=value");
  says({"zoo"}, "which operation?");
  EXPECT_EQ(Cairn({"cache", "clear", "everything"}).code, 2);
  EXPECT_EQ(Cairn({"cache", "clear"}).code, 2);
  EXPECT_EQ(Cairn({"cache", "get", "zoo", "animal", "idd=7"}).code, 2);
  EXPECT_EQ(Cairn({"cache"}).code, 2);
  EXPECT_THAT(server_.requests(), IsEmpty());
}

TEST_F(CliCacheTest, OfflineAnswersWithoutANetworkAndMarksWhatIsStale) {
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  if (Unconnected({"--version"}).code != 0) GTEST_SKIP() << "this process may not make a network namespace";
  const ProgramEnd fresh = Unconnected({"lookup", "zoo", "animal", "id=7", "--offline", "--json"});
  EXPECT_EQ(fresh.code, 0) << fresh.err;
  EXPECT_EQ(fresh.out, "{\"name\":\"ox\",\"legs\":4}\n");
  ASSERT_EQ(Cairn({"cache", "clear", "operation:zoo:animal", "--expire"}).code, 0);
  const ProgramEnd stale = Unconnected({"lookup", "zoo", "animal", "id=7", "--offline", "--json", "--meta"});
  EXPECT_EQ(stale.code, 0) << stale.err;
  EXPECT_THAT(stale.out, HasSubstr(R"("state":"stale")"));
  const ProgramEnd unknown = Unconnected({"lookup", "zoo", "animal", "id=8", "--offline"});
  EXPECT_EQ(unknown.code, 4);
  EXPECT_THAT(unknown.err, HasSubstr("offline: zoo:animal:id=:8&lang=en is not kept on this host"));
  EXPECT_EQ(Unconnected({"lookup", "zoo", "animal", "id=8"}).code, 4)
      << "there is no network, else this proves nothing";
}

TEST_F(CliCacheTest, AnEntryIsSeenListedAndCleared) {
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  const ProgramEnd got = Cairn({"cache", "get", "zoo", "animal", "id=7"});
  EXPECT_EQ(got.code, 0) << got.err;
  EXPECT_THAT(got.out,
              AllOf(HasSubstr("disk    fresh  fresh for 59m"), HasSubstr("tag animal:7"),
                    HasSubstr("shared  miss  the shared level is off"), HasSubstr("\n        {\"name\": \"ox\"")));
  EXPECT_EQ(Cairn({"cache", "get", "zoo:animal:id=:7&lang=en", "--json"}).code, 0);
  EXPECT_THAT(Cairn({"cache", "list", "--json"}).out, HasSubstr(R"("key":"zoo:animal:id=:7&lang=en")"));
  EXPECT_EQ(Cairn({"cache", "clear", "tag:animal:7"}).out, "tag:animal:7: 1 entry removed\n");
  EXPECT_EQ(Cairn({"cache", "get", "zoo", "animal", "id=7"}).code, 1);
  EXPECT_EQ(Cairn({"cache", "list", "--json"}).out, "");
}

TEST_F(CliCacheTest, WhatWouldNotLastIsRefused) {
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  ASSERT_EQ(Cairn({"cache", "export", "all.jsonl"}).code, 0);
  for (const auto& args : {std::vector<std::string>{"cache", "clear", "all"},
                           {"cache", "import", "all.jsonl"},
                           {"cache", "warm", "all.jsonl"}}) {
    std::vector<std::string> with_cache_off = args;
    with_cache_off.insert(with_cache_off.end(), {"--set", "cache.enabled=off"});
    const ProgramEnd end = Cairn(with_cache_off);
    EXPECT_EQ(end.code, 4) << args[1];
    EXPECT_THAT(end.err, HasSubstr("the cache is off: cache.enabled")) << args[1];
  }
  const ProgramEnd nowhere = Cairn({"cache", "import", "all.jsonl", "--set", "cache.location="});
  EXPECT_EQ(nowhere.code, 4);
  EXPECT_THAT(nowhere.err, HasSubstr("no disk level keeps what is imported: off"));
  // A location that cannot be opened: what stands there is not cleared, and that is no success.
  const ProgramEnd locked_out = Cairn({"cache", "clear", "all", "--set", "cache.location=./all.jsonl"});
  EXPECT_EQ(locked_out.code, 4);
  EXPECT_THAT(locked_out.err, HasSubstr("what stands on disk is not cleared: "));
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--offline"}).code, 0);
}

TEST_F(CliCacheTest, WhatTheSharedLevelCannotBeToldNowIsSaid) {
  Configure("  shared: {url: \"redis://127.0.0.1:1\"}\n");
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  const ProgramEnd cleared = Cairn({"cache", "clear", "tag:animal:7"});
  EXPECT_EQ(cleared.code, 3);
  EXPECT_EQ(cleared.out, "tag:animal:7: 1 entry removed here; on other hosts what it covers is dropped as it is met\n");
  EXPECT_THAT(cleared.err, HasSubstr("the next process of this host that reaches it tells it"));
  EXPECT_THAT(Cairn({"cache", "stats"}).out, HasSubstr("it has yet to hear what was invalidated here"));
  EXPECT_THAT(Cairn({"cache", "clear", "all", "--json"}).out,
              HasSubstr(R"("shared_pending":true,"shared_owed":true})"));
  EXPECT_THAT(Cairn({"cache", "clear", "all", "--set", "cache.location="}).err,
              HasSubstr("no disk level remembers what it is to be told"));
}

TEST_F(CliCacheTest, StatsCountOverProcesses) {
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  const ProgramEnd stats = Cairn({"cache", "stats", "--json"});
  EXPECT_EQ(stats.code, 0) << stats.err;
  EXPECT_THAT(stats.out, AllOf(HasSubstr(R"("operation":"zoo:animal","calls":3,"loads":1,)"),
                               HasSubstr(R"("operation":"zoo:animal","level":"disk","hit_ratio":0.6667,"hits":2,)")));
  EXPECT_THAT(Cairn({"cache", "stats"}).out, AllOf(HasSubstr("zoo:animal"), HasSubstr("66.7 %")));
  // Again and again, until the reader has gone.
  const ProgramEnd watched = RunProgram(
      "/bin/bash", {{"-c", CAIRN_BINARY " cache stats --watch 0.1 | head -40"}, "", environment_, dir_.path()});
  EXPECT_EQ(watched.code, 0) << watched.err;
  EXPECT_THAT(watched.out, AllOf(HasSubstr("in all"), HasSubstr("in the last 0.1 s")));
}

TEST_F(CliCacheTest, AnExportGoesToAnotherHost) {
  for (const char* id : {"id=7", "id=8"}) ASSERT_EQ(Cairn({"lookup", "zoo", "animal", id}).code, 0);
  EXPECT_EQ(Cairn({"cache", "export", "all.jsonl"}).out, "2 entries in all.jsonl\n");
  EXPECT_EQ(Cairn({"cache", "export", "one.jsonl", "tag:animal:8"}).out, "1 entry in one.jsonl\n");
  environment_["CAIRN_CACHE_LOCATION"] = dir_.Sub("elsewhere");
  EXPECT_THAT(Cairn({"cache", "import", "one.jsonl"}).out, StartsWith("1 stored, 0 kept"));
  EXPECT_THAT(Cairn({"cache", "import", "all.jsonl"}).out, StartsWith("1 stored, 1 kept"));
  const std::size_t before = server_.requests().size();
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--offline"}).code, 0);
  EXPECT_EQ(server_.requests().size(), before);
  dir_.Write("cut.jsonl", ReadFile(dir_.Sub("all.jsonl")).substr(0, 200));
  const ProgramEnd cut = Cairn({"cache", "import", "cut.jsonl"});
  EXPECT_EQ(cut.code, 4);
  EXPECT_THAT(cut.err, HasSubstr("cut.jsonl"));
  EXPECT_EQ(Cairn({"cache", "import", "none.jsonl"}).code, 1);
}

TEST_F(CliCacheTest, AListIsWarmed) {
  const ProgramEnd warmed = Cairn({"cache", "warm", "-", "--json"}, "# two\nzoo animal id=7\nzoo animal id=8\n");
  EXPECT_EQ(warmed.code, 0) << warmed.err;
  EXPECT_THAT(warmed.out, HasSubstr(R"("total":2,"done":2,"loaded":2,)"));
  EXPECT_EQ(Cairn({"cache", "warm", "-"}, "zoo animal id=7\n").out, "1 of 1: 0 loaded, 1 fresh already\n");
  EXPECT_EQ(server_.requests().size(), 2U);
  const ProgramEnd wrong = Cairn({"cache", "warm", "-"}, "zoo animal id=7\nzoo animl id=8\n");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("line 2"), HasSubstr("did you mean")));
  EXPECT_EQ(Cairn({"cache", "warm", "-"}, "zoo animal id=9\n").code, 3);
  EXPECT_EQ(Cairn({"cache", "warm"}).code, 2);
  const ProgramEnd folder = Cairn({"cache", "warm", "."});
  EXPECT_NE(folder.code, 0);
  EXPECT_THAT(folder.err, HasSubstr("Is a directory"));
  const ProgramEnd unknown = Cairn({"cache", "warm", "--used", "9"});
  EXPECT_EQ(unknown.code, 4);
  EXPECT_THAT(unknown.err, HasSubstr("set cache.history to on"));
}

TEST_F(CliCacheTest, WhatWasUsedIsWarmedInTheBackground) {
  Configure("  history: on\n");
  for (int i = 0; i < 2; ++i) ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  EXPECT_EQ(Cairn({"cache", "warm", "--status"}).code, 1) << "none was begun";
  ASSERT_EQ(Cairn({"cache", "clear", "all"}).code, 0);
  const ProgramEnd begun = Cairn({"cache", "warm", "--used", "10", "--background"});
  EXPECT_EQ(begun.code, 0) << begun.err;
  ProgramEnd status;
  do {
    status = Cairn({"cache", "warm", "--status", "--json"});
  } while (status.code == 1 || status.out.find(R"("running":true)") != std::string::npos);
  EXPECT_THAT(status.out, AllOf(HasSubstr(R"("loaded":1,)"), HasSubstr(R"("state":"done")")));
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--offline"}).code, 0);
}

TEST_F(CliCacheTest, AnAnswerIsARecordToo) {
  const ProgramEnd asked = Cairn({"lookup", "zoo", "animal", "id=7", "--record"});
  EXPECT_EQ(asked.code, 0) << asked.err;
  const ProgramEnd latest = Cairn({"query", "--kind", "lookup.zoo.animal", "--json"});
  EXPECT_THAT(latest.out, AllOf(HasSubstr(R"("payload":{"name":"ox","legs":4})"), HasSubstr("cairn lookup")));
}

TEST_F(CliCacheTest, WhatIsSensitiveIsUnreadableOnDisk) {
  std::string config = ReadFile(dir_.Sub("cairn.yaml"));
  dir_.Write("cairn.yaml", config + "        sensitive: on\n");
  const auto found_on_disk = [&](const std::string& what) {
    for (const char* file : {"cache.db", "cache.db-wal"}) {
      if (ReadFile(dir_.Sub("cache/") + file).find(what) != std::string::npos) return true;
    }
    return false;
  };
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  EXPECT_FALSE(found_on_disk("zoo:animal:id")) << "without a key it stays in the process";
  dir_.Write("keys", std::string(64, 'a') + "\n");
  environment_["CAIRN_CACHE_KEY_FILE"] = dir_.Sub("keys");
  ASSERT_EQ(Cairn({"lookup", "zoo", "animal", "id=7"}).code, 0);
  EXPECT_TRUE(found_on_disk("zoo:animal:id"));
  EXPECT_FALSE(found_on_disk("\"ox\""));
  // Rotated: a new key in front, the old one still opens.
  dir_.Write("keys", std::string(64, 'b') + "\n" + std::string(64, 'a') + "\n");
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--offline"}).code, 0);
  dir_.Write("keys", std::string(64, 'b') + "\n");
  EXPECT_EQ(Cairn({"lookup", "zoo", "animal", "id=7", "--offline"}).code, 4);
  dir_.Write("keys", "no key\n");
  EXPECT_THAT(Cairn({"lookup", "zoo", "animal", "id=7"}).err, HasSubstr("keys"));
}

TEST_F(CliCacheTest, ConfigurationSaysWhereItComesFrom) {
  environment_["CAIRN_CACHE_DISK_BYTES"] = "64M";
  const ProgramEnd shown = Cairn({"config", "show", "--changed", "--json", "--set", "cache.memory.bytes=8M"});
  EXPECT_EQ(shown.code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr(R"({"name":"cache.location","value":")"), HasSubstr("cairn.yaml:2:13"),
                               HasSubstr(R"("value":"64M","origin":"environment CAIRN_CACHE_DISK_BYTES")"),
                               HasSubstr(R"({"name":"cache.memory.bytes","value":"8M","origin":"flag --set"})"),
                               Not(HasSubstr("audnexus"))));
  dir_.Write("wrong.yaml", "cache:\n  memry: {bytes: 1M}\n");
  const ProgramEnd wrong = Cairn({"--config", "wrong.yaml", "config", "show"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("wrong.yaml:2:3"), HasSubstr("memory")));
}

}  // namespace
}  // namespace cairn
