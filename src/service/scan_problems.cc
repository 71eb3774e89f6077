#include "service/scan_problems.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "base/json.h"
#include "scan/file_name.h"
#include "scan/file_record.h"

namespace cairn {

Result<ScanProblems> FindScanProblems(Repository& repository, const ScanProblemsSpec& spec) {
  QuerySpec query;
  query.tenant = spec.tenant;
  query.kinds = {std::string(kKindFile)};
  query.filter = spec.quarantined ? R"(payload.problem.reason ~ "quarantined*")" : "payload.problem exists";
  query.limit = spec.limit;
  query.cursor = spec.cursor;
  auto page = repository.Query(query);
  if (!page) return page.error();
  ScanProblems out;
  out.cursor = std::move(page->cursor);
  simdjson::dom::parser parser;
  for (const Fact& fact : page->facts) {
    const auto details = fact.Parse();
    if (!details) continue;
    // What was mended, or is gone, is a problem no more.
    const auto newest = repository.Latest(kKindFile, details->node);
    if (!newest || newest->seq() != fact.seq()) continue;
    ScanProblem problem{PathOfName(details->node.name), details->node, fact.seq(), fact.produced_at()};
    const simdjson::padded_string payload(details->payload);
    simdjson::dom::object said;
    if (parser.parse(payload).at_key("problem").get(said) == simdjson::SUCCESS) {
      std::string_view text;
      if (said["code"].get(text) == simdjson::SUCCESS) problem.code = text;
      if (said["reason"].get(text) == simdjson::SUCCESS) problem.reason = text;
    }
    problem.is_quarantined = problem.reason.starts_with("quarantined");
    out.problems.push_back(std::move(problem));
  }
  return out;
}

std::string ScanProblemJson(const ScanProblem& problem) {
  return fmt::format(R"({{"path":{},"node":{},"seq":{},"since":"{}","code":{},"reason":{},"quarantined":{}}})",
                     JsonString(problem.path), JsonString(NodeId(problem.node)), problem.seq.value,
                     FormatTimestamp(problem.since), JsonString(problem.code), JsonString(problem.reason),
                     problem.is_quarantined);
}

}  // namespace cairn
