#include "access/admission.h"

#include <fmt/format.h>

#include "access/tokens.h"
#include "base/contains.h"
#include "base/json.h"
#include "record/json_scan.h"

namespace cairn {
namespace {

Status Denied(std::string message) { return {StatusCode::kPermissionDenied, std::move(message)}; }

/// A record's bytes, minified, with that tenant in its context.
std::string WithTenant(std::string_view json, std::string_view tenant) {
  std::string_view context;
  JsonCursor cursor(json);
  WalkObject(cursor, [&](std::string_view key) {
    return KeyIs(key, "context") ? TakeValue(cursor, &context) && false : SkipValue(cursor);
  });
  std::string member = "\"tenant\":";
  AppendJsonString(member, tenant);
  if (context.empty()) return "{\"context\":{" + member + "}," + std::string(json.substr(1));
  const auto at = static_cast<std::size_t>(context.data() - json.data());
  const std::string_view rest = json.substr(at + context.size());
  if (!context.starts_with('{')) return fmt::format("{}{{{}}}{}", json.substr(0, at), member, rest);
  return fmt::format("{}{{{}{}{}{}", json.substr(0, at), member, context == "{}" ? "" : ",", context.substr(1), rest);
}

}  // namespace

Admission::Admission(std::shared_ptr<const Grant> grant, Repository& runs, const ParseLimits& limits)
    : grant_(std::move(grant)), runs_(runs), limits_(limits) {}

Result<std::string_view> Admission::Admit(std::string_view json) {
  // Nearly all that is sent needs no second look.
  if (grant_ == nullptr && !JsonMayContain(json, kSystemTenant)) return json;
  const bool is_default = grant_ != nullptr && grant_->is_whole() && grant_->tenant.empty();
  if (is_default && !JsonMayContain(json, "\"tenant\"")) return json;
  return Check(json);
}

Result<std::string_view> Admission::Check(std::string_view json) {
  static thread_local RecordParser parser;
  static thread_local ParsedBatch batch;
  parser.SetLimits(limits_);
  batch.Clear();
  if (!parser.Parse(json, batch).ok()) return json;
  const ParsedRecord& record = batch.records.front();
  const std::string_view tenant = record.target.tenant;
  if (tenant == kSystemTenant) return Denied(fmt::format("context.tenant: {} is the service's own", kSystemTenant));
  if (grant_ == nullptr) return json;
  if (!tenant.empty() && tenant != grant_->tenant) {
    return Denied(fmt::format("context.tenant: the token is of the tenant \"{}\", not \"{}\"", grant_->tenant, tenant));
  }
  const GrantVisibility sees(*grant_);
  if (!sees.SeesKind(record.kind)) return Denied(fmt::format("the token may not state the kind {}", record.kind));
  const auto may_state = [&](const NodeView& node) {
    return sees.Sees({grant_->tenant, node.type, node.ns, node.name, node.part});
  };
  if (!may_state(record.target)) {
    return Denied(fmt::format("the token may state nothing about {}", NodeId(record.target)));
  }
  // The newest event says whose a run is: nobody takes one over whose job he may not see.
  if (record.form == Form::kRunEvent && !grant_->namespaces.empty() && !record.run_id.empty()) {
    const auto run = runs_.Run(grant_->tenant, record.run_id);
    if (run && !run->job.name.empty() && !sees.Sees(run->job))
      return Denied(fmt::format("the run {} is of another job", record.run_id));
  }
  if (record.form == Form::kRecord && record.event != nullptr) {
    for (const NodeView& node : record.event->nodes) {
      if (!may_state(node)) return Denied(fmt::format("the token may state no edge of {}", NodeId(node)));
    }
  }
  if (tenant == grant_->tenant) return json;
  changed_ = record.form == Form::kRecord
                 ? WithTenant(record.json, grant_->tenant)
                 : fmt::format(R"({{"kind":"openlineage.event","context":{{"tenant":{}}},"payload":{}}})",
                               JsonString(grant_->tenant), json);
  return std::string_view(changed_);
}

void AdmittedBatch::Fill(std::span<Result<Stored>> stored) {
  for (std::size_t i = 0; i < slots.size(); ++i) results[slots[i]] = std::move(stored[i]);
}

AdmittedBatch AdmitAll(Admission& admission, std::span<const std::string_view> jsons) {
  AdmittedBatch out;
  out.results.assign(jsons.size(), Result<Stored>(Stored{}));
  out.admitted.reserve(jsons.size());
  out.slots.reserve(jsons.size());
  for (std::size_t i = 0; i < jsons.size(); ++i) {
    auto one = admission.Admit(jsons[i]);
    if (!one) {
      out.results[i] = one.error();
      continue;
    }
    if (one->data() != jsons[i].data()) one = std::string_view(out.changed.emplace_back(*one));
    out.admitted.push_back(*one);
    out.slots.push_back(i);
  }
  return out;
}

}  // namespace cairn
