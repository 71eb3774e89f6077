#include <simdjson.h>

#include <string>
#include <utility>

#include "extract/extracted_codec.h"

namespace cairn {
namespace {

namespace dom = simdjson::dom;

/// Reads members of JSON objects and remembers the first that is not what it should be.
class Reader {
 public:
  [[nodiscard]] const std::string& error() const { return error_; }

  /// The member, or nothing; a member of another type is an error.
  template <typename Json, typename T>
  void Get(dom::object from, std::string_view key, T& out) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    Json value;
    if (member.get(value) != simdjson::SUCCESS) return Fail(key);
    out = T(value);
  }
  void Member(dom::object from, std::string_view key, std::string& out) { Get<std::string_view>(from, key, out); }
  void Member(dom::object from, std::string_view key, std::int64_t& out) { Get<std::int64_t>(from, key, out); }
  void Member(dom::object from, std::string_view key, bool& out) { Get<bool>(from, key, out); }
  void Member(dom::object from, std::string_view key, std::optional<bool>& out) { Get<bool>(from, key, out); }
  void Member(dom::object from, std::string_view key, std::optional<std::int64_t>& out) {
    Get<std::int64_t>(from, key, out);
  }
  void Member(dom::object from, std::string_view key, std::optional<double>& out) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    double value = 0;
    if (member.get(value) != simdjson::SUCCESS) return Fail(key);
    out = value;
  }
  void Member(dom::object from, std::string_view key, std::vector<std::string>& out) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    if (!Texts(member, out)) Fail(key);
  }
  void Member(dom::object from, std::string_view key, std::optional<FieldValue>& out) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    FieldValue value;
    if (!Value(member, value)) return Fail(key);
    out = std::move(value);
  }

  /// Each object of an array.
  template <typename F>
  void Each(dom::object from, std::string_view key, F&& read) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    dom::array items;
    if (member.get(items) != simdjson::SUCCESS) return Fail(key);
    for (const dom::element item : items) read(item);
  }
  template <typename T>
  void Objects(dom::object from, std::string_view key, std::vector<T>& out) {
    Each(from, key, [&](dom::element item) {
      dom::object object;
      if (item.get(object) != simdjson::SUCCESS) return Fail(key);
      Read(object, out.emplace_back());
    });
  }

  void Fields(dom::object from, std::vector<Field>& out) {
    Each(from, "fields", [&](dom::element item) {
      dom::array pair;
      std::string_view name;
      dom::element value;
      Field field;
      if (item.get(pair) != simdjson::SUCCESS || pair.at(0).get(name) != simdjson::SUCCESS ||
          pair.at(1).get(value) != simdjson::SUCCESS || !Value(value, field.value)) {
        return Fail("fields");
      }
      field.name = name;
      out.push_back(std::move(field));
    });
  }

  void Read(dom::object from, CommonCore& to) {
    Member(from, "title", to.title);
    Member(from, "description", to.description);
    Member(from, "creators", to.creators);
    Member(from, "publisher", to.publisher);
    Member(from, "language", to.language);
    Member(from, "keywords", to.keywords);
    Member(from, "created", to.created);
    Member(from, "modified", to.modified);
    Member(from, "duration", to.duration);
    Member(from, "pages", to.pages);
    Member(from, "width", to.width);
    Member(from, "height", to.height);
    dom::object position;
    if (from["position"].get(position) == simdjson::SUCCESS) {
      std::optional<double> latitude;
      std::optional<double> longitude;
      Position place;
      Member(position, "latitude", latitude);
      Member(position, "longitude", longitude);
      Member(position, "altitude", place.altitude);
      place.latitude = latitude.value_or(0);
      place.longitude = longitude.value_or(0);
      to.position = place;
    }
    Member(from, "codec", to.codec);
    Member(from, "bitrate", to.bitrate);
    Member(from, "sample_rate", to.sample_rate);
    Member(from, "channels", to.channels);
    Member(from, "frame_rate", to.frame_rate);
  }

 private:
  static bool Texts(dom::element from, std::vector<std::string>& out) {
    dom::array items;
    if (from.get(items) != simdjson::SUCCESS) return false;
    for (const dom::element item : items) {
      std::string_view text;
      if (item.get(text) != simdjson::SUCCESS) return false;
      out.emplace_back(text);
    }
    return true;
  }
  static bool Value(dom::element from, FieldValue& out) {
    switch (from.type()) {
      case dom::element_type::STRING:
        out = std::string(std::string_view(from));
        return true;
      case dom::element_type::INT64:
        out = std::int64_t(from);
        return true;
      case dom::element_type::DOUBLE:
        out = double(from);
        return true;
      case dom::element_type::BOOL:
        out = bool(from);
        return true;
      case dom::element_type::ARRAY:
        return Texts(from, out.emplace<std::vector<std::string>>());
      default:
        return false;
    }
  }

  void Read(dom::object from, Chapter& to) {
    Member(from, "start_ns", to.start_ns);
    Member(from, "end_ns", to.end_ns);
    Member(from, "title", to.title);
  }
  void Read(dom::object from, Picture& to) {
    Member(from, "type", to.type);
    Member(from, "mime", to.mime);
    Member(from, "description", to.description);
    Member(from, "width", to.width);
    Member(from, "height", to.height);
    Member(from, "bytes", to.bytes);
  }
  void Read(dom::object from, Child& to) {
    dom::object coded;
    if (from["path"].get(coded) == simdjson::SUCCESS) {
      std::string hex;
      Member(coded, "hex", hex);
      if (!Unhex(hex, to.path)) Fail("path");
    } else {
      Member(from, "path", to.path);
    }
    Member(from, "folder", to.folder);
    Member(from, "bytes", to.bytes);
    Member(from, "packed_bytes", to.packed_bytes);
    Member(from, "modified", to.modified);
    std::optional<std::int64_t> crc;
    Member(from, "crc32", crc);
    if (crc) to.crc32 = static_cast<std::uint32_t>(*crc);
  }
  void Read(dom::object from, Column& to) {
    Member(from, "name", to.name);
    Member(from, "type", to.type);
    Member(from, "nullable", to.nullable);
    Member(from, "primary_key", to.primary_key);
    Member(from, "default", to.default_value);
    Member(from, "null_count", to.null_count);
    Member(from, "distinct_count", to.distinct_count);
    Member(from, "min", to.min);
    Member(from, "max", to.max);
    Member(from, "mean", to.mean);
  }
  void Read(dom::object from, ForeignKey& to) {
    Member(from, "columns", to.columns);
    Member(from, "table", to.table);
    Member(from, "references", to.references);
  }
  void Read(dom::object from, Table& to) {
    Member(from, "name", to.name);
    Objects(from, "columns", to.columns);
    Member(from, "row_count", to.row_count);
    Member(from, "sampled", to.sampled);
    Member(from, "indexes", to.indexes);
    Objects(from, "foreign_keys", to.foreign_keys);
  }

  static int HexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }
  static bool Unhex(std::string_view hex, std::string& out) {
    if (hex.size() % 2 != 0) return false;
    for (std::size_t i = 0; i < hex.size(); i += 2) {
      const int high = HexDigit(hex[i]);
      const int low = HexDigit(hex[i + 1]);
      if (high < 0 || low < 0) return false;
      out += static_cast<char>(high * 16 + low);
    }
    return true;
  }

  void Fail(std::string_view key) {
    if (error_.empty()) error_ = std::string(key);
  }

  std::string error_;
};

}  // namespace

Result<Extracted> DecodeExtracted(std::string_view json) {
  dom::parser parser;
  dom::element root;
  dom::object from;
  if (parser.parse(json.data(), json.size()).get(root) != simdjson::SUCCESS || root.get(from) != simdjson::SUCCESS) {
    return Status(StatusCode::kInvalidArgument, "the result of an extractor is no JSON object; extract the file again");
  }
  Extracted out;
  Reader reader;
  reader.Member(from, "type", out.type);
  dom::object core;
  if (from["core"].get(core) == simdjson::SUCCESS) reader.Read(core, out.core);
  reader.Fields(from, out.fields);
  reader.Objects(from, "chapters", out.chapters);
  reader.Objects(from, "pictures", out.pictures);
  reader.Objects(from, "children", out.children);
  reader.Objects(from, "tables", out.tables);
  reader.Member(from, "warnings", out.warnings);
  if (reader.error().empty()) return out;
  return Status(
      StatusCode::kInvalidArgument,
      "\"" + reader.error() + "\" in the result of an extractor is not what it should be; extract the file again");
}

}  // namespace cairn
