#include <simdjson.h>

#include <string>
#include <utility>

#include "extract/extracted_codec.h"
#include "extract/extracted_members.h"

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
  void Member(dom::object from, std::string_view key, double& out) { Get<double>(from, key, out); }
  void Member(dom::object from, std::string_view key, std::optional<double>& out) { Get<double>(from, key, out); }
  void Member(dom::object from, std::string_view key, std::optional<std::uint32_t>& out) {
    std::optional<std::int64_t> value;
    Get<std::int64_t>(from, key, value);
    if (value) out = static_cast<std::uint32_t>(*value);
  }
  // Not there or of another type: nothing is said of it.
  void Member(dom::object from, std::string_view key, std::optional<Position>& out) {
    dom::object position;
    if (from[key].get(position) == simdjson::SUCCESS) Object(position, out.emplace());
  }
  void Member(dom::object from, std::string_view key, CommonCore& out) {
    dom::object core;
    if (from[key].get(core) == simdjson::SUCCESS) Object(core, out);
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

  template <typename T>
  void Member(dom::object from, std::string_view key, std::vector<T>& out) {
    dom::element member;
    if (from[key].get(member) != simdjson::SUCCESS) return;
    dom::array items;
    if (member.get(items) != simdjson::SUCCESS) return Fail(key);
    for (const dom::element item : items) Item(item, key, out.emplace_back());
  }

  template <typename T>
  void Object(dom::object from, T& to) {
    EachMember(to, [&](std::string_view key, auto& member) { Member(from, key, member); });
  }
  void Object(dom::object from, Child& to) {
    dom::object coded;
    if (from["path"].get(coded) == simdjson::SUCCESS) {
      std::string hex;
      Member(coded, "hex", hex);
      if (!Unhex(hex, to.path)) Fail("path");
    } else {
      Member(from, "path", to.path);
    }
    EachMember(to, [&](std::string_view key, auto& member) { Member(from, key, member); });
  }

 private:
  template <typename T>
  void Item(dom::element from, std::string_view key, T& to) {
    dom::object object;
    if (from.get(object) != simdjson::SUCCESS) return Fail(key);
    Object(object, to);
  }
  // A pair.
  void Item(dom::element from, std::string_view key, Field& to) {
    dom::array pair;
    std::string_view name;
    dom::element value;
    if (from.get(pair) != simdjson::SUCCESS || pair.at(0).get(name) != simdjson::SUCCESS ||
        pair.at(1).get(value) != simdjson::SUCCESS || !Value(value, to.value)) {
      return Fail(key);
    }
    to.name = name;
  }
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
  reader.Object(from, out);
  if (reader.error().empty()) return out;
  return Status(
      StatusCode::kInvalidArgument,
      "\"" + reader.error() + "\" in the result of an extractor is not what it should be; extract the file again");
}

}  // namespace cairn
