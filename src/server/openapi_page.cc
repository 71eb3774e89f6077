#include <fmt/format.h>

#include "server/openapi.h"

namespace cairn {
namespace {

constexpr std::string_view kHead = R"(<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cairn: what can be asked</title>
<style>
:root { color-scheme: light dark; --dim: #667; --line: #8883; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid var(--line); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; }
code { font: 13px ui-monospace, monospace; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 4rem; font-weight: 600; }
p, table { color: var(--dim); margin: .3rem 0 .3rem 1rem; }
td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
</style></head><body>
<h1>Cairn</h1>
<p>Every route of this service. For machines: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
)";

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

std::string TypeOf(const ParameterInfo& parameter) {
  switch (parameter.type) {
    case ParameterInfo::Type::kText:
      return "text";
    case ParameterInfo::Type::kNumber:
      return fmt::format("0 to {}", parameter.most);
    case ParameterInfo::Type::kFlag:
      return "true or false";
    case ParameterInfo::Type::kTime:
      return "time";
    case ParameterInfo::Type::kList:
      return "texts";
    case ParameterInfo::Type::kChoice: {
      std::string choices;
      for (const std::string& choice : parameter.choices) choices += (choices.empty() ? "" : ", ") + choice;
      return choices;
    }
  }
  return "";
}

void AppendRoute(std::string& out, const DescribedRoute& described) {
  out += fmt::format("<details><summary><span class=\"method\">{}</span> <code>{}</code> {}</summary>\n",
                     described.route->method, Escaped(described.route->pattern), Escaped(described.doc->summary));
  if (!described.doc->takes.empty()) out += fmt::format("<p>Takes: <code>{}</code></p>\n", described.doc->takes);
  if (!described.doc->answer.empty()) out += fmt::format("<p>Answers: <code>{}</code></p>\n", described.doc->answer);
  if (!described.query.empty()) {
    out += "<table>";
    for (const ParameterInfo& parameter : described.query) {
      out += fmt::format("<tr><td><code>{}</code>{}</td><td>{}</td><td>{}</td></tr>\n", Escaped(parameter.name),
                         parameter.is_required ? " (required)" : "", Escaped(TypeOf(parameter)),
                         Escaped(ParameterMeaning(parameter.name)));
    }
    out += "</table>";
  }
  out += "</details>\n";
}

}  // namespace

std::string OpenApiPage(const std::vector<DescribedRoute>& routes) {
  std::string out(kHead);
  std::string_view group;
  for (const RouteDoc& doc : RouteDocs()) {
    for (const DescribedRoute& described : routes) {
      if (described.doc != &doc) continue;
      if (group != doc.group) out += fmt::format("<h2>{}</h2>\n", Escaped(doc.group));
      group = doc.group;
      AppendRoute(out, described);
    }
  }
  return out + "</body></html>\n";
}

}  // namespace cairn
