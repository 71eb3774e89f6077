#include <gtest/gtest.h>

#include <random>

#include "cairn/node.h"

namespace cairn {
namespace {

TEST(NodeId, IsTypeNamespaceName) {
  EXPECT_EQ(NodeId({"", "dataset", "crm", "public.orders"}), "dataset:crm:public.orders");
  EXPECT_EQ(NodeId({"", "field", "crm", "public.orders", "id"}), "field:crm:public.orders:id");
  EXPECT_EQ(NodeId({"", "job", "", "nightly"}), "job::nightly") << "a namespace may be empty";
}

TEST(NodeId, EscapesWhatWouldSplitIt) {
  EXPECT_EQ(NodeId({"", "dataset", "s3://bucket", "a/50%:b"}), "dataset:s3%3A//bucket:a/50%25%3Ab");
  EXPECT_EQ(NodeId({"", "dataset", "größe", "日本 x"}), "dataset:größe:日本 x") << "nothing else is touched";
}

TEST(NodeId, NeverSpellsTheTenant) {
  EXPECT_EQ(NodeId({"acme", "dataset", "crm", "orders"}), NodeId({"", "dataset", "crm", "orders"}));
  const auto key = ParseNodeId("dataset:crm:orders", "acme");
  ASSERT_TRUE(key) << key.status();
  EXPECT_EQ(*key, (NodeKey{"acme", "dataset", "crm", "orders", ""}));
}

TEST(ParseNodeId, ReadsThreeOrFourParts) {
  EXPECT_EQ(*ParseNodeId("field:crm:orders:id"), (NodeKey{"", "field", "crm", "orders", "id"}));
  EXPECT_EQ(*ParseNodeId("job::nightly"), (NodeKey{"", "job", "", "nightly", ""}));
  EXPECT_EQ(*ParseNodeId("dataset:s3%3a//b:x%3A%25"), (NodeKey{"", "dataset", "s3://b", "x:%", ""}));
  EXPECT_EQ(*ParseNodeId("dataset:a:%41"), (NodeKey{"", "dataset", "a", "A", ""})) << "any escape may be written";
}

TEST(ParseNodeId, RefusesOtherText) {
  for (const std::string_view id : {"", "orders", "crm:orders", "dataset:crm:", ":crm:orders", "::", "a:b:c:d:e",
                                    "dataset:crm:50%", "dataset:crm:%4", "dataset:crm:%zz", "dataset:%:x", "d%:a:b"}) {
    const auto key = ParseNodeId(id);
    ASSERT_FALSE(key) << id;
    EXPECT_EQ(key.error().code(), StatusCode::kInvalidArgument) << id;
    EXPECT_NE(key.error().message().find('"' + std::string(id) + '"'), std::string::npos) << key.error();
  }
}

// No record has such a name: it would be another one when it is written.
TEST(ParseNodeId, RefusesWhatIsNotUtf8) {
  for (const std::string_view id : {"dataset:crm:a%FF", "dataset:%C3:a", "d%80:crm:a", "field:crm:a:%ED%A0%80",
                                    "dataset:crm:a\xFF", "dataset:%C3:%A4"}) {
    const auto key = ParseNodeId(id);
    ASSERT_FALSE(key) << id;
    EXPECT_EQ(key.error().code(), StatusCode::kInvalidArgument) << id;
    EXPECT_NE(key.error().message().find("UTF-8"), std::string::npos) << key.error();
  }
  EXPECT_EQ(ParseNodeId("dataset:crm:%C3%A4")->name, "ä") << "a character may be escaped byte by byte";
}

TEST(ParseNodeId, SaysHowToWriteIt) {
  EXPECT_NE(ParseNodeId("orders").status().message().find("dataset:crm:public.orders"), std::string::npos);
  EXPECT_NE(ParseNodeId("a:b:5%").status().message().find("%25"), std::string::npos);
}

TEST(NodeId, ReadsBackAsTheSameKeyWhateverCharactersItHas) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  const auto text = [&](std::size_t least) {
    static constexpr std::string_view kTricky[] = {":", "%", "%25", "%3a",  "Z", ".",  "\"", "\\",
                                                   "/", " ", "\n",  "\x7f", "ä", "日", "😀",  std::string_view("\0", 1)};
    std::string out;
    for (std::size_t left = least + random() % 6; left > 0; --left) out += kTricky[random() % std::size(kTricky)];
    return out;
  };
  for (int i = 0; i < 20'000; ++i) {
    const NodeKey key{text(0), text(1), text(0), text(1), text(0)};
    const auto back = ParseNodeId(NodeId(key), key.tenant);
    ASSERT_TRUE(back) << back.status();
    ASSERT_EQ(*back, key) << NodeId(key);
  }
}

}  // namespace
}  // namespace cairn
