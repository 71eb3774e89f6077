#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "extract/column_values.h"
#include "extract/csv_reader.h"
#include "extract/tables_for_test.h"
#include "fixtures.h"

namespace cairn {
namespace {

using media::ExtractFrom;
using media::Find;
using tables::Database;

const Column& ColumnOf(const Extracted& of, std::size_t at) { return of.tables.at(0).columns.at(at); }

// Rows with their fields between `|`.
std::vector<std::string> RowsOf(const std::string& text, const CsvDialect& dialect, std::size_t block_bytes = 1000) {
  std::vector<std::string> out;
  const auto add = [&](const std::vector<CsvReader::Field>& row) {
    std::string line;
    for (const auto& field : row) line += std::string(field.text) + "|";
    out.push_back(line);
  };
  CsvReader reader(dialect, {});
  for (std::size_t at = 0; at < text.size(); at += block_bytes) {
    reader.Add(std::string_view(text).substr(at, block_bytes), add);
  }
  reader.End(add);
  return out;
}
using Texts = std::vector<std::string>;

TEST(CsvReader, CutsRowsWhereverBlocksEnd) {
  const std::string text = "a,\"b \"\"q\"\"\",\r\n\r\n\"x\r\ny\",,z\n,\n\"\"\nlast";
  const Texts rows = {"a|b \"q\"||", "x\r\ny||z|", "||", "|", "last|"};
  for (std::size_t block = 1; block < text.size(); ++block) EXPECT_EQ(RowsOf(text, {}, block), rows) << block;
}

TEST(CsvReader, KnowsOtherDialects) {
  EXPECT_EQ(RowsOf("'a;1';b\n", {';', '\'', false}), Texts{"a;1|b|"});
  EXPECT_EQ(RowsOf("\"a\\\"b\",c\n", {',', '"', true}), Texts{"a\"b|c|"});
  EXPECT_EQ(RowsOf("a\"b,c\n", {}), Texts{"a\"b|c|"}) << "a quote within a field is no quote";
}

TEST(CsvReader, BoundsFieldsAndRows) {
  CsvReader reader({}, {4, 2});
  std::size_t left_out = 0;
  Texts seen;
  reader.Add("abcdefgh,12,3,4\nx\n", [&](const std::vector<CsvReader::Field>& row) {
    for (const auto& field : row) seen.emplace_back(field.text);
    left_out += reader.left_out();
  });
  EXPECT_EQ(seen, (Texts{"abcd", "12", "x"}));
  EXPECT_EQ(left_out, 2U);
}

TEST(CsvDialect, IsTheOneThatMakesRegularRows) {
  EXPECT_EQ(FindCsvDialect("a,b;c\n1,2;3\n", ',').delimiter, ',') << "the hint, where both are as good";
  EXPECT_EQ(FindCsvDialect("a;b;c\n1,5;2;3\n2,5;3;4\n", ',').delimiter, ';');
  EXPECT_EQ(FindCsvDialect("a|b\n\"1|2\"|3\n", ',').delimiter, '|');
  EXPECT_EQ(FindCsvDialect("a\tb\n1\t2\n", ',').delimiter, '\t');
  EXPECT_EQ(FindCsvDialect("'a','b'\n'c','d'\n", ',').quote, '\'');
  EXPECT_TRUE(FindCsvDialect("\"a \\\"b\\\"\",c\n", ',').backslash);
}

TEST(Csv, GivesColumnsWithTypesAndStatistics) {
  const auto out = ExtractFrom(tables::Csv(), "a.csv");
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->tables.size(), 1U);
  EXPECT_EQ(out->tables[0].row_count, 3);
  EXPECT_FALSE(out->tables[0].sampled);
  EXPECT_EQ(Find(*out, "HasHeader"), FieldValue(true));
  const Column& id = ColumnOf(*out, 0);
  EXPECT_EQ(id.name, "id");
  EXPECT_EQ(id.type, "integer");
  EXPECT_EQ(id.nullable, false);
  EXPECT_EQ(id.min, FieldValue(std::int64_t{1}));
  EXPECT_EQ(id.max, FieldValue(std::int64_t{3}));
  EXPECT_EQ(id.mean, 2.0);
  const Column& name = ColumnOf(*out, 1);
  EXPECT_EQ(name.null_count, 1);
  EXPECT_EQ(name.distinct_count, 2);
  EXPECT_EQ(name.min, FieldValue("A, \"B\""));
  EXPECT_EQ(ColumnOf(*out, 2).type, "date");
  EXPECT_EQ(ColumnOf(*out, 2).max, FieldValue("2004-05-06"));
}

TEST(Csv, WithoutNamesItsColumnsAreNumbered) {
  const auto out = ExtractFrom("1;2,5;x\n3;4,5;y\n", "a.csv");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "HasHeader"), FieldValue(false));
  EXPECT_EQ(Find(*out, "Delimiter"), FieldValue(";"));
  EXPECT_EQ(out->tables[0].row_count, 2);
  EXPECT_EQ(ColumnOf(*out, 1).name, "column2");
  EXPECT_EQ(ColumnOf(*out, 1).type, "real") << "with a decimal comma";
  EXPECT_EQ(ColumnOf(*out, 1).mean, 3.5);
}

TEST(Csv, SaysWhichRowsAreNoRows) {
  const auto out = ExtractFrom("a,b\n1\n2,3,4\n5,\"6\n", "a.csv");
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->warnings.size(), 3U);
  EXPECT_EQ(out->warnings[0], "1 rows have fewer fields than the first");
  EXPECT_EQ(out->warnings[1], "1 rows have more fields than the first");
  EXPECT_EQ(out->warnings[2], "a quote is open at the end");
}

TEST(Csv, OfUtf16IsRead) {
  std::string wide = "\xff\xfe";
  for (const char c : std::string("a\tb\n1\tx\n")) wide += std::string(1, c) + '\0';
  const auto out = ExtractFrom(wide, "a.tsv");
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->tables.size(), 1U);
  EXPECT_EQ(ColumnOf(*out, 0).name, "a");
  EXPECT_EQ(ColumnOf(*out, 0).type, "integer");
}

TEST(Csv, OnlyTheBytesOfTheLimitAreReadAndThatIsSaid) {
  std::string text = "n\n";
  for (int i = 0; i < 100'000; ++i) text += std::to_string(i) + "\n";
  ExtractContext context;
  context.type = "text/csv";
  context.limits.total_bytes = 100'000;
  const auto out = ExtractorFor(context.type)->Extract(MemoryBytes(text), context);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->tables[0].sampled);
  EXPECT_LT(out->tables[0].row_count, 100'000);
  EXPECT_EQ(out->warnings.size(), 1U);
}

TEST(ColumnValues, TypesOfTextsAreFoundTogether) {
  const auto type = [](const Texts& texts) {
    ColumnValues values;
    for (const auto& text : texts) values.AddUntyped(text);
    return values.Type();
  };
  EXPECT_EQ(type({}), "null");
  EXPECT_EQ(type({"1", "-2"}), "integer");
  EXPECT_EQ(type({"1", "2.5", "1e3"}), "real");
  EXPECT_EQ(type({"true", "FALSE"}), "boolean");
  EXPECT_EQ(type({"2024-05-03"}), "date");
  EXPECT_EQ(type({"2024-05-03", "2024-05-03T14:00:07Z"}), "timestamp");
  EXPECT_EQ(type({"01234", "1"}), "text") << "a leading zero is no number's";
  EXPECT_EQ(type({"1", "x"}), "text");
  EXPECT_EQ(type({"2024-13-03"}), "text");
}

TEST(ColumnValues, NoMoreDifferentValuesThanValues) {
  for (int count = 10'000; count <= 300'000; count += 29'000) {
    ColumnValues values;
    for (int i = 0; i < count; ++i) values.AddInteger(i);
    Column column;
    values.Fill(&column);
    EXPECT_LE(*column.distinct_count, count);
  }
}

TEST(ColumnValues, CountsManyDifferentValuesNearly) {
  for (const int count : {1024, 10'000, 300'000}) {
    ColumnValues values;
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < count; ++i) values.AddInteger(i);
    }
    Column column;
    values.Fill(&column);
    const double error = count <= 1024 ? 0 : 0.06 * count;
    EXPECT_NEAR(static_cast<double>(*column.distinct_count), count, error);
  }
}

TEST(JsonLines, KeysAreColumns) {
  const auto out = ExtractFrom(tables::JsonLines(), "a.jsonl");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->tables[0].row_count, 3);
  ASSERT_EQ(out->tables[0].columns.size(), 4U);
  EXPECT_EQ(ColumnOf(*out, 0).type, "real");
  EXPECT_EQ(ColumnOf(*out, 1).name, "name");
  EXPECT_EQ(ColumnOf(*out, 1).null_count, 2) << "one is null, one missing";
  EXPECT_EQ(ColumnOf(*out, 2).type, "array");
  EXPECT_EQ(ColumnOf(*out, 3).type, "object");
}

TEST(JsonLines, IntegersBeyond64BitsAreNumbers) {
  const auto out = ExtractFrom("{\"a\":1}\n{\"a\":123456789012345678901234567890}\n", "a.jsonl");
  ASSERT_TRUE(out) << out.status();
  EXPECT_EQ(out->tables.front().row_count, 2);
  EXPECT_EQ(out->tables.front().columns.front().max, FieldValue(123456789012345678901234567890.0));
  EXPECT_TRUE(out->warnings.empty());
}

TEST(JsonLines, LinesThatAreNoJsonAreCounted) {
  const auto out = ExtractFrom("{\"a\":1}\n{\"a\":\n", "a.jsonl");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "InvalidCount"), FieldValue(std::int64_t{1}));
  const auto none = ExtractFrom("no\njson\n", "a.jsonl");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), StatusCode::kInvalidArgument);
}

TEST(Sqlite, GivesTablesWithKeysAndStatistics) {
  const auto out = ExtractFrom(tables::People());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "PageSize"), FieldValue(std::int64_t{512}));
  ASSERT_EQ(out->tables.size(), 2U);
  const Table& person = out->tables[1];
  EXPECT_EQ(person.name, "person");
  EXPECT_EQ(person.row_count, 3);
  EXPECT_EQ(person.indexes, Texts{"by_name"});
  ASSERT_EQ(person.foreign_keys.size(), 1U);
  EXPECT_EQ(person.foreign_keys[0], (ForeignKey{{"city"}, "city", {"id"}}));
  ASSERT_EQ(person.columns.size(), 5U);
  EXPECT_TRUE(person.columns[0].primary_key);
  EXPECT_EQ(person.columns[1].nullable, false);
  EXPECT_EQ(person.columns[1].default_value, "'nobody'");
  EXPECT_EQ(person.columns[1].distinct_count, 2);
  EXPECT_EQ(person.columns[2].type, "REAL");
  EXPECT_EQ(person.columns[2].mean, 2.0);
  EXPECT_EQ(person.columns[3].null_count, 2);
}

TEST(Sqlite, OfManyRowsTheFirstAreSampledAndAllCounted) {
  const std::string bytes = Database(
      "CREATE TABLE n(v);WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<5000) "
      "INSERT INTO n SELECT x FROM c;");
  ExtractContext context;
  context.type = "application/vnd.sqlite3";
  context.limits.entries = 100;
  const auto out = ExtractorFor(context.type)->Extract(MemoryBytes(bytes), context);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->tables[0].sampled);
  EXPECT_EQ(out->tables[0].row_count, 5000);
  EXPECT_EQ(ColumnOf(*out, 0).max, FieldValue(std::int64_t{100}));
}

TEST(Sqlite, InWalModeIsReadWithoutItsLog) {
  std::string bytes = tables::People();
  bytes[18] = bytes[19] = 2;
  const auto out = ExtractFrom(bytes);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "JournalMode"), FieldValue("WAL"));
  EXPECT_EQ(out->tables.size(), 2U);
}

TEST(Sqlite, NothingInTheSchemaRuns) {
  const auto out = ExtractFrom(
      Database("CREATE TABLE t(a, b DEFAULT (randomblob(1000000000)));INSERT INTO t(a,b) VALUES(1,2);"
               "CREATE VIEW v AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c) SELECT x FROM c;"));
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->tables.size(), 1U);
  EXPECT_EQ(out->tables[0].row_count, 1);
}

TEST(Parquet, ReadsSchemaRowsAndStatisticsOfAllRowGroups) {
  const auto out = ExtractFrom(tables::Parquet());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "RowGroupCount"), FieldValue(std::int64_t{2}));
  EXPECT_EQ(Find(*out, "Compression"), FieldValue("SNAPPY"));
  EXPECT_EQ(Find(*out, "CreatedBy"), FieldValue("a test"));
  EXPECT_EQ(out->tables[0].row_count, 20);
  ASSERT_EQ(out->tables[0].columns.size(), 3U);
  const Column& id = ColumnOf(*out, 0);
  EXPECT_EQ(id.type, "int32");
  EXPECT_EQ(id.nullable, false);
  EXPECT_EQ(id.min, FieldValue(std::int64_t{-5}));
  EXPECT_EQ(id.max, FieldValue(std::int64_t{14}));
  const Column& name = ColumnOf(*out, 1);
  EXPECT_EQ(name.type, "string");
  EXPECT_EQ(name.null_count, 2);
  EXPECT_EQ(name.min, FieldValue("a"));
  EXPECT_EQ(name.max, FieldValue("c"));
  const Column& price = ColumnOf(*out, 2);
  EXPECT_EQ(price.type, "decimal(6,2)");
  EXPECT_EQ(price.min, FieldValue("9.00"));
  EXPECT_EQ(price.max, FieldValue("10.00"));
}

TEST(Parquet, IntegersHaveTheirWidthAndDecimalsAllTheirDigits) {
  using tables::ParquetChunk;
  using tables::Thrift;
  Thrift root;
  root.Text(4, "schema").I32(5, 3);
  const auto integer = [](const std::string& name, int bits, bool is_signed) {
    Thrift width;
    width.I8(1, bits).Truth(2, is_signed);
    Thrift logical;
    logical.Struct(10, width);
    Thrift out;
    return out.I32(1, bits > 32 ? 2 : 1).I32(3, 0).Text(4, name).Struct(10, logical);
  };
  Thrift decimal;
  decimal.I32(1, 7).I32(2, 16).I32(3, 0).Text(4, "amount").I32(6, 5).I32(7, 2).I32(8, 38);
  const std::string least(16, '\xFF');
  const std::string most = std::string(1, '\x4B') + std::string(15, '\0');
  Thrift group;
  group
      .Structs(
          1, {ParquetChunk(1, 0, "\x01", "\x01"), ParquetChunk(1, 0, "\x01", "\x01"), ParquetChunk(1, 0, least, most)})
      .I64(3, 1);
  Thrift footer;
  footer.I32(1, 1)
      .Structs(2, {root, integer("small", 8, true), integer("large", 64, false), decimal})
      .I64(3, 1)
      .Structs(4, {group});
  const auto out = ExtractFrom(tables::ParquetOf(footer));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(ColumnOf(*out, 0).type, "int8");
  EXPECT_EQ(ColumnOf(*out, 1).type, "uint64");
  EXPECT_EQ(ColumnOf(*out, 2).min, FieldValue("-0.01"));
  EXPECT_EQ(ColumnOf(*out, 2).max, FieldValue("996920996838686904677855295210258432.00"));
}

TEST(Parquet, WhatIsDamagedIsSaid) {
  const std::string whole = tables::Parquet();
  const auto cut = ExtractFrom(whole.substr(0, whole.size() - 1));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().message(), "no Parquet file: it does not end with PAR1; perhaps it is cut off");
  const auto longer = ExtractFrom("PAR1" + tables::Little(1000, 4) + "PAR1");
  ASSERT_FALSE(longer);
  EXPECT_EQ(longer.error().message(), "the footer is said to be longer than the file");
}

TEST(Parquet, DeepNestingInTheFooterIsRefused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "\x1c";  // a struct in a struct ...
  const auto out = ExtractFrom("PAR1" + deep + tables::Little(deep.size(), 4) + "PAR1");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().message(), "the footer is damaged");
}

TEST(Parquet, EveryFixtureIsRead) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::size_t read = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures + "/files/parquet")) {
    if (entry.path().extension() != ".parquet") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const auto out = ExtractFrom(std::string((std::istreambuf_iterator<char>(in)), {}));
    if (!out) {
      // One of the fixtures is empty on purpose.
      EXPECT_EQ(out.error().code(), StatusCode::kInvalidArgument) << entry.path() << ": " << out.error();
      continue;
    }
    ++read;
    EXPECT_TRUE(out->tables.size() == 1 && !out->tables[0].columns.empty()) << entry.path();
  }
  EXPECT_GE(read, 99U);
}

}  // namespace
}  // namespace cairn
