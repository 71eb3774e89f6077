#pragma once

#include <sqlite3.h>

#include <string>
#include <vector>

#include "extract/media_for_test.h"

/// Small files of tables, made byte by byte or by SQLite.
namespace cairn::tables {

using media::Little;

/// Thrift's compact protocol, written.
class Thrift {
 public:
  static std::string Varint(std::uint64_t value) {
    std::string out;
    for (; value >= 128; value >>= 7) out += static_cast<char>(value | 128);
    return out += static_cast<char>(value);
  }
  static std::string Zigzag(std::int64_t value) {
    return Varint(static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63));
  }

  Thrift& I8(int id, int value) { return Field(id, 3, std::string(1, static_cast<char>(value))); }
  Thrift& Truth(int id, bool value) { return Field(id, value ? 1 : 2, ""); }
  Thrift& I32(int id, std::int64_t value) { return Field(id, 5, Zigzag(value)); }
  Thrift& I64(int id, std::int64_t value) { return Field(id, 6, Zigzag(value)); }
  Thrift& Text(int id, const std::string& text) { return Field(id, 8, Varint(text.size()) + text); }
  Thrift& Struct(int id, const Thrift& value) { return Field(id, 12, value.End()); }
  Thrift& Structs(int id, const std::vector<Thrift>& values) {
    std::string out = std::string(1, '\xfc') + Varint(values.size());
    for (const auto& value : values) out += value.End();
    return Field(id, 9, out);
  }
  [[nodiscard]] std::string End() const { return out_ + '\0'; }

 private:
  Thrift& Field(int id, int type, const std::string& value) {
    out_ += static_cast<char>((id - last_) << 4 | type);
    last_ = id;
    out_ += value;
    return *this;
  }
  std::string out_;
  int last_ = 0;
};

inline Thrift ParquetChunk(std::int64_t values, std::int64_t nulls, const std::string& min, const std::string& max) {
  Thrift statistics;
  statistics.I64(3, nulls).Text(5, max).Text(6, min);
  Thrift metadata;
  metadata.I32(4, 1).I64(5, values).Struct(12, statistics);
  Thrift chunk;
  chunk.I64(2, 4).Struct(3, metadata);
  return chunk;
}

inline std::string ParquetOf(const Thrift& footer) {
  const std::string bytes = footer.End();
  return "PAR1" + bytes + Little(bytes.size(), 4) + "PAR1";
}

/// Two row groups of a required integer, an optional text and an optional decimal of two digits behind the point.
inline std::string Parquet() {
  Thrift root;
  root.Text(4, "schema").I32(5, 3);
  Thrift id;
  id.I32(1, 1).I32(3, 0).Text(4, "id");
  Thrift name;
  name.I32(1, 6).I32(3, 1).Text(4, "name").I32(6, 0);
  Thrift price;
  price.I32(1, 1).I32(3, 1).Text(4, "price").I32(6, 5).I32(7, 2).I32(8, 6);
  const auto group = [](std::int64_t rows, int from, const std::string& low, const std::string& high, int cents) {
    Thrift out;
    out.Structs(1, {ParquetChunk(rows, 0, Little(static_cast<std::uint32_t>(from), 4),
                                 Little(static_cast<std::uint32_t>(from + 9), 4)),
                    ParquetChunk(rows, 1, low, high),
                    ParquetChunk(rows, 0, Little(static_cast<std::uint32_t>(cents), 4),
                                 Little(static_cast<std::uint32_t>(cents), 4))});
    return out.I64(3, rows);
  };
  Thrift key;
  key.Text(1, "writer").Text(2, "test");
  Thrift footer;
  footer.I32(1, 1)
      .Structs(2, {root, id, name, price})
      .I64(3, 20)
      .Structs(4, {group(10, -5, "b", "c", 900), group(10, 5, "a", "b", 1000)})
      .Structs(5, {key})
      .Text(6, "a test");
  return ParquetOf(footer);
}

/// The database that these statements make.
inline std::string Database(const std::string& statements) {
  sqlite3* db = nullptr;
  std::string out;
  if (sqlite3_open(":memory:", &db) == SQLITE_OK &&
      sqlite3_exec(db, ("PRAGMA page_size=512;" + statements).c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) {
    sqlite3_int64 size = 0;
    unsigned char* bytes = sqlite3_serialize(db, "main", &size, 0);
    if (bytes != nullptr) out.assign(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    sqlite3_free(bytes);
  }
  sqlite3_close(db);
  return out;
}
inline std::string People() {
  return Database(
      "CREATE TABLE city(id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
      "CREATE TABLE person(id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'nobody', height REAL, picture BLOB,"
      " city INTEGER REFERENCES city(id));"
      "CREATE INDEX by_name ON person(name);"
      "INSERT INTO city VALUES(1,'Ulm');"
      "INSERT INTO person VALUES(1,'Ada',1.5,x'00ff',1),(2,'Bob',2.5,NULL,1),(3,'Ada',NULL,NULL,NULL);");
}

inline std::string Csv() { return "id,name,born\n1,\"A, \"\"B\"\"\",2001-02-03\n2,\"two\nlines\",\n3,,2004-05-06\n"; }
inline std::string JsonLines() {
  return "{\"id\":1,\"name\":\"a\",\"tags\":[1,2]}\n\n{\"id\":2.5,\"more\":{\"x\":null}}\r\n{\"id\":3,\"name\":null}";
}

}  // namespace cairn::tables
