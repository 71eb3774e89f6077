#include "base/json.h"
#include "cairn/record.h"

namespace cairn {
namespace {

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  if (out.back() != '{') out += ',';
  AppendJsonString(out, name);
  out += ':';
  AppendJsonString(out, text);
}

void AppendRaw(std::string& out, std::string_view name, std::string_view json) {
  if (out.back() != '{') out += ',';
  AppendJsonString(out, name);
  out += ':';
  out += json;
}

}  // namespace

std::string RecordDraft::ToJson() const {
  std::string context = "{";
  if (!run_id.empty()) AppendMember(context, "run_id", run_id);
  if (!job_id.empty()) AppendMember(context, "job_id", job_id);
  if (!context_namespace.empty()) AppendMember(context, "namespace", context_namespace);
  if (!target.tenant.empty()) AppendMember(context, "tenant", target.tenant);
  if (!environment.empty()) AppendMember(context, "environment", environment);
  if (context_extras.size() > 2) {
    if (context.back() != '{') context += ',';
    context.append(context_extras, 1, context_extras.size() - 2);
  }
  context += '}';

  std::string node = "{";
  if (!target.type.empty() && target.type != kTypeDataset) AppendMember(node, "type", target.type);
  AppendMember(node, "namespace", target.ns);
  AppendMember(node, "name", target.name);
  node += '}';

  std::string out = "{";
  AppendMember(out, "kind", kind);
  AppendRaw(out, "target", node);
  AppendMember(out, "produced_at", FormatTimestamp(produced_at));
  AppendMember(out, "producer_id", producer_id);
  if (!version.empty()) AppendMember(out, "version", version);
  if (context.size() > 2) AppendRaw(out, "context", context);
  AppendRaw(out, "payload", payload);
  if (!quality.empty()) AppendRaw(out, "quality", quality);
  if (!extras.empty()) AppendRaw(out, "extras", extras);
  out += '}';
  return out;
}

}  // namespace cairn
