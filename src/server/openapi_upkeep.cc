#include "server/openapi.h"

namespace cairn {
namespace {

constexpr std::string_view kCache = "Cache";
constexpr std::string_view kScans = "Scans";

}  // namespace

const std::vector<RouteDoc>& CacheAndScanRouteDocs() {
  static const std::vector<RouteDoc> docs = {
      {"GET", "/api/v1/cache", kCache, "What is kept of look-ups and answers, and what that saved", "CacheStats", ""},
      {"GET", "/api/v1/cache/entries", kCache, "Entries of look-ups, by key, page by page", "CacheEntries", ""},
      {"GET", "/api/v1/cache/entry", kCache, "One entry at each level, with its value", "CacheEntry", ""},
      {"POST", "/api/v1/cache/clear", kCache, "Remove entries, or make them stale", "CacheCleared", ""},
      {"GET", "/api/v1/cache/warm", kCache, "How far the warming is", "CacheWarming", ""},
      {"POST", "/api/v1/cache/warm", kCache, "Ask ahead: questions, one a line, or what was used most", "CacheWarming",
       "text/plain"},
      {"DELETE", "/api/v1/cache/warm", kCache, "End the warming that this service began", "Any", ""},
      {"GET", "/api/v1/scans", kScans, "How the scan is that runs, or the last one was, and those before", "Scans", ""},
      {"POST", "/api/v1/scans", kScans, "Scan files of the service's machine", "Scans", "ScanRequest"},
      {"DELETE", "/api/v1/scans/current", kScans, "Stop the scan that this service began", "Any", ""},
      {"GET", "/api/v1/scans/problems", kScans, "Files that could not be read, and why; quarantined ones",
       "ScanProblems", ""},
      {"GET", "/api/v1/scans/slow", kScans, "Files that took longest to read", "SlowFiles", ""},
  };
  return docs;
}

std::string_view CacheAndScanSchemas() {
  return R"(
"CacheReport":{"type":["object","null"],"required":["levels","operations","loads"],"properties":{
  "levels":{"type":"array","items":{"type":"object"}},"operations":{"type":"array","items":{"type":"object"}},
  "loads":{"type":"array","items":{"type":"object"}}}},
"CacheStats":{"type":"object","required":["lookups","answers"],"properties":{
  "lookups":{"$ref":"#/components/schemas/CacheReport"},"answers":{"$ref":"#/components/schemas/CacheReport"}}},
"CacheEntries":{"type":"object","required":["entries"],"properties":{"entries":{"type":"array","items":{"type":"object",
  "required":["key","operation","state","level","created","ttl_s","bytes"]}},"cursor":{"type":"string"}}},
"CacheEntry":{"type":"object","required":["levels"],"properties":{"levels":{"type":"array","items":{"type":"object",
  "required":["key","level","state","why"]}}}},
"CacheCleared":{"type":"object","required":["cleared"],"properties":{"cleared":{"type":"array",
  "items":{"type":"object","required":["what","verb","entries"]}}}},
"CacheWarming":{"type":"object","required":["warming"],"properties":{"warming":{"type":["object","null"],
  "required":["total","done","running","state"]}}},
"ScanRequest":{"type":"object","required":["paths"],"additionalProperties":false,"properties":{
  "paths":{"type":"array","minItems":1,"items":{"type":"string"}},"include":{"type":"array","items":{"type":"string"}},
  "exclude":{"type":"array","items":{"type":"string"}},"force":{"type":"boolean"}}},
"Scans":{"type":"object","required":["roots","can_stop","scan"],"properties":{
  "roots":{"type":"array","items":{"type":"string"}},"can_stop":{"type":"boolean"},
  "scan":{"type":["object","null"],"required":["state","running","roots","began_at","seconds"]},
  "recent":{"type":"array","items":{"$ref":"#/components/schemas/Fact"}},"last_error":{"type":"string"}}},
"ScanProblems":{"type":"object","required":["files"],"properties":{"files":{"type":"array","items":{"type":"object",
  "required":["path","node","seq","since","code","reason","quarantined"]}},"cursor":{"type":"string"}}},
"SlowFiles":{"type":"object","required":["files"],"properties":{"files":{"type":"array","items":{"type":"object",
  "required":["path","seconds","bytes"]}}}})";
}

}  // namespace cairn
