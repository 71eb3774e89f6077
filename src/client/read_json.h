#pragma once

#include <simdjson.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Reads members of a JSON object and keeps what was wrong: what is missing is left as it was. One thread.
class ObjectReader {
 public:
  explicit ObjectReader(simdjson::dom::element value) : value_(value) {}

  ObjectReader& Text(std::string_view name, std::string& out);
  ObjectReader& Flag(std::string_view name, bool& out);
  ObjectReader& Time(std::string_view name, Timestamp& out);
  ObjectReader& Time(std::string_view name, std::optional<Timestamp>& out);
  ObjectReader& Texts(std::string_view name, std::vector<std::string>& out);
  /// A node's id; null is none.
  ObjectReader& Node(std::string_view name, const std::string& tenant, NodeKey& out);
  ObjectReader& Nodes(std::string_view name, const std::string& tenant, std::vector<NodeKey>& out);
  template <typename T>
  ObjectReader& Number(std::string_view name, T& out) {
    std::int64_t number = 0;
    if (const auto member = Take(name); member && Held(name, member->get(number))) out = static_cast<T>(number);
    return *this;
  }
  /// Calls `read` with each element of an array: `Status read(ObjectReader)`.
  template <typename Read>
  ObjectReader& Each(std::string_view name, Read&& read) {
    simdjson::dom::array array;
    const auto member = Take(name);
    if (!member || !Held(name, member->get(array))) return *this;
    for (const simdjson::dom::element item : array) {
      if (Status status = read(ObjectReader(item)); !status.ok() && status_.ok()) status_ = std::move(status);
    }
    return *this;
  }
  [[nodiscard]] simdjson::dom::element value() const { return value_; }

  /// INTERNAL for the first that is not what the service answers with.
  [[nodiscard]] Status Finish() const { return status_; }

 private:
  std::optional<simdjson::dom::element> Take(std::string_view name);
  bool Held(std::string_view name, simdjson::error_code error);
  void Wrong(std::string_view name, std::string_view why);

  simdjson::dom::element value_;
  Status status_;
};

/// A document, and the parser that holds it.
class JsonAnswer {
 public:
  /// `body` has room for simdjson behind its end, or is copied. Returns INTERNAL where it is no JSON.
  static Result<JsonAnswer> Parse(const std::string& body);
  [[nodiscard]] ObjectReader root() const { return ObjectReader(root_); }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;
  simdjson::dom::element root_;
};

}  // namespace cairn
