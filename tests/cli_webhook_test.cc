// `cairn webhook` as a user runs it, delivered to by `cairn serve`.
#include <gmock/gmock.h>

#include <filesystem>

#include "cli_for_test.h"
#include "lookup/server_for_test.h"

namespace cairn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

class CliWebhook : public CliTest {
 protected:
  // Runs `cairn serve` until a shell's condition holds.
  ProgramEnd ServeUntil(const std::string& condition) {
    const std::string script = "coproc SERVE { exec " CAIRN_BINARY
                               " serve --no-auth --listen 127.0.0.1:0 --access-log access.log; }\npid=$SERVE_PID\n"
                               "read -r line <&\"${SERVE[0]}\"\n"
                               "for i in $(seq 300); do " +
                               condition + " && break; done\nkill -TERM $pid; wait $pid\n";
    return RunProgram("/bin/bash", {{"-c", script}, "", environment_, dir_.path()});
  }

  TestServer server_;
};

TEST_F(CliWebhook, MadeDeliveredListedAndItsSecretNowhere) {
  server_.Answer("/in", {});
  Fill({Record(1, 10), Record(2, 20), Record(3, 30)});
  const ProgramEnd made = Cairn({"webhook", "create", "mirror", server_.url() + "/in", "--from", "beginning",
                                 "--filter", "payload.row_count > 10", "--kind", "ingestion_*"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, MatchesRegex("whsec_[A-Za-z0-9+/=]{44}\n"));
  EXPECT_THAT(made.err, HasSubstr("this once"));
  EXPECT_EQ(ServeUntil(CAIRN_BINARY " webhook list --json | grep -q '\"records\":2,'").code, 0);
  const ProgramEnd listed = Cairn({"webhook", "list"});
  EXPECT_THAT(listed.out,
              AllOf(HasSubstr("mirror"), HasSubstr("active"), HasSubstr("200 at "), HasSubstr(server_.url())));
  ASSERT_EQ(server_.requests().size(), 1U);
  EXPECT_THAT(server_.requests().front().body,
              AllOf(HasSubstr("\"row_count\":30"), Not(HasSubstr("\"row_count\":10,"))));
  const ProgramEnd pinged = Cairn({"webhook", "test", "mirror"});
  EXPECT_EQ(pinged.out, "taken: 200\n") << pinged.err;
  // Neither in the log, nor in what the service says, nor in what commands say; only in its own file.
  const std::string secret = made.out.substr(6, 43);
  const ProgramEnd history = Cairn({"--tenant", "cairn.system", "--json", "history", "webhook", "webhook::mirror"});
  EXPECT_EQ(Lines(history.out).size(), 1U) << history.err;
  EXPECT_THAT(history.out + listed.out + Cairn({"webhook", "list", "--json"}).out, Not(HasSubstr(secret)));
  int holders = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir_.path())) {
    if (!entry.is_regular_file() || ReadFile(entry.path()).find(secret) == std::string::npos) continue;
    EXPECT_EQ(entry.path().extension(), ".secret") << entry.path();
    ++holders;
  }
  EXPECT_EQ(holders, 1);
}

TEST_F(CliWebhook, PausedResumedDeleted) {
  ASSERT_EQ(Cairn({"webhook", "create", "a", "https://hooks.example.org/", "--json"}).code, 0);
  EXPECT_EQ(Cairn({"webhook", "pause", "a"}).out, "a is paused\n");
  EXPECT_THAT(Cairn({"webhook", "list"}).out, HasSubstr("paused"));
  EXPECT_EQ(Cairn({"webhook", "resume", "a"}).out, "a is active\n");
  EXPECT_EQ(Cairn({"webhook", "delete", "a"}).out, "deleted a\n");
  EXPECT_THAT(Cairn({"webhook", "list"}).err, HasSubstr("there is no webhook"));
  EXPECT_EQ(Cairn({"webhook", "test", "a"}).code, 1);
  EXPECT_EQ(Cairn({"webhook", "pause", "a"}).code, 1);
}

TEST_F(CliWebhook, WhatWasGivenUpIsListedAndSentOnceMore) {
  server_.AnswerInTurn("/in", {{.status = 500}, {.status = 200}});
  Fill({Record(1, 10)});
  ASSERT_EQ(Cairn({"webhook", "create", "a", server_.url() + "/in", "--from", "1", "--attempts", "1"}).code, 0);
  ServeUntil(CAIRN_BINARY " webhook dead a --json | grep -q 500");
  const ProgramEnd dead = Cairn({"webhook", "dead"});
  EXPECT_THAT(dead.out, AllOf(HasSubstr("1-1"), HasSubstr("it answered 500")));
  EXPECT_EQ(Cairn({"webhook", "retry", "a"}).code, 2) << "which?";
  EXPECT_EQ(Cairn({"webhook", "retry", "a", "9-9"}).code, 1);
  EXPECT_EQ(Cairn({"webhook", "retry", "a", "1-1"}).out, "1 to be sent once more\n");
  ServeUntil("! " CAIRN_BINARY " webhook dead a --json | grep -q retry");
  EXPECT_THAT(Cairn({"webhook", "dead", "a"}).err, HasSubstr("nothing was given up"));
  ASSERT_EQ(server_.requests().size(), 2U);
  EXPECT_EQ(server_.requests()[0].headers.at("webhook-id"), server_.requests()[1].headers.at("webhook-id"));
}

TEST_F(CliWebhook, ASecretOfOnesOwn) {
  const std::string own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  EXPECT_EQ(Cairn({"webhook", "create", "a", "https://x.example/", "--secret-file", "-"}, own + "\n").out, own + "\n");
  const ProgramEnd wrong = Cairn({"webhook", "create", "b", "https://x.example/", "--secret-file", "-"}, "hunter2");
  EXPECT_EQ(wrong.code, 2);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("whsec_"), Not(HasSubstr("hunter2"))));
}

TEST_F(CliWebhook, WhatIsNoneIsToldApart) {
  EXPECT_THAT(Cairn({"webhook", "create", "a", "http://example.org/"}).err, HasSubstr("--allow-plain"));
  EXPECT_EQ(Cairn({"webhook", "create", "a", "http://example.org/", "--allow-plain"}).code, 0);
  EXPECT_EQ(Cairn({"webhook", "create", "b", "ftp://example.org/"}).code, 2);
  EXPECT_EQ(Cairn({"webhook", "create", "b", "https://x.example/", "--from", "then"}).code, 2);
  EXPECT_EQ(Cairn({"webhook", "create", "b", "https://x.example/", "--timeout", "soon"}).code, 2);
  EXPECT_EQ(Cairn({"webhook", "create", "b", "https://x.example/", "--filter", "payload."}).code, 2);
  EXPECT_THAT(Cairn({"webhook", "list", "--store", "http://127.0.0.1:1"}).err, HasSubstr("/api/v1/webhooks"));
}

}  // namespace
}  // namespace cairn
