// Figures over facts, and what keeps a store in order.
#include <fmt/format.h>

#include <ostream>

#include "client/ask_for.h"

namespace cairn {
namespace {

// What reads the whole log.
constexpr std::chrono::milliseconds kAdminTimeout{3'600'000};
constexpr std::string_view kOps[] = {"count", "sum", "avg", "min", "max", "quantile"};
constexpr std::string_view kKeys[] = {"target", "kind", "run", "minute", "hour", "day", "week", "month"};

std::string MeasureText(const Measure& measure) {
  std::string out(kOps[static_cast<std::size_t>(measure.op)]);
  if (measure.op == Measure::Op::kQuantile) out += fmt::format(":{}", measure.quantile);
  if (measure.op == Measure::Op::kCount && measure.path.empty()) return out;
  return out + ":" + measure.path;
}

std::string GroupText(const GroupBy& by) {
  if (by.key == GroupBy::Key::kPath) return "path:" + by.path;
  return std::string(kKeys[static_cast<std::size_t>(by.key)]);
}

}  // namespace

Result<AggregateResult> RemoteRepository::Aggregate(const AggregateSpec& spec) {
  Parameters parameters;
  AddQuery(parameters, spec.where);
  for (const Measure& measure : spec.measures) parameters.Text("measure", MeasureText(measure));
  for (const GroupBy& by : spec.by) parameters.Text("by", GroupText(by));
  // The service has its own bound; less may be asked for.
  parameters.Number("memory", std::min(spec.memory_bytes, AggregateSpec().memory_bytes));
  return AskFor<AggregateResult>("aggregate", parameters, [](const ObjectReader& root) { return ReadAggregate(root); });
}

Result<RepositoryStats> RemoteRepository::Stats() {
  auto reply = Get("/api/v1/stats", options_.request_timeout);
  if (!reply) return reply.error();
  auto answer = JsonAnswer::Parse(*reply->body);
  return answer ? ReadStats(answer->root()) : answer.error();
}

Result<HttpReply> RemoteRepository::Admin(std::string_view name, bool is_post) {
  HttpCall call;
  call.path = fmt::format("/api/v1/admin/{}", name);
  call.is_post = is_post;
  call.content_type = "application/json";
  call.timeout = kAdminTimeout;
  return retrying_.Call(call, options_.store_patience);
}

Result<VerifyReport> RemoteRepository::Verify() {
  auto reply = Admin("verify", false);
  if (!reply) return reply.error();
  auto answer = JsonAnswer::Parse(*reply->body);
  return answer ? ReadVerify(answer->root()) : answer.error();
}

Status RemoteRepository::Rebuild() { return Admin("rebuild", true).status(); }

Status RemoteRepository::Seal() { return Admin("seal", true).status(); }

Status RemoteRepository::Dump(std::ostream& out) {
  auto reply = Admin("dump", false);
  if (!reply) return reply.error();
  out.write(reply->body->data(), static_cast<std::streamsize>(reply->body->size()));
  return Status::Ok();
}

}  // namespace cairn
