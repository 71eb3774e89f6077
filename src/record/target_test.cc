#include "record/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cairn/record.h"

namespace cairn {
namespace {

using testing::StartsWith;

Result<NodeKey> Read(const std::string& json, std::string_view tenant = {}) {
  simdjson::dom::parser parser;
  simdjson::dom::element target;
  if (parser.parse(json).get(target) != simdjson::SUCCESS) return Status(StatusCode::kInternal, "broken test: " + json);
  Arena arena;
  auto node = ReadTarget(target, tenant, arena);
  if (!node) return node.error();
  // The views must not point into the parser's buffers.
  parser = simdjson::dom::parser();
  return node->Own();
}

NodeKey Taken(const std::string& json) {
  auto key = Read(json);
  EXPECT_TRUE(key) << key.status() << json;
  return key ? *key : NodeKey();
}

std::string Refused(const std::string& json) {
  const auto key = Read(json);
  if (key) return "taken";
  EXPECT_EQ(key.error().code(), StatusCode::kInvalidArgument);
  return key.error().message();
}

TEST(ReadTarget, NamespaceAndName) {
  EXPECT_EQ(Taken(R"({"namespace":"crm","name":"public.orders"})"),
            (NodeKey{"", "dataset", "crm", "public.orders", ""}));
  EXPECT_EQ(Taken(R"({"name":"orders","namespace":""})"), (NodeKey{"", "dataset", "", "orders", ""}));
  EXPECT_EQ(Taken(R"({"namespace":"crm","name":"a\u003ab \"c\"","more":[1]})").name, "a:b \"c\"");
}

TEST(ReadTarget, OfAnotherType) {
  EXPECT_EQ(Taken(R"({"type":"file","namespace":"nas","name":"/a"})").type, "file");
  EXPECT_EQ(Taken(R"({"type":"dataset","namespace":"nas","name":"/a"})").type, "dataset");
  EXPECT_EQ(Taken(R"({"type":"","namespace":"nas","name":"/a"})").type, "dataset");
  EXPECT_EQ(Taken(R"({"type":null,"namespace":"nas","name":"/a"})").type, "dataset");
  EXPECT_EQ(Taken(R"({"type":"view","source_id":"crm","table":"v"})").type, "view");
}

TEST(ReadTarget, OfRelationalSources) {
  EXPECT_EQ(Taken(R"({"source_id":"crm","schema":"public","table":"orders","extras":{}})"),
            Taken(R"({"namespace":"crm","name":"public.orders"})"));
  EXPECT_EQ(Taken(R"({"source_id":"crm","table":"orders"})").name, "orders");
  EXPECT_EQ(Taken(R"({"source_id":"crm","schema":null,"table":"orders"})").name, "orders");
  EXPECT_EQ(Taken(R"({"source_id":"crm","schema":"","table":"orders"})").name, "orders");
}

// Otherwise schema `a`, table `b.c` and schema `a.b`, table `c` would be one thing.
TEST(ReadTarget, PartsWithDotsOrQuotesAreQuoted) {
  EXPECT_EQ(Taken(R"({"source_id":"s","schema":"a","table":"b.c"})").name, R"(a."b.c")");
  EXPECT_EQ(Taken(R"({"source_id":"s","schema":"a.b","table":"c"})").name, R"("a.b".c)");
  EXPECT_EQ(Taken(R"({"source_id":"s","schema":"a","table":"say \"b\""})").name, R"(a."say ""b""")");
  EXPECT_EQ(Taken(R"({"source_id":"s","table":"\""})").name, R"("""")");
  EXPECT_EQ(Taken(R"({"source_id":"s","table":"a.b"})").name, R"("a.b")");
}

TEST(ReadTarget, BelongsToTheTenant) {
  EXPECT_EQ(Read(R"({"namespace":"crm","name":"orders"})", "acme")->tenant, "acme");
  EXPECT_EQ(Read(R"({"source_id":"crm","table":"orders","tenant":"mine"})", "acme")->tenant, "acme");
}

TEST(ReadTarget, NamesTheFieldThatIsMissing) {
  EXPECT_EQ(Refused(R"({"namespace":"crm"})"), "target.name: missing or empty");
  EXPECT_EQ(Refused(R"({"namespace":"crm","name":""})"), "target.name: missing or empty");
  EXPECT_EQ(Refused(R"({"name":"orders"})"), "target.namespace: missing");
  EXPECT_EQ(Refused(R"({"name":"orders","namespace":null})"), "target.namespace: missing");
  EXPECT_EQ(Refused("{}"), "target.name: missing or empty");
  EXPECT_EQ(Refused(R"({"schema":"public","table":"orders"})"), "target.source_id: missing or empty");
  EXPECT_EQ(Refused(R"({"source_id":"crm","schema":"public"})"), "target.table: missing or empty");
}

TEST(ReadTarget, NamesTheFieldThatIsNoString) {
  for (const std::string field : {"namespace", "name", "type", "source_id", "schema", "table"}) {
    EXPECT_EQ(Refused("{\"" + field + "\":1}"), "target." + field + ": expected a string");
  }
  EXPECT_THAT(Refused("[]"), StartsWith("target: expected an object"));
  EXPECT_THAT(Refused("\"dataset:crm:orders\""), StartsWith("target: expected an object"));
}

TEST(ReadTarget, OneSpellingAtATime) {
  EXPECT_THAT(Refused(R"({"namespace":"crm","name":"orders","source_id":"crm","table":"orders"})"),
              StartsWith("target: give namespace and name, or source_id"));
  EXPECT_THAT(Refused(R"({"name":"orders","source_id":"crm"})"), StartsWith("target: give"));
}

}  // namespace
}  // namespace cairn
