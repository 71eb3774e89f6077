#include "lookup/source_operation.h"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json.h"
#include "base/nearest.h"
#include "lookup/pick.h"
#include "obs/quantity.h"
#include "obs/source_check.h"

namespace cairn {
namespace {

// Longer ones are no parameters of an API, and it bounds what a pattern works on.
constexpr std::size_t kParameterBytesMax = 1000;

Status Bad(std::string what) { return {StatusCode::kInvalidArgument, std::move(what)}; }

std::string Escaped(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
        c == '_' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

std::string TextOf(const CheckedParams::Value& value) {
  if (const auto* is = std::get_if<bool>(&value)) return *is ? "true" : "false";
  if (const auto* is = std::get_if<std::int64_t>(&value)) return std::to_string(*is);
  if (const auto* is = std::get_if<double>(&value)) return fmt::format("{}", *is);
  return std::get<std::string>(value);
}

Result<CheckedParams::Value> Typed(const ParameterConfig& parameter, const std::string& text) {
  const char* const last = text.data() + text.size();
  switch (parameter.type) {
    case ParameterType::kText:
      if (!IsUtf8(text)) return Bad("the value is not UTF-8");
      return CheckedParams::Value(text);
    case ParameterType::kInteger: {
      std::int64_t value = 0;
      const auto [end, error] = std::from_chars(text.data(), last, value);
      if (error != std::errc() || end != last) return Bad(fmt::format("\"{}\" is not an integer", text));
      return CheckedParams::Value(value);
    }
    case ParameterType::kNumber: {
      double value = 0;
      const auto [end, error] = std::from_chars(text.data(), last, value);
      if (error != std::errc() || end != last || !std::isfinite(value)) {
        return Bad(fmt::format("\"{}\" is not a number", text));
      }
      return CheckedParams::Value(value == 0 ? 0.0 : value);  // -0 is 0.
    }
    case ParameterType::kSwitch: {
      const auto value = ParseSwitch(text);
      if (!value) return value.error();
      return CheckedParams::Value(*value);
    }
  }
  return Bad("no such type");
}

}  // namespace

struct SourceOperation::Pattern {
  regex_t compiled{};
  ~Pattern() { ::regfree(&compiled); }
};

std::vector<CacheParam> CheckedParams::ForKey() const {
  std::vector<CacheParam> out;
  for (const auto& [name, value] : values) {
    out.push_back({name, std::visit([](const auto& is) { return CacheParamValue(is); }, value)});
  }
  return out;
}

SourceOperation::SourceOperation(const SourceConfig& source, const OperationConfig& config)
    : source_(source.name), base_url_(source.base_url), config_(config) {}

SourceOperation::~SourceOperation() = default;

Result<std::unique_ptr<SourceOperation>> SourceOperation::Make(const SourceConfig& source,
                                                               const OperationConfig& config) {
  std::string key;
  if (Status checked = CheckSource(source, key); !checked.ok()) {
    return checked.WithContext(fmt::format("sources.{}.{}", source.name, key));
  }
  std::unique_ptr<SourceOperation> out(new SourceOperation(source, config));
  for (const FieldConfig& field : config.fields) {
    auto path = ParseAnswerPath(field.path.empty() ? field.name : field.path);
    if (!path) {
      return path.error().WithContext(
          fmt::format("sources.{}.operations.{}.fields.{}", source.name, config.name, field.name));
    }
    out->field_paths_.push_back(*std::move(path));
  }
  for (const ParameterConfig& parameter : config.parameters) {
    out->patterns_.emplace_back();
    if (parameter.pattern.empty()) continue;
    auto pattern = std::make_unique<Pattern>();
    const std::string whole = "^(" + parameter.pattern + ")$";
    if (::regcomp(&pattern->compiled, whole.c_str(), REG_EXTENDED | REG_NOSUB) != 0) {
      return Bad(fmt::format("\"{}\" is no pattern", parameter.pattern));
    }
    out->patterns_.back() = std::move(pattern);
  }
  return out;
}

Result<CheckedParams> SourceOperation::Check(const LookupParams& params) const {
  const std::string what = fmt::format("{} {}", source_, config_.name);
  CheckedParams out;
  std::vector<std::string> names;
  for (const ParameterConfig& parameter : config_.parameters) names.push_back(parameter.name);
  for (const auto& [name, value] : params) {
    if (std::find(names.begin(), names.end(), name) != names.end()) continue;
    const std::vector<std::string> near = Nearest(name, names, 1);
    return Bad(near.empty() ? fmt::format("{} has no parameter \"{}\"; it has: {}", what, name, fmt::join(names, ", "))
                            : fmt::format("{} has no parameter \"{}\"; did you mean \"{}\"?", what, name, near[0]));
  }
  for (std::size_t i = 0; i < config_.parameters.size(); ++i) {
    const ParameterConfig& parameter = config_.parameters[i];
    const auto given = params.find(parameter.name);
    if (given == params.end() && parameter.standard.empty()) {
      if (!parameter.required) continue;
      return Bad(
          fmt::format("{} needs {}{}{}", what, parameter.name, parameter.help.empty() ? "" : ": ", parameter.help));
    }
    const std::string& text = given == params.end() ? parameter.standard : given->second;
    if (text.size() > kParameterBytesMax || text.find('\0') != std::string::npos) {
      return Bad(fmt::format("{} {}: more than {} bytes, or a zero byte", what, parameter.name, kParameterBytesMax));
    }
    if (patterns_[i] != nullptr && ::regexec(&patterns_[i]->compiled, text.c_str(), 0, nullptr, 0) != 0) {
      return Bad(fmt::format("{} {}: \"{}\" does not match {}", what, parameter.name, text, parameter.pattern));
    }
    auto value = Typed(parameter, text);
    if (!value) return value.error().WithContext(fmt::format("{} {}", what, parameter.name));
    // It would become another path.
    const std::string in_path = "{" + parameter.name + "}";
    if (config_.path.find(in_path) != std::string::npos && (text.empty() || text == "." || text == "..")) {
      return Bad(fmt::format("{} {}: \"{}\" cannot stand in a path", what, parameter.name, text));
    }
    out.values.emplace(parameter.name, *std::move(value));
  }
  return out;
}

std::string SourceOperation::Url(const CheckedParams& params) const {
  std::string out = base_url_;
  while (out.ends_with('/')) out.pop_back();
  std::vector<std::string_view> in_path;
  // Checked when it was made.
  (void)ForEachTemplatePart(config_.path, [&](std::string_view part, bool is_name) {
    if (!is_name) {
      out += part;
    } else if (const auto value = params.values.find(part); value != params.values.end()) {
      in_path.push_back(part);
      out += Escaped(TextOf(value->second));
    }
    return Status::Ok();
  });
  char sign = '?';
  for (const ParameterConfig& parameter : config_.parameters) {
    const auto value = params.values.find(parameter.name);
    if (value == params.values.end()) continue;
    if (std::find(in_path.begin(), in_path.end(), parameter.name) != in_path.end()) continue;
    out += sign;
    out += Escaped(parameter.query.empty() ? parameter.name : parameter.query) + "=" + Escaped(TextOf(value->second));
    sign = '&';
  }
  return out;
}

std::string SourceOperation::Fill(std::string_view text, const CheckedParams& params) {
  std::string out;
  bool is_whole = true;
  (void)ForEachTemplatePart(text, [&](std::string_view part, bool is_name) {
    if (!is_name) {
      out += part;
    } else if (const auto value = params.values.find(part); value != params.values.end()) {
      out += TextOf(value->second);
    } else {
      is_whole = false;
    }
    return Status::Ok();
  });
  return is_whole ? out : std::string();
}

}  // namespace cairn
