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

std::string SchemaOf(const ParameterInfo& parameter) {
  switch (parameter.type) {
    case ParameterInfo::Type::kText:
      return R"({"type":"string"})";
    case ParameterInfo::Type::kNumber:
      return fmt::format(R"({{"type":"integer","minimum":0,"maximum":{}}})", parameter.most);
    case ParameterInfo::Type::kFlag:
      return R"({"type":"boolean"})";
    case ParameterInfo::Type::kTime:
      return R"({"type":"string","format":"date-time"})";
    case ParameterInfo::Type::kList:
      return R"({"type":"array","items":{"type":"string"}})";
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
    add(ParameterJson(name, "path", true, R"({"type":"string","minLength":1})"));
  }
  for (const ParameterInfo& parameter : described.query) {
    add(ParameterJson(parameter.name, "query", parameter.is_required, SchemaOf(parameter)));
  }
  std::string out = fmt::format(R"({{"operationId":"{}","tags":[{}],"summary":{},"parameters":[{}])",
                                OperationId(route), JsonString(doc.group), JsonString(doc.summary), parameters);
  if (doc.takes == kFormBody) {
    out +=
        R"(,"requestBody":{"required":true,"content":{"application/x-www-form-urlencoded":{"schema":{"type":"object"}}}})";
  } else if (doc.takes == "text/plain") {
    out += R"(,"requestBody":{"content":{"text/plain":{"schema":{"type":"string"}}}})";
  } else if (!doc.takes.empty()) {
    out += fmt::format(
        R"(,"requestBody":{{"required":true,"content":{{"application/json":{{"schema":{{"$ref":"#/components/schemas/{}"}}}}}}}})",
        doc.takes);
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
