#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "extract/extracted_codec.h"
#include "extract/extracted_members.h"

namespace cairn {
namespace {

/// One JSON value after another into a text; commas are its business.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}

  void Key(std::string_view key) {
    Comma();
    AppendJsonString(out_, key);
    out_ += ':';
    first_ = true;
  }
  void Open(char bracket) {
    Comma();
    out_ += bracket;
    first_ = true;
  }
  void Close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void Text(std::string_view text) {
    Comma();
    AppendJsonString(out_, text);
  }
  void Raw(std::string_view json) {
    Comma();
    out_ += json;
  }
  void Integer(std::int64_t value) {
    Comma();
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void Real(double value) {
    if (!std::isfinite(value)) return Text(std::isnan(value) ? "NaN" : value > 0 ? "Inf" : "-Inf");
    std::string text = fmt::format("{}", value);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    Raw(text);
  }
  void Texts(const std::vector<std::string>& texts) {
    Open('[');
    for (const auto& text : texts) Text(text);
    Close(']');
  }
  void Value(const FieldValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return Text(*text);
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return Integer(*integer);
    if (const auto* real = std::get_if<double>(&value)) return Real(*real);
    if (const auto* truth = std::get_if<bool>(&value)) return Raw(*truth ? "true" : "false");
    Texts(std::get<std::vector<std::string>>(value));
  }

  void Member(std::string_view key, const std::string& text) {
    if (text.empty()) return;
    Key(key);
    Text(text);
  }
  void Member(std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    Key(key);
    Texts(texts);
  }
  void Member(std::string_view key, const std::optional<std::int64_t>& value) {
    if (!value) return;
    Key(key);
    Integer(*value);
  }
  void Member(std::string_view key, const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return;
    Key(key);
    Real(*value);
  }
  void Member(std::string_view key, const std::optional<FieldValue>& value) {
    if (!value) return;
    Key(key);
    Value(*value);
  }
  void Member(std::string_view key, const std::optional<bool>& value) {
    if (!value) return;
    Key(key);
    Raw(*value ? "true" : "false");
  }
  void Member(std::string_view key, const std::optional<std::uint32_t>& value) {
    if (value) Member(key, std::int64_t{*value});
  }
  void Member(std::string_view key, std::int64_t value) {
    Key(key);
    Integer(value);
  }
  void Member(std::string_view key, double value) {
    Key(key);
    Real(value);
  }
  void Member(std::string_view key, bool value) {
    if (value) Member(key, std::optional<bool>(value));
  }
  void Member(std::string_view key, const std::optional<Position>& position) {
    if (!position || !std::isfinite(position->latitude) || !std::isfinite(position->longitude)) return;
    Key(key);
    Object(*position);
  }
  void Member(std::string_view key, const CommonCore& core) {
    if (core == CommonCore()) return;
    Key(key);
    Object(core);
  }
  template <typename T>
  void Member(std::string_view key, const std::vector<T>& items) {
    if (items.empty()) return;
    Key(key);
    Open('[');
    for (const T& item : items) Object(item);
    Close(']');
  }

  template <typename T>
  void Object(const T& value) {
    Open('{');
    EachMember(value, [this](std::string_view key, const auto& member) { Member(key, member); });
    Close('}');
  }
  void Object(const Field& field) {
    Open('[');
    Text(field.name);
    Value(field.value);
    Close(']');
  }
  void Object(const Child& child) {
    Open('{');
    Key("path");
    if (IsUtf8(child.path)) {
      Text(child.path);
    } else {
      std::string hex;
      for (const char c : child.path) fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
      Open('{');
      Member("hex", hex);
      Close('}');
    }
    EachMember(child, [this](std::string_view key, const auto& member) { Member(key, member); });
    Close('}');
  }

 private:
  void Comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace

std::string EncodeExtracted(const Extracted& extracted) {
  std::string out;
  Writer(out).Object(extracted);
  return out;
}

}  // namespace cairn
