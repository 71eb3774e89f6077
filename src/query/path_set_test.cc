#include "query/path_set.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "query/json_for_test.h"

namespace cairn {
namespace {

using Type = Value::Type;

/// A document and what stands at one path of it.
class ReadAt {
 public:
  ReadAt(std::string_view json, std::string_view path) : text_(json) { Read(RecordDocument(text_, "the_kind"), path); }
  ReadAt(std::string_view record, std::string_view kind, std::string_view payload, std::string_view path)
      : text_(record), payload_(payload) {
    Read({text_.view(), kind, payload_.view(), true}, path);
  }

  const Value* operator->() const { return &scratch_.values[0]; }
  const Value& operator*() const { return scratch_.values[0]; }

 private:
  void Read(const Document& document, std::string_view path) {
    PathSet set;
    set.Add(*Path::Parse(path));
    set.Read(document, scratch_);
  }

  PaddedJson text_;
  PaddedJson payload_{""};
  PathScratch scratch_;
};

constexpr std::string_view kRecord =
    R"({"kind":"ingestion_volume","target":{"namespace":"crm","name":"public.orders"},)"
    R"("produced_at":"2026-01-10T05:00:00.123Z","producer_id":"ingestion.v1","context":{"run_id":"r-1"},)"
    R"("payload":{"row_count":12,"big":9007199254740993,"items":[{"x":1},{"x":[true,null]}],"ratio":-2.5e-3},)"
    R"("extras":{"odd key":"a \"b\" \u00e9\ud83d\ude00","payload":{"row_count":99}}})";

TEST(PathSet, ReadsEachTypeOfValue) {
  EXPECT_EQ(ReadAt(kRecord, "payload.row_count")->integer, 12);
  EXPECT_EQ(ReadAt(kRecord, "payload.big")->integer, 9007199254740993);
  EXPECT_EQ(ReadAt(kRecord, "payload.ratio")->real, -2.5e-3);
  EXPECT_EQ(ReadAt(kRecord, "target.name")->text, "public.orders");
  EXPECT_EQ(ReadAt(kRecord, "context.run_id")->text, "r-1");
  EXPECT_EQ(ReadAt(kRecord, "extras.\"odd key\"")->text, "a \"b\" é😀");
  EXPECT_EQ(ReadAt(kRecord, "extras.payload.row_count")->integer, 99);
  EXPECT_EQ(ReadAt(kRecord, "payload.items[0].x")->integer, 1);
  EXPECT_TRUE(ReadAt(kRecord, "payload.items[1].x[0]")->boolean);
  EXPECT_EQ(ReadAt(kRecord, "payload.items[1].x[1]")->type, Type::kNull);
  EXPECT_EQ(ReadAt(kRecord, "payload.items")->text, R"([{"x":1},{"x":[true,null]}])");
  EXPECT_EQ(ReadAt(kRecord, "payload.items")->type, Type::kJson);
}

TEST(PathSet, WhatIsNotThereIsAbsent) {
  for (const std::string_view path : {"payload.missing", "missing", "payload.row_count.x", "payload[0]", "row_count",
                                      "payload.items[2]", "payload.items.x", "payload.items[1].x[2]", "kind.x"}) {
    EXPECT_EQ(ReadAt(kRecord, path)->type, Type::kAbsent) << path;
  }
}

TEST(PathSet, KindIsTheDocuments) { EXPECT_EQ(ReadAt(kRecord, "kind")->text, "the_kind"); }

TEST(PathSet, KeysAreComparedUnescaped) {
  constexpr std::string_view kJson = R"({"pay\u006Coad":{"a\"b":1,"a\\":2,"\u00e9":3},"x":{"payload":{"é":4}}})";
  EXPECT_EQ(ReadAt(kJson, R"(payload."a\"b")")->integer, 1);
  EXPECT_EQ(ReadAt(kJson, R"(payload."a\\")")->integer, 2);
  EXPECT_EQ(ReadAt(kJson, "payload.é")->integer, 3);
}

TEST(PathSet, AKeySpelledInAStringIsNoKey) {
  constexpr std::string_view kJson = R"({"note":"{\"payload\":1}","a":"\\","payload":2,"b":",\"payload\":3"})";
  EXPECT_EQ(ReadAt(kJson, "payload")->integer, 2);
}

TEST(PathSet, NumbersKeepTheirValue) {
  EXPECT_EQ(ReadAt(R"({"x":9223372036854775807})", "x")->integer, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(ReadAt(R"({"x":-9223372036854775808})", "x")->integer, std::numeric_limits<std::int64_t>::min());
  const ReadAt natural(R"({"x":18446744073709551615})", "x");
  EXPECT_EQ(natural->type, Type::kUint);
  EXPECT_EQ(natural->natural, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(ReadAt(R"({"x":18446744073709551616})", "x")->type, Type::kDouble);
  EXPECT_EQ(ReadAt(R"({"x":99999999999999999999})", "x")->real, 1e20);
  EXPECT_EQ(ReadAt(R"({"x":-9223372036854775809})", "x")->real, -9223372036854775808.0);
  EXPECT_EQ(ReadAt(R"({"x":123456789012345678901234567890})", "x")->real, 123456789012345678901234567890.0);
  EXPECT_TRUE(std::signbit(ReadAt(R"({"x":-0.0})", "x")->real));
  EXPECT_TRUE(std::isinf(ReadAt(R"({"x":1e999})", "x")->real));
  EXPECT_EQ(ReadAt(R"({"x":-1e-999})", "x")->real, 0);
}

TEST(PathSet, AFacetAnswersForThePlatformsKind) {
  constexpr std::string_view kEvent =
      R"({"kind":"openlineage.run_event","producer_id":"p","payload":{"row_count":1,"rowCount":2}})";
  constexpr std::string_view kFacet = R"({"_producer":"x","rowCount":7,"size":8,"odd":[1,2]})";
  const auto at = [&](std::string_view path) { return ReadAt(kEvent, "ingestion_volume", kFacet, path); };
  EXPECT_EQ(at("payload.row_count")->integer, 7);
  EXPECT_EQ(at("payload.rowCount")->integer, 7);
  EXPECT_EQ(at("payload.byte_count")->integer, 8);
  EXPECT_EQ(at("payload.odd[1]")->integer, 2);
  EXPECT_EQ(at("payload")->text, kFacet);
  EXPECT_EQ(at("kind")->text, "ingestion_volume");
  EXPECT_EQ(at("producer_id")->text, "p");
  EXPECT_EQ(at("payload.missing")->type, Type::kAbsent);
}

TEST(PathSet, BothNamesOfAFacetFieldAreRead) {
  PathSet set;
  const auto ours = set.Add(*Path::Parse("payload.row_count"));
  const auto theirs = set.Add(*Path::Parse("payload.rowCount"));
  const auto producer = set.Add(*Path::Parse("producer_id"));
  const PaddedJson record(R"({"payload":{"row_count":1},"producer_id":"p"})");
  const PaddedJson payload(R"({"rowCount":7})");
  PathScratch scratch;
  set.Read({record.view(), "ingestion_volume", payload.view(), true}, scratch);
  EXPECT_EQ(scratch.values[ours].integer, 7);
  EXPECT_EQ(scratch.values[theirs].integer, 7);
  EXPECT_EQ(scratch.values[producer].text, "p");
}

TEST(PathSet, TheSamePathHasOneSlot) {
  PathSet set;
  EXPECT_EQ(set.Add(*Path::Parse("a.b")), set.Add(*Path::Parse("a.\"b\"")));
  EXPECT_NE(set.Add(*Path::Parse("a")), set.Add(*Path::Parse("a.b")));
  EXPECT_EQ(set.size(), 2U);
}

/// What the tree says, as text with its type.
std::string Expected(const JsonTree* tree) {
  if (tree == nullptr) return "absent";
  switch (tree->type) {
    case JsonTree::Type::kNull:
      return "null";
    case JsonTree::Type::kTrue:
      return "true";
    case JsonTree::Type::kFalse:
      return "false";
    case JsonTree::Type::kNumber:
      // Fractions and exponents are doubles; integers keep their 64 bits.
      if (tree->text.find_first_of(".e") != std::string::npos) {
        return std::to_string(static_cast<long double>(std::strtod(tree->text.c_str(), nullptr)));
      }
      return std::to_string(std::strtold(tree->text.c_str(), nullptr));
    case JsonTree::Type::kString:
      return "string " + tree->text;
    default:
      return "json " + std::to_string(tree->members.size());
  }
}

std::string Actual(const Value& value) {
  switch (value.type) {
    case Type::kAbsent:
      return "absent";
    case Type::kNull:
      return "null";
    case Type::kBool:
      return value.boolean ? "true" : "false";
    case Type::kInt:
      return std::to_string(static_cast<long double>(value.integer));
    case Type::kUint:
      return std::to_string(static_cast<long double>(value.natural));
    case Type::kDouble:
      return std::to_string(static_cast<long double>(value.real));
    case Type::kString:
      return "string " + std::string(value.text);
    default:
      return "json";
  }
}

TEST(PathSet, AgreesWithAPlainLookUpOnRandomDocuments) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  PathScratch scratch;
  for (int round = 0; round < 20'000; ++round) {
    JsonTree tree = RandomTree(random, 5);
    if (tree.type != JsonTree::Type::kObject) continue;
    std::string json;
    WriteTree(random, tree, json);
    const PaddedJson text(json);
    PathSet set;
    for (auto n = 1 + random() % 7; n != 0; --n) {
      Path path = RandomPath(random, tree);
      if (path.steps[0].field != "kind") set.Add(path);
    }
    set.Read(RecordDocument(text), scratch);
    for (std::uint32_t slot = 0; slot < set.size(); ++slot) {
      const JsonTree* const found = tree.Find(set.path(slot));
      const Value& value = scratch.values[slot];
      std::string expected = Expected(found);
      if (value.type == Type::kJson) {
        expected = expected.substr(0, 4);
        EXPECT_EQ(value.text.front() == '{' ? '}' : ']', value.text.back());
      }
      ASSERT_EQ(Actual(value), expected) << set.path(slot).ToString() << " in " << json;
    }
  }
}

TEST(PathSet, DamagedBytesAreReadWithinTheirBounds) {
  // Only that it ends and stays inside; what it answers is of no matter.
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  PathSet set;
  for (const std::string_view path : {"payload.row_count", "payload.items[1].x[1]", "extras.payload", "a.b"}) {
    set.Add(*Path::Parse(path));
  }
  PathScratch scratch;
  for (int round = 0; round < 20'000; ++round) {
    std::string json(kRecord.substr(0, random() % (kRecord.size() + 1)));
    for (auto n = random() % 4; n != 0 && !json.empty(); --n)
      json[random() % json.size()] = "\"{}[]\\,:1"[random() % 9];
    const PaddedJson text(json);
    set.Read(RecordDocument(text), scratch);
    for (const Value& value : scratch.values) {
      if (value.type != Type::kJson) continue;
      EXPECT_GE(value.text.data(), text.view().data());
      EXPECT_LE(value.text.data() + value.text.size(), text.view().data() + text.view().size());
    }
  }
}

}  // namespace
}  // namespace cairn
