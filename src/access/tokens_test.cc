#include "access/tokens.h"

#include <gmock/gmock.h>

#include "access/access_for_test.h"
#include "access/token_limits.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class TokensTest : public StoreWithRights {
 protected:
  void SetUp() override {
    StoreWithRights::SetUp();
    tokens = std::make_unique<Tokens>(*store, clock);
  }
  static TokenInfo Reader(std::string name = "dashboards") {
    TokenInfo info;
    info.name = std::move(name);
    info.grant.scopes = static_cast<std::uint8_t>(AccessScope::kRead);
    return info;
  }
  std::string Create(const TokenInfo& info) {
    auto created = tokens->Create(info);
    EXPECT_TRUE(created) << created.error();
    return created ? created->secret : "";
  }
  Status Check(const std::string& secret) {
    const auto found = tokens->Check(secret);
    return found ? Status::Ok() : found.error();
  }

  HandClock clock;
  std::unique_ptr<Tokens> tokens;
};

TEST_F(TokensTest, ATokenIsWhatWasAskedForAndItsSecretStandsNowhere) {
  TokenInfo asked = Reader();
  asked.grant.tenant = "acme";
  asked.grant.namespaces = {"db\"", "é"};
  asked.grant.kinds = {"schema_*"};
  asked.expires_at = Timestamp{clock.Now().ns + 1'000'000'000'000};
  asked.requests_per_second = 5;
  asked.records_per_day = 7;
  asked.changed_by = "ann";
  const std::string secret = Create(asked);
  const auto found = tokens->Check(secret);
  ASSERT_TRUE(found) << found.error();
  EXPECT_EQ((*found)->name, "dashboards");
  EXPECT_EQ((*found)->grant.tenant, "acme");
  EXPECT_EQ((*found)->grant.namespaces, asked.grant.namespaces);
  EXPECT_EQ((*found)->grant.kinds, asked.grant.kinds);
  EXPECT_EQ((*found)->expires_at, asked.expires_at);
  EXPECT_EQ((*found)->requests_per_second, 5U);
  EXPECT_EQ((*found)->records_per_day, 7U);
  EXPECT_EQ((*found)->changed_by, "ann");
  EXPECT_TRUE((*found)->grant.Has(AccessScope::kRead));
  EXPECT_FALSE((*found)->grant.Has(AccessScope::kWrite));
  const auto log = store->Tail(Seq{1}, 100);
  ASSERT_TRUE(log);
  for (const Fact& fact : log->facts)
    EXPECT_THAT(std::string(fact.line()), Not(HasSubstr(secret.substr(secret.rfind('_') + 1))));
}

TEST_F(TokensTest, WhatIsNoTokenLetsNobodyIn) {
  const std::string secret = Create(Reader());
  std::string other = secret;
  other.back() = other.back() == '0' ? '1' : '0';
  std::string other_id = secret;
  other_id[8] = other_id[8] == '0' ? '1' : '0';
  for (const std::string& wrong : {std::string(), std::string("cairn_"), other, other_id, secret + "0",
                                   secret.substr(1), secret.substr(0, secret.size() - 1), std::string(100'000, 'a')}) {
    EXPECT_EQ(Check(wrong).code(), StatusCode::kUnauthenticated) << wrong.substr(0, 100);
    EXPECT_THAT(Check(wrong).message(), Not(HasSubstr(secret.substr(23)))) << "a secret is never told";
  }
  EXPECT_TRUE(Check(secret).ok());
}

TEST_F(TokensTest, ARevocationHoldsAtOnceInEveryProcess) {
  const auto created = tokens->Create(Reader());
  ASSERT_TRUE(created);
  EXPECT_TRUE(Check(created->secret).ok());
  auto second = OpenRepository(temp.Sub("store"), {});
  ASSERT_TRUE(second);
  const auto revoked = Tokens(**second, clock).Revoke(created->info.id, "bob");
  ASSERT_TRUE(revoked) << revoked.error();
  EXPECT_THAT(Check(created->secret).message(), HasSubstr("revoked"));
  EXPECT_EQ(tokens->Revoke(created->info.id, "bob").status().code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(tokens->Revoke("0123", "bob").status().code(), StatusCode::kNotFound);
  const auto history =
      store->History(kKindAccessToken, NodeKey{std::string(kSystemTenant), "token", "", created->info.id, ""}, {});
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 2U) << "who changed which rights, and when, is kept";
  EXPECT_THAT(history->back().Parse()->payload, HasSubstr(R"("changed_by":"bob")"));
}

TEST_F(TokensTest, ATokenExpires) {
  TokenInfo info = Reader();
  info.expires_at = Timestamp{clock.Now().ns + 3'600'000'000'000};
  const std::string secret = Create(info);
  EXPECT_TRUE(Check(secret).ok());
  clock.Advance(std::chrono::hours(1));
  EXPECT_THAT(Check(secret).message(), HasSubstr("expired"));
  EXPECT_EQ(tokens->Create(info).status().code(), StatusCode::kInvalidArgument) << "it would have expired already";
}

TEST_F(TokensTest, TokensAreListedTheNewestFirst) {
  Create(Reader("a"));
  clock.Advance(std::chrono::seconds(1));
  Create(Reader("b"));
  const auto list = tokens->List();
  ASSERT_TRUE(list);
  ASSERT_EQ(list->size(), 2U);
  EXPECT_THAT((std::vector{(*list)[0].name, (*list)[1].name}), ElementsAre("b", "a"));
}

TEST_F(TokensTest, WhatWouldBeNoTokenIsRefused) {
  EXPECT_EQ(tokens->Create(Reader("")).status().code(), StatusCode::kInvalidArgument);
  TokenInfo none = Reader();
  none.grant.scopes = 0;
  EXPECT_EQ(tokens->Create(none).status().code(), StatusCode::kInvalidArgument);
  TokenInfo system = Reader();
  system.grant.tenant = kSystemTenant;
  EXPECT_EQ(tokens->Create(system).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseScopes({"read", "wirte"}).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(TokensTest, RequestsBeyondTheRateWait) {
  TokenInfo token = Reader();
  token.id = "a";
  token.requests_per_second = 10;
  TokenLimits limits(*store, clock);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(limits.TakeRequest(token)) << i;
  const auto wait = limits.TakeRequest(token);
  ASSERT_TRUE(wait);
  EXPECT_EQ(*wait, std::chrono::milliseconds(100));
  clock.Advance(std::chrono::milliseconds(100));
  EXPECT_FALSE(limits.TakeRequest(token));
  EXPECT_TRUE(limits.TakeRequest(token));
}

TEST_F(TokensTest, TheQuotaOfADayOutlivesTheProcess) {
  TokenInfo token = Reader();
  token.id = "a";
  token.records_per_day = 10;
  {
    TokenLimits limits(*store, clock);
    EXPECT_FALSE(limits.TakeRecords(token, 8));
    EXPECT_TRUE(limits.TakeRecords(token, 3)) << "all or none";
    EXPECT_TRUE(limits.Save().ok());
  }
  TokenLimits limits(*store, clock);
  EXPECT_FALSE(limits.TakeRecords(token, 2));
  const auto wait = limits.TakeRecords(token, 1);
  ASSERT_TRUE(wait);
  clock.Advance(*wait);
  EXPECT_FALSE(limits.TakeRecords(token, 10)) << "the next day";
}

}  // namespace
}  // namespace cairn
