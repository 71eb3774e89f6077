#include "bus/webhook_signature.h"

#include <gmock/gmock.h>

namespace cairn {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// The example of the Standard Webhooks specification's own libraries.
TEST(WebhookSignature, IsThatOfStandardWebhooks) {
  const auto secret = WebhookSecret::Parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(secret) << secret.error();
  EXPECT_EQ(secret->Sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, CoversIdTimeAndBody) {
  const auto secret = WebhookSecret::Make();
  ASSERT_TRUE(secret);
  const std::string signature = secret->Sign("a", "1", "{}");
  EXPECT_EQ(secret->Sign("a", "1", "{}"), signature);
  EXPECT_NE(secret->Sign("b", "1", "{}"), signature);
  EXPECT_NE(secret->Sign("a", "2", "{}"), signature);
  EXPECT_NE(secret->Sign("a", "1", "{ }"), signature);
  EXPECT_NE(WebhookSecret::Make()->Sign("a", "1", "{}"), signature) << "another secret";
}

TEST(WebhookSignature, ASecretReadsBackAsItWasMade) {
  const auto made = WebhookSecret::Make();
  ASSERT_TRUE(made);
  EXPECT_THAT(made->text(), StartsWith("whsec_"));
  const auto read = WebhookSecret::Parse(" " + made->text() + "\n");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->text(), made->text());
  EXPECT_EQ(read->Sign("a", "1", "{}"), made->Sign("a", "1", "{}"));
}

TEST(WebhookSignature, WhatIsNoSecretIsRefusedAndNotRepeated) {
  for (const std::string wrong : {"", "whsec_", "hunter2", "whsec_c2hvcnQ=", "whsec_%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%",
                                  "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto secret = WebhookSecret::Parse(wrong);
    ASSERT_FALSE(secret) << wrong;
    EXPECT_EQ(secret.error().code(), StatusCode::kInvalidArgument);
    if (wrong.size() > 6) {
      EXPECT_THAT(secret.error().message(), Not(HasSubstr(wrong)));
    }
  }
  EXPECT_FALSE(WebhookSecret::Parse("whsec_" + std::string(92, 'A'))) << "69 bytes";
}

}  // namespace
}  // namespace cairn
