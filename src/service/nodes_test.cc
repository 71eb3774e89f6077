#include "service/nodes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "service/fake_repository.h"

namespace cairn {
namespace {

using testing::HasSubstr;
using testing::Not;

class Nodes : public FakeRepository {
 public:
  Result<EntityInfo> Entity(const NodeView& node) override {
    if (std::find(nodes.begin(), nodes.end(), node.Own()) == nodes.end()) return Status(StatusCode::kNotFound, "none");
    EntityInfo out;
    out.node = node.Own();
    return out;
  }
  Result<std::vector<NodeKey>> FindNodes(std::string_view tenant, std::string_view text, std::size_t limit) override {
    std::vector<NodeKey> out;
    for (const NodeKey& key : nodes) {
      if (key.tenant == tenant && NodeId(key).find(text) != std::string::npos && out.size() < limit) out.push_back(key);
    }
    return out;
  }

  Result<LineageGraph> Lineage(const LineageSpec& spec) override {
    LineageGraph out;
    out.nodes.push_back({.key = spec.node});
    const auto is_asked = [&](const NodeKey& name) { return name == spec.node; };
    if (std::any_of(names.begin(), names.end(), is_asked)) out.nodes.front().names = names;
    return out;
  }

  std::vector<NodeKey> names;  // Of one thing.
  std::vector<NodeKey> nodes = {
      {"", "dataset", "crm", "public.orders", ""},
      {"", "dataset", "crm", "public.orders_daily", ""},
      {"", "dataset", "crm", "public.customers", ""},
      {"", "field", "crm", "public.orders", "amount"},
      {"", "field", "crm", "public.orders", "customers"},
      {"", "job", "airflow", "load", ""},
      {"", "dataset", "airflow", "load", ""},
      {"", "dataset", "s3://lake:9000", "sales%2020", ""},
      {"other", "dataset", "crm", "secret", ""},
  };
};

class ResolveNodeTest : public testing::Test {
 protected:
  std::string Resolve(const std::string& text, const std::string& type = "") {
    auto node = ResolveNode(store_, {text, "", type});
    return node ? NodeId(*node) : node.error().ToString();
  }
  Nodes store_;
};

TEST_F(ResolveNodeTest, AnIdIsItself) {
  EXPECT_EQ(Resolve("dataset:crm:public.orders"), "dataset:crm:public.orders");
  EXPECT_EQ(Resolve("field:crm:public.orders:amount"), "field:crm:public.orders:amount");
}

TEST_F(ResolveNodeTest, ColonsMayStandUnescaped) {
  EXPECT_EQ(Resolve("dataset:s3%3A//lake%3A9000:sales%252020"), "dataset:s3%3A//lake%3A9000:sales%252020");
  EXPECT_EQ(Resolve("dataset:s3://lake:9000:sales%2020"), "dataset:s3%3A//lake%3A9000:sales%252020");
  EXPECT_EQ(Resolve("lake:9000"), "dataset:s3%3A//lake%3A9000:sales%252020");
  EXPECT_EQ(Resolve("s3://lake:"), "dataset:s3%3A//lake%3A9000:sales%252020");
}

TEST_F(ResolveNodeTest, AUniquePart) {
  EXPECT_EQ(Resolve("custom"), "dataset:crm:public.customers");
  EXPECT_EQ(Resolve("orders_d"), "dataset:crm:public.orders_daily");
}

TEST_F(ResolveNodeTest, TheWholeNameGoesBeforeAPart) {
  EXPECT_EQ(Resolve("public.orders"), "dataset:crm:public.orders");
  EXPECT_EQ(Resolve("crm:public.orders"), "dataset:crm:public.orders");
}

TEST_F(ResolveNodeTest, AnAmbiguousPartListsTheCandidates) {
  const std::string answer = Resolve("orders");
  EXPECT_THAT(answer, HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(answer, HasSubstr("2 nodes"));
  EXPECT_THAT(answer, HasSubstr("\n  dataset:crm:public.orders\n  dataset:crm:public.orders_daily"));
  for (int i = 0; i < 20; ++i) store_.nodes.push_back({"", "dataset", "crm", "orders" + std::to_string(i), ""});
  EXPECT_THAT(Resolve("orders"), HasSubstr("\n  and 12 more"));
}

TEST_F(ResolveNodeTest, CandidatesOfEndlessNamesAreCut) {
  for (const char end : {'a', 'b'}) store_.nodes.push_back({"", "dataset", "long", std::string(70'000, 'n') + end, ""});
  const std::string answer = Resolve("nnnn");
  EXPECT_THAT(answer, HasSubstr("nnn... (70014 bytes)"));
  EXPECT_LT(answer.size(), 1'000U);
}

TEST_F(ResolveNodeTest, NamesOfOneThingAreNotAmbiguous) {
  const NodeKey other{"", "dataset", "glue", "wh.customers", ""};
  store_.nodes.push_back(other);
  EXPECT_THAT(Resolve("customers"), HasSubstr("2 nodes"));
  store_.names = {{"", "dataset", "crm", "public.customers", ""}, other};
  EXPECT_EQ(Resolve("customers"), "dataset:crm:public.customers");
  store_.nodes.push_back({"", "dataset", "glue", "customers_old", ""});
  EXPECT_THAT(Resolve("customers"), HasSubstr("3 nodes")) << "one of them is another thing";
}

TEST_F(ResolveNodeTest, OneNameOfTwoTypesIsAmbiguousUnlessTheTypeIsGiven) {
  EXPECT_THAT(Resolve("load"), HasSubstr("2 nodes"));
  EXPECT_EQ(Resolve("load", "job"), "job:airflow:load");
}

TEST_F(ResolveNodeTest, AFileGoesBeforeWhatIsInIt) {
  store_.nodes = {{"", "file", "file", "/a/shop.db", ""},  {"", "dataset", "file", "/a/shop.db#orders", ""},
                  {"", "file", "file", "/a/old.zip", ""},  {"", "file", "file", "/a/old.zip!/x", ""},
                  {"", "dataset", "file", "/a/p.csv", ""}, {"", "file", "file", "/a/p.csv", ""},
                  {"", "file", "file", "/b/p.csv.gz", ""}};
  EXPECT_EQ(Resolve("shop.db"), "file:file:/a/shop.db");
  EXPECT_EQ(Resolve("old.zip"), "file:file:/a/old.zip");
  EXPECT_EQ(Resolve("/a/p.csv"), "file:file:/a/p.csv");
  EXPECT_THAT(Resolve("p.csv"), HasSubstr("names 3 nodes"));
}

TEST_F(ResolveNodeTest, FieldsComeLast) {
  EXPECT_EQ(Resolve("customers"), "dataset:crm:public.customers");
  EXPECT_EQ(Resolve("amount"), "field:crm:public.orders:amount");
  EXPECT_EQ(Resolve("customers", "field"), "field:crm:public.orders:customers");
}

TEST_F(ResolveNodeTest, NoneNamesWhatIsNear) {
  EXPECT_THAT(Resolve("public.ordres"),
              HasSubstr("NOT_FOUND: there is no node \"public.ordres\"; did you mean public.orders"));
  EXPECT_THAT(Resolve("costumers"), HasSubstr("did you mean customers"));
  EXPECT_THAT(Resolve("frobnicate"), Not(HasSubstr("mean")));
  EXPECT_THAT(Resolve(""), HasSubstr("INVALID_ARGUMENT"));
}

TEST_F(ResolveNodeTest, AnotherTenantsNodesAreNotSeen) {
  EXPECT_THAT(Resolve("secret"), HasSubstr("NOT_FOUND"));
  EXPECT_THAT(Resolve("secert"), Not(HasSubstr("secret")));
}

TEST_F(ResolveNodeTest, AnEmptyStoreSaysSo) {
  store_.nodes.clear();
  EXPECT_THAT(Resolve("orders"), HasSubstr("the store holds none"));
}

}  // namespace
}  // namespace cairn
