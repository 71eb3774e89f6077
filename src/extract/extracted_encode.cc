#include <fmt/format.h>

#include <cmath>

#include "base/json.h"
#include "extract/extracted_codec.h"

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
  void Truth(std::string_view key, bool value) {
    Key(key);
    Raw(value ? "true" : "false");
  }

 private:
  void Comma() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

void EncodeCore(Writer& to, const CommonCore& core) {
  to.Member("title", core.title);
  to.Member("description", core.description);
  to.Member("creators", core.creators);
  to.Member("publisher", core.publisher);
  to.Member("language", core.language);
  to.Member("keywords", core.keywords);
  to.Member("created", core.created);
  to.Member("modified", core.modified);
  to.Member("duration", core.duration);
  to.Member("pages", core.pages);
  to.Member("width", core.width);
  to.Member("height", core.height);
  if (core.position && std::isfinite(core.position->latitude) && std::isfinite(core.position->longitude)) {
    to.Key("position");
    to.Open('{');
    to.Key("latitude");
    to.Real(core.position->latitude);
    to.Key("longitude");
    to.Real(core.position->longitude);
    to.Member("altitude", core.position->altitude);
    to.Close('}');
  }
  to.Member("codec", core.codec);
  to.Member("bitrate", core.bitrate);
  to.Member("sample_rate", core.sample_rate);
  to.Member("channels", core.channels);
  to.Member("frame_rate", core.frame_rate);
}

void Encode(Writer& to, const Field& field) {
  to.Open('[');
  to.Text(field.name);
  to.Value(field.value);
  to.Close(']');
}

void Encode(Writer& to, const Chapter& chapter) {
  to.Open('{');
  to.Key("start_ns");
  to.Integer(chapter.start_ns);
  to.Key("end_ns");
  to.Integer(chapter.end_ns);
  to.Member("title", chapter.title);
  to.Close('}');
}

void Encode(Writer& to, const Picture& picture) {
  to.Open('{');
  to.Member("type", picture.type);
  to.Member("mime", picture.mime);
  to.Member("description", picture.description);
  to.Member("width", picture.width);
  to.Member("height", picture.height);
  to.Key("bytes");
  to.Integer(picture.bytes);
  to.Close('}');
}

void Encode(Writer& to, const Child& child) {
  to.Open('{');
  to.Key("path");
  if (IsUtf8(child.path)) {
    to.Text(child.path);
  } else {
    std::string hex;
    for (const char c : child.path) fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
    to.Open('{');
    to.Member("hex", hex);
    to.Close('}');
  }
  if (child.folder) to.Truth("folder", true);
  to.Member("bytes", child.bytes);
  to.Member("packed_bytes", child.packed_bytes);
  to.Member("modified", child.modified);
  if (child.crc32) to.Member("crc32", std::optional<std::int64_t>(*child.crc32));
  to.Close('}');
}

void Encode(Writer& to, const Column& column) {
  to.Open('{');
  to.Key("name");
  to.Text(column.name);
  to.Member("type", column.type);
  if (column.nullable) to.Truth("nullable", *column.nullable);
  if (column.primary_key) to.Truth("primary_key", true);
  to.Member("default", column.default_value);
  to.Member("null_count", column.null_count);
  to.Member("distinct_count", column.distinct_count);
  to.Member("min", column.min);
  to.Member("max", column.max);
  to.Member("mean", column.mean);
  to.Close('}');
}

void Encode(Writer& to, const ForeignKey& key) {
  to.Open('{');
  to.Member("columns", key.columns);
  to.Member("table", key.table);
  to.Member("references", key.references);
  to.Close('}');
}

template <typename T>
void EncodeAll(Writer& to, std::string_view key, const std::vector<T>& items) {
  if (items.empty()) return;
  to.Key(key);
  to.Open('[');
  for (const auto& item : items) Encode(to, item);
  to.Close(']');
}

void Encode(Writer& to, const Table& table) {
  to.Open('{');
  to.Member("name", table.name);
  EncodeAll(to, "columns", table.columns);
  to.Member("row_count", table.row_count);
  if (table.sampled) to.Truth("sampled", true);
  to.Member("indexes", table.indexes);
  EncodeAll(to, "foreign_keys", table.foreign_keys);
  to.Close('}');
}

}  // namespace

std::string EncodeExtracted(const Extracted& extracted) {
  std::string out;
  Writer to(out);
  to.Open('{');
  to.Member("type", extracted.type);
  if (extracted.core != CommonCore()) {
    to.Key("core");
    to.Open('{');
    EncodeCore(to, extracted.core);
    to.Close('}');
  }
  EncodeAll(to, "fields", extracted.fields);
  EncodeAll(to, "chapters", extracted.chapters);
  EncodeAll(to, "pictures", extracted.pictures);
  EncodeAll(to, "children", extracted.children);
  EncodeAll(to, "tables", extracted.tables);
  to.Member("warnings", extracted.warnings);
  to.Close('}');
  return out;
}

}  // namespace cairn
