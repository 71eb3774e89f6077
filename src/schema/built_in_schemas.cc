#include "schema/built_in_schemas.h"

#include <algorithm>
#include <array>

namespace cairn {
namespace {

// Fields that a schema does not name may always be added.
constexpr std::array kBuiltIn = {
    BuiltInSchema{"ingestion_volume",
                  R"({"title":"How much came in","type":"object","required":["row_count"],"properties":{
"row_count":{"type":"integer","minimum":0,"description":"Rows that came"},
"byte_count":{"type":"integer","minimum":0,"description":"Their bytes"},
"file_count":{"type":"integer","minimum":0,"description":"Files that they came in"},
"rejected_count":{"type":"integer","minimum":0,"description":"Rows that were not taken"},
"partition":{"type":"string","description":"The part that they belong to"},
"window_start":{"type":"string","format":"date-time","description":"The time that they are of: from, inclusive"},
"window_end":{"type":"string","format":"date-time","description":"Until, exclusive"}}})"},
    BuiltInSchema{"ingestion_runtime",
                  R"({"title":"How long it took","type":"object","required":["duration_ms"],"properties":{
"duration_ms":{"type":"number","minimum":0,"description":"Milliseconds from begin to end"},
"started_at":{"type":"string","format":"date-time","description":"When it began"},
"ended_at":{"type":"string","format":"date-time","description":"When it ended"},
"status":{"enum":["completed","failed","aborted"],"description":"How it ended"},
"attempts":{"type":"integer","minimum":1,"description":"How often it was tried"},
"error":{"type":"string","description":"Why it failed"}}})"},
    BuiltInSchema{"recon_result",
                  R"({"title":"Whether two counts of the same agree","type":"object","required":["check","passed"],
"properties":{
"check":{"type":"string","minLength":1,"description":"What is compared"},
"passed":{"type":"boolean","description":"Whether it is as it should be"},
"expected":{"type":["number","null"],"description":"What one side says"},
"actual":{"type":["number","null"],"description":"What the other says"},
"difference":{"type":["number","null"],"description":"actual - expected"},
"tolerance":{"type":"number","minimum":0,"description":"How much it may be"},
"source":{"type":"string","description":"The one side: a node"},
"message":{"type":"string","description":"In words"}}})"},
    BuiltInSchema{"schema_snapshot",
                  R"({"title":"The fields of a dataset","type":"object","required":["fields"],"properties":{
"fields":{"$ref":"#/definitions/fields"},
"primary_key":{"type":"array","items":{"type":"string"},"description":"Names of fields"},
"fingerprint":{"type":"string","description":"Equal for equal structures"}},
"definitions":{"fields":{"type":"array","description":"In their order","items":{"type":"object","required":["name"],"properties":{
"name":{"type":"string","minLength":1},"type":{"type":"string","description":"As the source calls it"},
"nullable":{"type":"boolean"},"description":{"type":"string"},
"ordinal_position":{"type":"integer","minimum":0},"fields":{"$ref":"#/definitions/fields"}}}}}})"},
    BuiltInSchema{"statistics_snapshot", R"({"title":"Figures about a dataset","type":"object","properties":{
"row_count":{"type":"integer","minimum":0},"byte_count":{"type":"integer","minimum":0},
"file_count":{"type":"integer","minimum":0},
"columns":{"type":"object","description":"By name","additionalProperties":{"type":"object","properties":{
"null_count":{"type":"integer","minimum":0},"distinct_count":{"type":"integer","minimum":0},
"count":{"type":"integer","minimum":0},"sum":{"type":"number"},"mean":{"type":"number"},
"stddev":{"type":"number","minimum":0},"min":{"type":["number","string","boolean","null"]},
"max":{"type":["number","string","boolean","null"]},
"quantiles":{"type":"object","additionalProperties":{"type":"number"}}}}}}})"},
    BuiltInSchema{"catalog_diff", R"({"title":"What came, went and changed in a catalog","type":"object",
"required":["added","removed","changed"],"properties":{
"added":{"type":"array","items":{"type":"string"},"description":"Names of what came"},
"removed":{"type":"array","items":{"type":"string"},"description":"Of what went"},
"changed":{"type":"array","description":"Of what is otherwise than before","items":{"type":"object","required":["name"],
"properties":{"name":{"type":"string"},"what":{"type":"string","description":"In words"}}}},
"before":{"type":"string","description":"The fingerprint before"},
"after":{"type":"string","description":"The fingerprint since"}}})"},
    BuiltInSchema{"lineage_edge",
                  R"({"title":"An edge that somebody declares","type":"object","required":["from"],"properties":{
"from":{"$ref":"#/definitions/node"},"to":{"$ref":"#/definitions/node"},
"type":{"type":"string","description":"reads, writes, derives, triggers, influences, contains; by the nodes, unless given"},
"transformation":{"type":"object","properties":{"type":{"type":"string"},"subtype":{"type":"string"},
"description":{"type":"string"},"masking":{"type":"boolean"}}},
"priority":{"type":"integer","minimum":-2147483648,"maximum":2147483647},
"valid_from":{"type":"string","description":"Since when; produced_at, unless given"},
"valid_to":{"type":"string","description":"Until when"},
"_deleted":{"type":"boolean","description":"It is taken back"}},
"definitions":{"node":{"description":"A node id, or its parts","anyOf":[{"type":"string","minLength":1},
{"type":"object","required":["name"],"properties":{"type":{"type":"string"},"namespace":{"type":"string"},
"name":{"type":"string","minLength":1},"field":{"type":"string"}}}]}}})"},
    BuiltInSchema{"metadata", R"({"title":"Fields of a node's metadata; null takes one back","type":"object",
"propertyNames":{"minLength":1}})"},
    BuiltInSchema{"contents",
                  R"({"title":"What is in it: all of it","type":"object","required":["contains"],"properties":{
"contains":{"type":"array","description":"Node ids","items":{"anyOf":[{"type":"string","minLength":1},
{"type":"object","required":["name"]}]}}}})"},
    BuiltInSchema{"book", R"({"title":"One book of sound","type":"object","required":["files"],"properties":{
"files":{"type":"array","description":"Node ids of its files","items":{"anyOf":[{"type":"string","minLength":1},
{"type":"object","required":["name"]}]}},
"values":{"type":"object","description":"By field"},
"sources":{"type":"object","description":"Who says each field","additionalProperties":{"type":"array",
"items":{"type":"string"}}},
"chapters":{"type":"array","items":{"type":"object","properties":{"start_s":{"type":"number"},"end_s":{"type":"number"},
"title":{"type":"string"}}}}}})"},
};

}  // namespace

std::span<const BuiltInSchema> BuiltInSchemas() { return kBuiltIn; }

const BuiltInSchema* FindBuiltInSchema(std::string_view kind) {
  const auto* found = std::find_if(kBuiltIn.begin(), kBuiltIn.end(), [&](const auto& one) { return one.kind == kind; });
  return found == kBuiltIn.end() ? nullptr : found;
}

}  // namespace cairn
