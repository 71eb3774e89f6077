#include <algorithm>
#include <array>

#include "server/openapi.h"

namespace cairn {
namespace {

constexpr std::string_view kRecords = "Records";
constexpr std::string_view kRuns = "Runs and nodes";
constexpr std::string_view kGraph = "Lineage";
constexpr std::string_view kOpenLineage = "OpenLineage";
constexpr std::string_view kKinds = "Kinds and schemas";
constexpr std::string_view kWebhooks = "Webhooks";
constexpr std::string_view kService = "The service";

struct Meaning {
  std::string_view name;
  std::string_view text;
};

constexpr std::array kMeanings = {
    Meaning{"after", "The later of two instants; now, unless given"},
    Meaning{"as_of", "The graph as it stood at this instant, in event time"},
    Meaning{"at", "When it happened; now, unless given"},
    Meaning{"before", "The earlier of two instants"},
    Meaning{"by", "Groups: target, kind, run, minute to month, or a path"},
    Meaning{"cursor", "Where the page before ended"},
    Meaning{"dataset", "A dataset of the namespace"},
    Meaning{"deleted", "Deleted ones too"},
    Meaning{"depth", "Hops at most"},
    Meaning{"destination", "Where it leads to: a node"},
    Meaning{"direction", "upstream: what it is made of; downstream: what is made of it"},
    Meaning{"edge", "Types of edges: reads, writes, derives, triggers, influences, renames, contains, same"},
    Meaning{"exclude", "Globs over node ids: such nodes are not entered"},
    Meaning{"expire", "Makes them stale instead: they are served while their source is down"},
    Meaning{"field", "A field of the dataset"},
    Meaning{"filter", "The filter language, for example payload.row_count > 10"},
    Meaning{"form", "sent: facts as they were sent; logged: as the log keeps them"},
    Meaning{"from", "Since then, inclusive"},
    Meaning{"from_seq", "The first record that is told, by its sequence number"},
    Meaning{"glob", "Nodes whose id this describes: * any text, ? one character"},
    Meaning{"id", "A run"},
    Meaning{"job", "A job: its name, or its node id"},
    Meaning{"key", "The text of a key, as entries list it"},
    Meaning{"kind", "Kinds of facts"},
    Meaning{"known_at", "Only by what had been ingested by then"},
    Meaning{"lastRunStates", "Only jobs whose newest run is in one of these states"},
    Meaning{"level", "What the nodes of the answer are"},
    Meaning{"limit", "How many at most"},
    Meaning{"match", "How target is meant"},
    Meaning{"measure", "count, sum:PATH, avg:PATH, min:PATH, max:PATH, quantile:0.95:PATH"},
    Meaning{"memory", "Bytes that groups may take"},
    Meaning{"name", "A webhook's name"},
    Meaning{"namespace", "A namespace"},
    Meaning{"node", "A node: its id, or a part of its name that only it has"},
    Meaning{"nodeId", "A node as Marquez spells it: dataset:NAMESPACE:NAME, nothing escaped"},
    Meaning{"nodes", "Nodes at most; more are told by partial"},
    Meaning{"offset", "How many are passed over"},
    Meaning{"only", "Globs over node ids: others are gone through and not told"},
    Meaning{"order", "The newest or the oldest first"},
    Meaning{"owner", "An owner"},
    Meaning{"period", "DAY or WEEK"},
    Meaning{"predicted", "What is likely to be asked again before it expires"},
    Meaning{"prefix", "Nodes whose id begins so"},
    Meaning{"producer", "Who says so"},
    Meaning{"q", "A text that the id contains"},
    Meaning{"quarantined", "Only files that ended their workers"},
    Meaning{"rule", "How a field is inherited: owners=union, sla=replace, tags=never"},
    Meaning{"run", "A run's id, or its beginning"},
    Meaning{"runId", "A run"},
    Meaning{"select",
            "Which entries: all, stale, source:S, operation:S:O, user:U, tag:T, key:K, prefix:P, pattern:GLOB"},
    Meaning{"seq", "A sequence number"},
    Meaning{"shortest", "The shortest paths alone"},
    Meaning{"sort", "NAME or UPDATE_AT"},
    Meaning{"sortDirection", "asc or desc, by time"},
    Meaning{"source", "Where it begins: a node"},
    Meaning{"state", "The state of a run"},
    Meaning{"tag", "A tag"},
    Meaning{"target", "What it is about: a node"},
    Meaning{"tenant", "A tenant, where nobody is asked for a token"},
    Meaning{"timezone", "Whose days: a name of the IANA database"},
    Meaning{"type", "Of what: a type of nodes; of facets, run or job"},
    Meaning{"unit", "What a hop is: each edge, or each dataset"},
    Meaning{"until", "Until then, exclusive"},
    Meaning{"used", "The keys that were asked for most, so many"},
    Meaning{"version", "A version of it"},
    Meaning{"wait_ms", "How long to wait where nothing is there yet"},
    Meaning{"withDownstream", "What depends on it as well"},
};

}  // namespace

const std::vector<RouteDoc>& RouteDocs() {
  static const std::vector<RouteDoc> own = {
      {"POST", "/api/v1/records", kRecords, "Store one record, an array, or JSON lines", "StoreResult", "Records"},
      {"GET", "/api/v1/records", kRecords, "Records that match, page by page", "FactPage", ""},
      {"GET", "/api/v1/records/latest", kRecords, "The newest fact of a kind about a node", "Fact", ""},
      {"GET", "/api/v1/records/history", kRecords, "All facts of a kind about a node", "FactPage", ""},
      {"GET", "/api/v1/records/tail", kRecords, "Records in the order of the log, waiting for more (long poll)",
       "FactPage", ""},
      {"GET", "/api/v1/records/live", kRecords,
       "Records as they come (server-sent events); Last-Event-ID goes on where a connection broke", "text/event-stream",
       ""},
      {"GET", "/api/v1/records/{seq}", kRecords, "One record", "Fact", ""},
      {"GET", "/api/v1/runs", kRuns, "Runs, the newest first", "Runs", ""},
      {"GET", "/api/v1/runs/{run}", kRuns, "One run", "Run", ""},
      {"GET", "/api/v1/runs/{run}/records", kRuns, "What a run said", "FactPage", ""},
      {"GET", "/api/v1/nodes", kRuns, "Nodes by a part of their id", "Nodes", ""},
      {"GET", "/api/v1/nodes/{node}", kRuns, "One node: its kinds, owners, tags", "Node", ""},
      {"GET", "/api/v1/things", kRuns, "What a person seeks: the best matches of a name first", "Things", ""},
      {"GET", "/api/v1/graph/lineage", kGraph, "Where it comes from, and what it leads to", "Graph", ""},
      {"GET", "/api/v1/graph/impact", kGraph, "What must be made anew if this changes, in order", "Graph", ""},
      {"GET", "/api/v1/graph/paths", kGraph, "How one leads to another", "Paths", ""},
      {"GET", "/api/v1/graph/shared", kGraph, "What several have in common upstream", "Shared", ""},
      {"GET", "/api/v1/graph/diff", kGraph, "What came, went and changed between two instants", "Diff", ""},
      {"GET", "/api/v1/graph/why", kGraph, "The facts that state an edge", "Why", ""},
      {"GET", "/api/v1/graph/inherit", kGraph, "Metadata, merged over all that it is made of", "Inherited", ""},
      {"POST", "/api/v1/lineage", kOpenLineage, "Take one event", "", "Event"},
      {"POST", "/api/v1/lineage/batch", kOpenLineage, "Take an array of events", "BatchResult", "Events"},
      {"GET", "/api/v1/kinds", kKinds, "Kinds that have a schema", "Kinds", ""},
      {"GET", "/api/v1/kinds/{kind}", kKinds, "The newest schema of a kind", "Kind", ""},
      {"GET", "/api/v1/kinds/{kind}/versions/{version}", kKinds, "A schema at one version", "Kind", ""},
      {"PUT", "/api/v1/kinds/{kind}", kKinds, "Register a schema (JSON Schema draft 7), or set its mode", "Kind",
       "KindRequest"},
      {"POST", "/api/v1/kinds/{kind}/validate", kKinds, "Hold a payload against the schema; nothing is stored",
       "Validation", "Any"},
      {"GET", "/api/v1/webhooks", kWebhooks, "Webhooks, and how far each has got", "Webhooks", ""},
      {"POST", "/api/v1/webhooks", kWebhooks, "Make one; its secret is told this once", "Webhook", "WebhookRequest"},
      {"GET", "/api/v1/webhooks/{name}", kWebhooks, "One webhook", "Webhook", ""},
      {"PATCH", "/api/v1/webhooks/{name}", kWebhooks, "Pause it, or let it go on", "Webhook", "WebhookStateRequest"},
      {"DELETE", "/api/v1/webhooks/{name}", kWebhooks, "Delete it, and its secret", "Any", ""},
      {"GET", "/api/v1/webhooks/{name}/dead-letters", kWebhooks, "Deliveries that were given up", "DeadLetters", ""},
      {"POST", "/api/v1/webhooks/{name}/retry", kWebhooks, "Send what was given up once more: one, or all", "Any",
       "WebhookRetry"},
      {"POST", "/api/v1/webhooks/{name}/test", kWebhooks, "Send a ping now, and tell what was answered", "Any", ""},
      {"GET", "/health/live", kService, "Whether the process answers", "Health", ""},
      {"GET", "/health/ready", kService, "Whether the store answers", "Health", ""},
      {"GET", "/metrics", kService, "What the service counts, for Prometheus", "text/plain", ""},
      {"GET", "/openapi.json", kService, "This document", "Any", ""},
      {"GET", "/docs", kService, "The same for people", "text/html", ""},
  };
  static const std::vector<RouteDoc> docs = [] {
    std::vector<RouteDoc> all = own;
    all.insert(all.end(), RepositoryRouteDocs().begin(), RepositoryRouteDocs().end());
    all.insert(all.end(), CacheAndScanRouteDocs().begin(), CacheAndScanRouteDocs().end());
    all.insert(all.end(), MarquezRouteDocs().begin(), MarquezRouteDocs().end());
    return all;
  }();
  return docs;
}

std::string_view ParameterMeaning(std::string_view name) {
  const auto* found =
      std::find_if(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) { return meaning.name == name; });
  return found == kMeanings.end() ? std::string_view() : found->text;
}

std::string_view OpenApiSchemas() {
  return R"(
"Any":{},
"MarquezBody":{"type":"object"},
"Error":{"type":"object","required":["error"],"properties":{"error":{"type":"object","required":["code","message"],
  "properties":{"code":{"type":"string"},"message":{"type":"string"}}}}},
"MarquezError":{"anyOf":[{"$ref":"#/components/schemas/Error"},{"type":"object","required":["code","message"],
  "properties":{"code":{"type":"integer"},"message":{"type":"string"}}}]},
"Health":{"type":"object","required":["status"],"properties":{"status":{"type":"string"}}},
"Time":{"type":"string","format":"date-time"},
"NodeId":{"type":"string","description":"type:namespace:name, or type:namespace:name:part; % and : inside are escaped"},
"Record":{"type":"object","required":["kind","target","produced_at","producer_id","payload"],"properties":{
  "kind":{"type":"string","minLength":1},"target":{"type":"object"},"produced_at":{"type":"string"},
  "producer_id":{"type":"string","minLength":1},"payload":{},"context":{"type":["object","null"]}}},
"Records":{"anyOf":[{"$ref":"#/components/schemas/Record"},{"$ref":"#/components/schemas/Event"},
  {"type":"array","minItems":1,"items":{"$ref":"#/components/schemas/Record"}}]},
"Stored":{"type":"object","properties":{"seq":{"type":"integer"},"known":{"type":"boolean"},"error":{"type":"object"},
  "warning":{"type":"string"}}},
"Kind":{"type":"object","required":["kind","version","mode","compatibility"],"properties":{"kind":{"type":"string"},
  "version":{"type":"integer"},"mode":{"type":"string"},"compatibility":{"type":"string"},"changed_by":{"type":"string"},
  "changed_at":{"type":["string","null"]},"schema":{"type":["object","boolean"]}}},
"Kinds":{"type":"object","required":["kinds"],"properties":{"kinds":{"type":"array",
  "items":{"$ref":"#/components/schemas/Kind"}}}},
"KindRequest":{"type":"object","additionalProperties":false,"minProperties":1,"properties":{
  "schema":{"type":["object","boolean"]},"mode":{"enum":["strict","warn","off"]},
  "compatibility":{"enum":["backward","none"]}}},
"Webhook":{"type":"object","required":["name","id","url","state","position","lag","dead_letters"],"properties":{
  "name":{"type":"string"},"id":{"type":"string"},"tenant":{"type":"string"},"url":{"type":"string"},
  "state":{"enum":["active","paused","off"]},"position":{"type":"integer"},"lag":{"type":"integer"},
  "dead_letters":{"type":"integer"},"last_status":{"type":"integer"},"last_error":{"type":"string"},
  "secret":{"type":"string","description":"Once, where it was made"}}},
"Webhooks":{"type":"object","required":["webhooks"],"properties":{"webhooks":{"type":"array",
  "items":{"$ref":"#/components/schemas/Webhook"}}}},
"WebhookRequest":{"type":"object","additionalProperties":false,"required":["name","url"],"properties":{
  "name":{"type":"string","pattern":"^[A-Za-z0-9_.-]{1,64}$"},
  "url":{"type":"string","description":"https, or http to this machine"},
  "kinds":{"type":"array","items":{"type":"string","minLength":1}},"prefix":{"type":"string"},"filter":{"type":"string"},
  "from":{"anyOf":[{"enum":["now","beginning"]},{"type":"integer","minimum":1}]},
  "secret":{"type":"string","pattern":"^whsec_"},"batch_records":{"type":"integer","minimum":1,"maximum":10000},
  "attempts":{"type":"integer","minimum":1,"maximum":1000},"timeout_ms":{"type":"integer","minimum":1,"maximum":120000},
  "allow_plain":{"type":"boolean"}}},
"WebhookStateRequest":{"type":"object","additionalProperties":false,"required":["state"],"properties":{
  "state":{"enum":["active","paused"]}}},
"WebhookRetry":{"anyOf":[{"type":"object","additionalProperties":false,"required":["id"],"properties":{
  "id":{"type":"string"}}},{"type":"object","additionalProperties":false,"required":["all"],"properties":{
  "all":{"const":true}}}]},
"DeadLetters":{"type":"object","required":["dead_letters"],"properties":{"dead_letters":{"type":"array","items":{
  "type":"object","required":["id","first_seq","last_seq","records","attempts","status","reason","state"],"properties":{
  "id":{"type":"string"},"first_seq":{"type":"integer"},"last_seq":{"type":"integer"},"records":{"type":"integer"},
  "attempts":{"type":"integer"},"status":{"type":"integer"},"reason":{"type":"string"},
  "state":{"enum":["dead","retry"]}}}}}},
"Validation":{"type":"object","required":["valid","violations"],"properties":{"valid":{"type":"boolean"},
  "violations":{"type":"array","items":{"type":"object","required":["pointer","message"],"properties":{
  "pointer":{"type":"string"},"message":{"type":"string"}}}}}},
"StoreResult":{"anyOf":[{"$ref":"#/components/schemas/Stored"},{"type":"object",
  "required":["stored","known","refused","results"],"properties":{"stored":{"type":"integer"},"known":{"type":"integer"},
  "refused":{"type":"integer"},"results":{"type":"array","items":{"$ref":"#/components/schemas/Stored"}}}}]},
"Fact":{"type":"object","required":["seq","ingested_at","record"],"properties":{"seq":{"type":"integer","minimum":1},
  "ingested_at":{"$ref":"#/components/schemas/Time"},"record":{"type":"object"}}},
"FactPage":{"type":"object","required":["facts","damaged","withheld"],"properties":{
  "facts":{"type":"array","items":{"$ref":"#/components/schemas/Fact"}},"damaged":{"type":"integer"},
  "withheld":{"type":"integer","description":"Facts that name what the token may not see"},
  "cursor":{"type":"string"},"next_seq":{"type":"integer"}}},
"Run":{"type":"object","required":["run_id","job","state","records"],"properties":{"run_id":{"type":"string"},
  "job":{"type":["string","null"]},"state":{"type":"string"},"records":{"type":"integer"}}},
"Runs":{"type":"object","required":["runs"],"properties":{"runs":{"type":"array",
  "items":{"$ref":"#/components/schemas/Run"}}}},
"Nodes":{"type":"object","required":["nodes"],"properties":{"nodes":{"type":"array",
  "items":{"$ref":"#/components/schemas/NodeId"}}}},
"Node":{"type":"object","required":["node","kinds","facts"],"properties":{"node":{"$ref":"#/components/schemas/NodeId"},
  "kinds":{"type":"array","items":{"type":"string"}},"facts":{"type":"integer"},
  "owners":{"type":"array","items":{"type":"string"}},"tags":{"type":"array","items":{"type":"string"}}}},
"Things":{"type":"object","required":["things","total","partial"],"properties":{"things":{"type":"array",
  "items":{"$ref":"#/components/schemas/Node"}},"total":{"type":"integer","description":"That were found"},
  "partial":{"type":"boolean","description":"There are more"}}},
"GraphNode":{"type":"object","required":["node","hops"],"properties":{"node":{"$ref":"#/components/schemas/NodeId"},
  "hops":{"type":"integer"},"hidden":{"type":"boolean"}}},
"Edge":{"type":"object","required":["from","to","type"],"properties":{"from":{"$ref":"#/components/schemas/NodeId"},
  "to":{"$ref":"#/components/schemas/NodeId"},"type":{"type":"string"}}},
"Graph":{"type":"object","required":["nodes","edges","cycles","partial"],"properties":{
  "nodes":{"type":"array","items":{"$ref":"#/components/schemas/GraphNode"}},
  "edges":{"type":"array","items":{"$ref":"#/components/schemas/Edge"}},"cycles":{"type":"array"},
  "partial":{"type":"boolean"},"hidden":{"type":"integer"},"ranks":{"type":"array","items":{"type":"integer"}}}},
"Paths":{"type":"object","required":["paths","partial"],"properties":{"paths":{"type":"array","items":{"type":"array",
  "items":{"$ref":"#/components/schemas/Edge"}}},"partial":{"type":"boolean"},"hidden":{"type":"integer"}}},
"Shared":{"type":"object","required":["ancestors","total"],"properties":{"ancestors":{"type":"array",
  "items":{"$ref":"#/components/schemas/GraphNode"}},"total":{"type":"integer"},"hidden":{"type":"integer"}}},
"Diff":{"type":"object","required":["nodes","edges","partial"],"properties":{"nodes":{"type":"array"},
  "edges":{"type":"array"},"partial":{"type":"boolean"},"hidden":{"type":"integer"}}},
"Why":{"type":"object","required":["spans","reasons","total"],"properties":{"spans":{"type":"array"},
  "reasons":{"type":"array"},"total":{"type":"integer"},"withheld":{"type":"integer"}}},
"Inherited":{"type":"object","required":["node","own","inherited","blocked"],"properties":{
  "node":{"$ref":"#/components/schemas/NodeId"},"own":{"type":"array"},"inherited":{"type":"array"},
  "blocked":{"type":"array","items":{"type":"string"}},"hidden":{"type":"integer"}}},
"Facets":{"description":"An object of facets by name; what is none is passed over"},
"EventDataset":{"type":"object","required":["namespace","name"],"properties":{
  "namespace":{"$ref":"#/components/schemas/Word"},"name":{"$ref":"#/components/schemas/Word"},
  "facets":{"$ref":"#/components/schemas/Facets"},"inputFacets":{"$ref":"#/components/schemas/Facets"},
  "outputFacets":{"$ref":"#/components/schemas/Facets"}}},
"Word":{"type":"string","minLength":1},
"Event":{"type":"object","required":["eventTime","producer"],
  "anyOf":[{"required":["job"]},{"required":["dataset"]}],"dependentRequired":{"run":["job"]},"properties":{
  "eventType":{"enum":["START","RUNNING","COMPLETE","ABORT","FAIL","OTHER"]},
  "eventTime":{"$ref":"#/components/schemas/Time"},"producer":{"$ref":"#/components/schemas/Word"},
  "schemaURL":{"$ref":"#/components/schemas/Word"},"run":{"type":"object","required":["runId"],
  "properties":{"runId":{"type":"string","format":"uuid"},"facets":{"$ref":"#/components/schemas/Facets"}}},
  "job":{"type":"object","required":["namespace","name"],"properties":{"namespace":{"$ref":"#/components/schemas/Word"},
  "name":{"$ref":"#/components/schemas/Word"},"facets":{"$ref":"#/components/schemas/Facets"}}},
  "dataset":{"$ref":"#/components/schemas/EventDataset"},
  "inputs":{"type":["array","null"],"items":{"$ref":"#/components/schemas/EventDataset"}},
  "outputs":{"type":["array","null"],"items":{"$ref":"#/components/schemas/EventDataset"}}}},
"Events":{"type":"array","items":{"$ref":"#/components/schemas/Event"}},
"BatchResult":{"type":"object","required":["status","summary","failed_events"],"properties":{
  "status":{"type":"string"},"summary":{"type":"object"},"failed_events":{"type":"array"}}})";
}

}  // namespace cairn
