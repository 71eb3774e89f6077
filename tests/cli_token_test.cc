// `cairn token` as a user runs it: who may ask the service, and what.
#include <gmock/gmock.h>

#include "cli_for_test.h"

namespace cairn {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

TEST_F(CliTest, ATokenIsMadeListedAndTakenBack) {
  const ProgramEnd made = Cairn({"token", "create", "airflow", "--scope", "read,write", "--namespace-prefix", "etl",
                                 "--namespace-prefix", "db", "--kind", "schema_*", "--expires", "90d"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(made.out, MatchesRegex("cairn_[0-9a-f]{16}_[0-9a-f]{64}\n"));
  EXPECT_THAT(made.err, HasSubstr("this once"));
  const std::string id = made.out.substr(6, 16);
  const std::string secret = made.out.substr(23, 64);
  const ProgramEnd listed = Cairn({"token", "list"});
  EXPECT_EQ(listed.code, 0);
  EXPECT_THAT(listed.out, AllOf(HasSubstr(id), HasSubstr("airflow"), HasSubstr("active"), HasSubstr("read, write"),
                                HasSubstr("etl*, db*, kind schema_*"), Not(HasSubstr(secret))));
  const ProgramEnd json = Cairn({"--json", "token", "list"});
  simdjson::dom::parser parser;
  EXPECT_EQ(parser.parse(json.out).error(), simdjson::SUCCESS) << json.out;
  const ProgramEnd revoked = Cairn({"token", "revoke", id});
  EXPECT_EQ(revoked.code, 0);
  EXPECT_EQ(revoked.out, "revoked " + id + " (airflow)\n");
  EXPECT_THAT(Cairn({"token", "list"}).out, HasSubstr("revoked"));
  EXPECT_THAT(Cairn({"token", "revoke", id}).err, HasSubstr("revoked already"));
  // Its whole life stands in the log, and its secret nowhere.
  const ProgramEnd history = Cairn({"--tenant", "cairn.system", "--json", "history", "access_token", "token::" + id});
  EXPECT_EQ(Lines(history.out).size(), 2U) << history.err;
  EXPECT_THAT(history.out, Not(HasSubstr(secret)));
}

TEST_F(CliTest, WhatIsNoTokenIsToldApart) {
  EXPECT_THAT(Cairn({"token", "create", "x", "--scope", "raed"}).err, HasSubstr("read, write and admin"));
  EXPECT_EQ(Cairn({"token", "create", "x"}).code, 2) << "without a scope it could do nothing";
  EXPECT_THAT(Cairn({"token", "create", "", "--scope", "read"}).err, HasSubstr("name"));
  EXPECT_THAT(Cairn({"token", "create", "x", "--scope", "read", "--expires", "soon"}).err, HasSubstr("--expires"));
  EXPECT_THAT(Cairn({"--tenant", "cairn.system", "token", "create", "x", "--scope", "read"}).err,
              HasSubstr("the service's own"));
  EXPECT_EQ(Cairn({"token", "revoke", "0123"}).code, 1);
  EXPECT_THAT(Cairn({"serve", "--no-auth", "--listen", "0.0.0.0:0"}).err, HasSubstr("other machines"));
  EXPECT_THAT(Cairn({"serve", "--tenant", "acme"}).err, HasSubstr("each token says itself"));
}

}  // namespace
}  // namespace cairn
