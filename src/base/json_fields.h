#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "cairn/time.h"

namespace cairn {

/// Writes a JSON object member by member.
class JsonFields {
 public:
  JsonFields& Text(std::string_view name, std::string_view value) {
    Name(name);
    AppendJsonString(out_, value);
    return *this;
  }
  /// Null where it is empty.
  JsonFields& TextOrNull(std::string_view name, std::string_view value) {
    return value.empty() ? Raw(name, "null") : Text(name, value);
  }
  JsonFields& Raw(std::string_view name, std::string_view json) {
    Name(name);
    out_ += json;
    return *this;
  }
  JsonFields& Number(std::string_view name, std::uint64_t value) { return Raw(name, fmt::format("{}", value)); }
  JsonFields& Flag(std::string_view name, bool value) { return Raw(name, value ? "true" : "false"); }
  JsonFields& Time(std::string_view name, std::optional<Timestamp> time) {
    return time ? Text(name, FormatTimestamp(*time)) : Raw(name, "null");
  }
  /// The object; nothing more is added.
  std::string Done() { return std::move(out_ += '}'); }

 private:
  void Name(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    AppendJsonString(out_, name);
    out_ += ':';
  }

  std::string out_ = "{";
};

/// Writes a JSON array element by element.
class JsonElements {
 public:
  JsonElements& Raw(std::string_view json) {
    if (out_.size() > 1) out_ += ',';
    out_ += json;
    return *this;
  }
  std::string Done() { return std::move(out_ += ']'); }

 private:
  std::string out_ = "[";
};

}  // namespace cairn
