#include "server/scan_routes.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <filesystem>

#include "base/json.h"
#include "scan/file_name.h"
#include "scan/file_record.h"
#include "scan/scan_status.h"
#include "scan/slow_files.h"
#include "server/exchange.h"
#include "server/parameters.h"
#include "service/answer_json.h"
#include "service/scan_problems.h"

namespace cairn {
namespace {

constexpr std::uint64_t kFilesMax = 10'000;
constexpr std::size_t kRecentScans = 20;
constexpr std::size_t kPathShown = 200;  // Of one that is refused, in bytes.

ServerResponse Json(std::string body, int status = 200) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

Status Wrong(std::string what) { return {StatusCode::kInvalidArgument, std::move(what)}; }

/// What one may say of a scan that is to begin.
struct ScanRequest {
  std::vector<std::string> paths;
  std::vector<std::string> include;
  std::vector<std::string> exclude;
  bool force = false;
};

Status ReadTexts(simdjson::dom::element value, std::string_view name, std::vector<std::string>* out) {
  simdjson::dom::array list;
  if (value.get(list) != simdjson::SUCCESS) return Wrong(fmt::format("{} is a list of texts", name));
  for (const simdjson::dom::element each : list) {
    std::string_view text;
    if (each.get(text) != simdjson::SUCCESS) return Wrong(fmt::format("{} is a list of texts", name));
    if (text.find('\0') != std::string_view::npos) return Wrong(fmt::format("{}: no path has a NUL in it", name));
    out->emplace_back(text);
  }
  return Status::Ok();
}

Result<ScanRequest> ReadRequest(std::string_view body) {
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(body.data(), body.size(), true).get_object().get(members) != simdjson::SUCCESS) {
    return Wrong("the body is an object with paths, include, exclude and force");
  }
  ScanRequest out;
  for (const auto [key, value] : members) {
    Status read;
    if (key == "paths") {
      read = ReadTexts(value, key, &out.paths);
    } else if (key == "include") {
      read = ReadTexts(value, key, &out.include);
    } else if (key == "exclude") {
      read = ReadTexts(value, key, &out.exclude);
    } else if (key != "force") {
      read = Wrong(fmt::format("\"{}\": the body is an object with paths, include, exclude and force", key));
    } else if (value.get(out.force) != simdjson::SUCCESS) {
      read = Wrong("force is true or false");
    }
    if (!read.ok()) return read;
  }
  return out;
}

/// What a scan saw of this machine's files is of no namespace that a token could be narrowed to, and of one tenant.
Status SeesAll(Exchange& exchange) {
  const auto& grant = exchange.principal().grant;
  if (grant == nullptr || grant->is_of_all()) return Status::Ok();
  if (grant->is_whole() && grant->tenant == exchange.service().tenant()) return Status::Ok();
  return {StatusCode::kPermissionDenied, "the token is narrowed, and scans are of the whole machine"};
}

std::string Recent(Service& service) {
  QuerySpec query;
  query.tenant = service.tenant();
  query.kinds = {std::string(kKindScan)};
  query.limit = kRecentScans;
  const auto page = service.repository()->Query(query);
  std::string out;
  if (!page) return out;
  for (const Fact& fact : page->facts) {
    std::string json;
    if (AppendFactJson(json, fact).ok()) out += (out.empty() ? "" : ",") + json;
  }
  return out;
}

}  // namespace

ScanRoutes::ScanRoutes(Parts parts)
    : parts_(std::move(parts)), state_folder_(JoinPath(parts_.store_path, "scan")), process_(parts_.program) {}

void ScanRoutes::Add(Router& router) {
  using Needs = HttpRoute::Needs;
  const auto add = [&](const char* method, const char* pattern, ServerResponse (ScanRoutes::*handler)(Exchange&),
                       Needs needs) {
    router.Add({method, pattern, [this, handler](Exchange& exchange) { return (this->*handler)(exchange); }, needs});
  };
  add("GET", "/api/v1/scans", &ScanRoutes::State, Needs::kRead);
  add("POST", "/api/v1/scans", &ScanRoutes::Start, Needs::kAdmin);
  add("DELETE", "/api/v1/scans/current", &ScanRoutes::Stop, Needs::kAdmin);
  add("GET", "/api/v1/scans/problems", &ScanRoutes::Problems, Needs::kRead);
  add("GET", "/api/v1/scans/slow", &ScanRoutes::Slow, Needs::kRead);
}

std::string ScanRoutes::StateJson() {
  const auto status = ReadScanStatus(*FileSystem::Default(), state_folder_);
  std::string out = fmt::format(R"({{"roots":{},"can_stop":{},"scan":{})", JsonList(parts_.roots),
                                process_.is_running(), status && *status ? ScanStatusJson(**status) : "null");
  const auto ended = process_.ended();
  if (ended && ended->code != 0 && !ended->wrong.empty() && !process_.is_running()) {
    out += fmt::format(R"(,"last_error":{})", JsonString(ended->wrong));
  }
  return out;
}

ServerResponse ScanRoutes::State(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  if (Status status = SeesAll(exchange); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] { return Json(StateJson() + R"(,"recent":[)" + Recent(exchange.service()) + "]}"); });
}

Result<std::string> ScanRoutes::Allowed(const std::string& path) const {
  if (parts_.roots.empty()) {
    return Status(StatusCode::kFailedPrecondition,
                  "this service begins no scans: `cairn serve --scan-root DIR` says below what it may");
  }
  std::error_code failed;
  const std::string real = std::filesystem::canonical(path, failed).string();
  const bool is_inside = !failed && path.starts_with('/') &&
                         std::any_of(parts_.roots.begin(), parts_.roots.end(),
                                     [&](const std::string& root) { return IsInside(real, root); });
  if (is_inside) return real;
  // Not told apart: who may not scan there is not to learn what is there.
  return Status(StatusCode::kPermissionDenied, fmt::format("{} is no file or folder below what this service may scan",
                                                           JsonString(std::string_view(path).substr(0, kPathShown))));
}

ServerResponse ScanRoutes::Start(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  if (Status status = SeesAll(exchange); !status.ok()) return HttpFailure(status);
  auto request = ReadRequest(exchange.request().body());
  if (!request) return HttpFailure(request.error());
  if (request->paths.empty()) return HttpFailure(Wrong("paths says what to scan: one file or folder at least"));
  std::vector<std::string> arguments{"scan", "--json", "--store", parts_.store_path};
  if (!exchange.service().tenant().empty()) {
    arguments.insert(arguments.end(), {"--tenant", exchange.service().tenant()});
  }
  if (request->force) arguments.emplace_back("--force");
  // With the sign, so that none of them is taken for an option.
  for (const std::string& pattern : request->include) arguments.push_back("--include=" + pattern);
  for (const std::string& pattern : request->exclude) arguments.push_back("--exclude=" + pattern);
  arguments.emplace_back("--");
  for (const std::string& path : request->paths) {
    auto allowed = Allowed(path);
    if (!allowed) return HttpFailure(allowed.error());
    arguments.push_back(std::move(*allowed));
  }
  return exchange.Elsewhere([&] {
    const auto running = ReadScanStatus(*FileSystem::Default(), state_folder_);
    if (running && *running && (*running)->is_running) {
      return HttpFailure({StatusCode::kAlreadyExists, fmt::format("a scan runs already, as process {}: wait for it, or "
                                                                  "stop it",
                                                                  (*running)->pid)});
    }
    if (Status started = process_.Start(arguments); !started.ok()) return HttpFailure(started);
    return Json(StateJson() + "}", 202);
  });
}

ServerResponse ScanRoutes::Stop(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  if (Status status = SeesAll(exchange); !status.ok()) return HttpFailure(status);
  if (process_.Interrupt()) return Json(R"({"done":true})");
  return HttpFailure(Status(StatusCode::kFailedPrecondition, "no scan runs that this service began"));
}

ServerResponse ScanRoutes::Problems(Exchange& exchange) {
  ScanProblemsSpec spec;
  std::uint64_t limit = spec.limit;
  ParameterReader parameters(exchange.query());
  parameters.Flag("quarantined", spec.quarantined).Number("limit", kFilesMax, limit).Text("cursor", spec.cursor);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  spec.limit = std::max<std::uint64_t>(limit, 1);
  spec.tenant = exchange.service().tenant();
  return exchange.Elsewhere([&] {
    const auto found = FindScanProblems(*exchange.service().repository(), spec);
    if (!found) return HttpFailure(found.error());
    std::string list;
    for (const ScanProblem& problem : found->problems) list += (list.empty() ? "" : ",") + ScanProblemJson(problem);
    const std::string cursor = found->cursor.empty() ? "" : ",\"cursor\":" + JsonString(found->cursor);
    return Json("{\"files\":[" + list + "]" + cursor + "}");
  });
}

ServerResponse ScanRoutes::Slow(Exchange& exchange) {
  std::uint64_t limit = 20;
  ParameterReader parameters(exchange.query());
  parameters.Number("limit", kFilesMax, limit);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  if (Status status = SeesAll(exchange); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    const auto files = SlowestFiles(state_folder_, limit);
    if (!files && files.error().code() != StatusCode::kNotFound) return HttpFailure(files.error());
    std::string list;
    if (files) {
      for (const SlowFile& file : *files) list += (list.empty() ? "" : ",") + SlowFileJson(file);
    }
    return Json("{\"files\":[" + list + "]}");
  });
}

}  // namespace cairn
