#include "server/openapi.h"

#include <fmt/format.h>

#include <map>

#include "base/json.h"

namespace cairn {
namespace {

/// What goes wrong before Marquez's routes are reached is told as everywhere.
std::string ErrorJson(const RouteDoc& doc) {
  return fmt::format(
      R"({{"description":"What is wrong, and what to do","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{}"}}}}}}}})",
      doc.group == kMarquezGroup ? "MarquezError" : "Error");
}

/// A node's whole id.
constexpr std::string_view kNodeIdSchema =
    R"({"type":"string","pattern":"^([^:%]|%[0-9A-F]{2})+(:([^:%]|%[0-9A-F]{2})*){2,3}$"})";

std::string SchemaOf(const HttpRoute& route, const ParameterInfo& parameter) {
  if (parameter.name == "node" && route.pattern.starts_with("/api/v1/repository/")) {
    if (parameter.type != ParameterInfo::Type::kList) return std::string(kNodeIdSchema);
    return fmt::format(R"({{"type":"array",{}"items":{}}})", parameter.is_required ? R"("minItems":1,)" : "",
                       kNodeIdSchema);
  }
  if (parameter.name == "edge" && parameter.type == ParameterInfo::Type::kList) {
    return R"({"type":"array","items":{"enum":["reads","writes","derives","triggers","influences","renames","contains","same"]}})";
  }
  switch (parameter.type) {
    case ParameterInfo::Type::kText:
      return parameter.is_required ? R"({"type":"string","minLength":1})" : R"({"type":"string"})";
    case ParameterInfo::Type::kNumber:
      return fmt::format(R"({{"type":"integer","minimum":0,"maximum":{}}})", parameter.most);
    case ParameterInfo::Type::kFlag:
      return R"({"type":"boolean"})";
    case ParameterInfo::Type::kTime:
      return R"({"type":"string","format":"date-time"})";
    case ParameterInfo::Type::kList:
      return parameter.is_required ? R"({"type":"array","minItems":1,"items":{"type":"string","minLength":1}})"
                                   : R"({"type":"array","items":{"type":"string"}})";
    case ParameterInfo::Type::kChoice: {
      std::string choices;
      for (const std::string& choice : parameter.choices) choices += (choices.empty() ? "" : ",") + JsonString(choice);
      return fmt::format(R"({{"type":"string","enum":[{}]}})", choices);
    }
  }
  return "{}";
}

std::string ParameterJson(std::string_view name, std::string_view in, bool is_required, const std::string& schema) {
  return fmt::format(R"({{"name":{},"in":"{}","required":{},"description":{},"schema":{}}})", JsonString(name), in,
                     is_required, JsonString(ParameterMeaning(name)), schema);
}

/// Of a parameter in the path: what it names, or a number.
std::string_view PathSchema(const HttpRoute& route, std::string_view name) {
  const bool is_number = name == "seq" || (name == "version" && route.pattern.starts_with("/api/v1/kinds"));
  return is_number ? R"({"type":"integer","minimum":0,"maximum":9223372036854775807})"
                   : R"({"type":"string","minLength":1})";
}

/// The parameters as the members of a form.
std::string FormJson(const HttpRoute& route, const std::vector<ParameterInfo>& parameters) {
  std::string members;
  std::string required;
  for (const ParameterInfo& parameter : parameters) {
    members +=
        fmt::format("{}{}:{}", members.empty() ? "" : ",", JsonString(parameter.name), SchemaOf(route, parameter));
    if (parameter.is_required) required += (required.empty() ? "" : ",") + JsonString(parameter.name);
  }
  return fmt::format(
      R"(,"requestBody":{{"required":{},"content":{{"application/x-www-form-urlencoded":{{"schema":{{"type":"object",)"
      R"("additionalProperties":false,"required":[{}],"properties":{{{}}}}}}}}}}})",
      !required.empty(), required, members);
}

std::vector<std::string> PathNames(std::string_view pattern) {
  std::vector<std::string> names;
  for (std::size_t at = pattern.find('{'); at != std::string_view::npos; at = pattern.find('{', at + 1)) {
    names.emplace_back(pattern.substr(at + 1, pattern.find('}', at) - at - 1));
  }
  return names;
}

/// `/api/v1/runs/{run}` and GET: `getApiV1RunsRun`, which generators of clients ask for.
std::string OperationId(const HttpRoute& route) {
  std::string out;
  for (const char c : route.method) out += static_cast<char>(c - 'A' + 'a');
  bool is_first = true;
  for (const char c : route.pattern) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (is_word) out += is_first && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    is_first = !is_word;
  }
  return out;
}

std::string AnswerJson(const RouteDoc& doc) {
  if (doc.answer.empty()) return R"({"description":"Done"})";
  if (doc.answer == "text/event-stream" || doc.answer.starts_with("text/")) {
    return fmt::format(R"({{"description":"The answer","content":{{"{}":{{"schema":{{"type":"string"}}}}}}}})",
                       doc.answer);
  }
  return fmt::format(
      R"({{"description":"The answer","content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{}"}}}}}}}})",
      doc.answer);
}

std::string OperationJson(const DescribedRoute& described) {
  const HttpRoute& route = *described.route;
  const RouteDoc& doc = *described.doc;
  std::string parameters;
  const auto add = [&](const std::string& one) { parameters += (parameters.empty() ? "" : ",") + one; };
  for (const std::string& name : PathNames(route.pattern)) {
    add(ParameterJson(name, "path", true, std::string(PathSchema(route, name))));
  }
  const bool is_form = doc.takes == kFormBody;
  for (const ParameterInfo& parameter : described.query) {
    if (is_form) break;
    add(ParameterJson(parameter.name, "query", parameter.is_required, SchemaOf(route, parameter)));
  }
  std::string out = fmt::format(R"({{"operationId":"{}","tags":[{}],"summary":{},"parameters":[{}])",
                                OperationId(route), JsonString(doc.group), JsonString(doc.summary), parameters);
  if (is_form) {
    out += FormJson(route, described.query);
  } else if (doc.takes == "text/plain") {
    out += R"(,"requestBody":{"content":{"text/plain":{"schema":{"type":"string"}}}})";
  } else if (!doc.takes.empty()) {
    out += fmt::format(
        R"(,"requestBody":{{"required":{},"content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{}"}}}}}}}})",
        doc.takes != kMarquezBody, doc.takes);
  }
  if (route.needs == HttpRoute::Needs::kNothing) out += ",\"security\":[]";
  const std::string answer = AnswerJson(doc);
  out += ",\"responses\":{";
  if (route.method == "POST") {
    out += fmt::format(R"("200":{},"201":{},"202":{},"204":{{"description":"Done"}},)", answer, answer, answer);
  } else {
    out += fmt::format(R"("200":{},)", answer);
  }
  return out + fmt::format("\"default\":{}}}}}", ErrorJson(doc));
}

}  // namespace

std::string OpenApiDocument(const std::vector<DescribedRoute>& routes) {
  std::map<std::string, std::string> paths;
  for (const DescribedRoute& described : routes) {
    if (described.doc == nullptr) continue;
    std::string& path = paths[described.route->pattern];
    std::string method;
    for (const char c : described.route->method) method += static_cast<char>(c - 'A' + 'a');
    path += fmt::format("{}\"{}\":{}", path.empty() ? "" : ",", method, OperationJson(described));
  }
  std::string all;
  for (const auto& [pattern, operations] : paths) {
    all += fmt::format("{}{}:{{{}}}", all.empty() ? "" : ",", JsonString(pattern), operations);
  }
  return fmt::format(
      R"({{"openapi":"3.1.0","info":{{"title":"Cairn","version":"0.1.0","description":"Facts about tables, files, jobs )"
      R"(and runs; their lineage as of any instant; OpenLineage events."}},"security":[{{"token":[]}}],"paths":{{{}}},)"
      R"("components":{{"securitySchemes":{{"token":{{"type":"http","scheme":"bearer"}}}},"schemas":{{{}}}}}}})",
      all, fmt::format("{},{}", OpenApiSchemas(), CacheAndScanSchemas()));
}

}  // namespace cairn
