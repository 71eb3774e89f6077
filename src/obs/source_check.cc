#include "obs/source_check.h"

#include <fmt/format.h>
#include <regex.h>

#include <algorithm>
#include <memory>

namespace cairn {
namespace {

Status Bad(std::string what) { return {StatusCode::kInvalidArgument, std::move(what)}; }

const ParameterConfig* Find(const OperationConfig& operation, std::string_view name) {
  const auto found = std::find_if(operation.parameters.begin(), operation.parameters.end(),
                                  [&](const ParameterConfig& parameter) { return parameter.name == name; });
  return found == operation.parameters.end() ? nullptr : &*found;
}

Status CheckNames(const OperationConfig& operation, std::string_view text, bool always) {
  return ForEachTemplatePart(text, [&](std::string_view part, bool is_name) {
    if (!is_name) return Status::Ok();
    const ParameterConfig* parameter = Find(operation, part);
    if (parameter == nullptr) return Bad(fmt::format("{{{}}} is no parameter of this operation", part));
    if (always && !parameter->required && parameter->standard.empty()) {
      return Bad(fmt::format("{{{}}} must be a parameter that is required or has a default", part));
    }
    return Status::Ok();
  });
}

Status CheckPattern(const ParameterConfig& parameter) {
  if (parameter.pattern.empty()) return Status::Ok();
  regex_t compiled;
  const std::string whole = "^(" + parameter.pattern + ")$";
  const int error = ::regcomp(&compiled, whole.c_str(), REG_EXTENDED | REG_NOSUB);
  if (error != 0) {
    char why[200];
    ::regerror(error, &compiled, why, sizeof(why));
    return Bad(fmt::format("\"{}\": {}", parameter.pattern, why));
  }
  const std::unique_ptr<regex_t, void (*)(regex_t*)> free(&compiled, [](regex_t* regex) { ::regfree(regex); });
  if (!parameter.standard.empty() && ::regexec(&compiled, parameter.standard.c_str(), 0, nullptr, 0) != 0) {
    return Bad(fmt::format("the default \"{}\" does not match {}", parameter.standard, parameter.pattern));
  }
  return Status::Ok();
}

Status CheckOperation(const OperationConfig& operation, std::string& key) {
  const std::string before = "operations." + operation.name;
  key = before + ".path";
  if (!operation.path.starts_with('/')) return Bad("a path that begins with / is needed");
  if (operation.path.find_first_of("?# ") != std::string::npos) {
    return Bad("no ?, # or blank: what goes into the query is a parameter");
  }
  if (Status names = CheckNames(operation, operation.path, true); !names.ok()) return names;
  for (const ParameterConfig& parameter : operation.parameters) {
    key = before + ".parameters." + parameter.name + ".pattern";
    if (Status pattern = CheckPattern(parameter); !pattern.ok()) return pattern;
  }
  key = before + ".tags";
  for (const std::string& tag : operation.tags) {
    if (Status names = CheckNames(operation, tag, false); !names.ok()) return names;
  }
  key = before + ".perhaps_not_found";
  for (const std::uint32_t status : operation.perhaps_not_found) {
    if (status < 500) return Bad(fmt::format("{} is below 500: what it means is sure", status));
  }
  key = before + ".not_found";
  for (const std::uint32_t status : operation.not_found) {
    // Such a state passes; kept as "there is no such thing" it would not.
    if (status == 408 || status == 429 || status >= 500) {
      return Bad(fmt::format("{} says that the source cannot answer now, not that there is no such thing", status));
    }
  }
  key = before + ".record_target";
  return CheckNames(operation, operation.record_target, false);
}

}  // namespace

bool IsSourceName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Status ForEachTemplatePart(std::string_view text, const std::function<Status(std::string_view, bool)>& part) {
  while (!text.empty()) {
    const std::size_t open = text.find_first_of("{}");
    if (open != 0) {
      if (Status seen = part(text.substr(0, open), false); !seen.ok()) return seen;
      if (open == std::string_view::npos) return Status::Ok();
    }
    const std::size_t close = text.find('}', open);
    if (text[open] == '}' || close == std::string_view::npos) return Bad("a brace without its partner");
    if (Status seen = part(text.substr(open + 1, close - open - 1), true); !seen.ok()) return seen;
    text.remove_prefix(close + 1);
  }
  return Status::Ok();
}

Status CheckSource(const SourceConfig& source, std::string& key) {
  key = "base_url";
  const std::string_view url = source.base_url;
  const std::size_t host = url.starts_with("https://") ? 8 : url.starts_with("http://") ? 7 : 0;
  if (host == 0 || url.size() == host || url.find_first_of("?# ") != std::string_view::npos) {
    return Bad(fmt::format("\"{}\" is no http:// or https:// URL without query", url));
  }
  if (source.backoff > source.backoff_max) {
    key = "backoff";
    return Bad("more than backoff_max");
  }
  for (const auto& [name, value] : source.headers) {
    key = "headers." + name;
    if (!IsSourceName(name)) return Bad("no name of a header");
    if (value.find_first_of("\r\n") != std::string::npos) return Bad("a header is one line");
  }
  for (const OperationConfig& operation : source.operations) {
    if (Status checked = CheckOperation(operation, key); !checked.ok()) return checked;
  }
  return Status::Ok();
}

}  // namespace cairn
