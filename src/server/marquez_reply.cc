#include "server/marquez_reply.h"

#include <fmt/format.h>

#include "base/json_fields.h"

namespace cairn {

ServerResponse MarquezJson(std::string body, int status) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

ServerResponse MarquezFailure(const Status& status) {
  const int code = HttpStatusOf(status.code());
  JsonFields fields;
  fields.Number("code", static_cast<std::uint64_t>(code)).Text("message", status.message());
  ServerResponse response = MarquezJson(fields.Done(), code);
  if (code == 503) response.Set("Retry-After", "1");
  return response;
}

ServerResponse MarquezElsewhere(Exchange& exchange, const MarquezAnswer& answer) {
  return exchange.Elsewhere([&] {
    auto json = answer(MarquezAsk(exchange));
    return json ? MarquezJson(std::move(*json)) : MarquezFailure(json.error());
  });
}

Status MarquezPage::Read(const HttpParameters& parameters) {
  ParameterReader reader(parameters);
  reader.Number("limit", kMost, limit).Number("offset", std::uint64_t{1} << 40, offset);
  return reader.FinishLeniently();
}

Result<EntityInfo> MarquezEntity(const MarquezAsk& ask, const NodeKey& node) {
  auto entity = ask.repository.Entity(node);
  if (entity && !entity->deleted) return entity;
  if (!entity && entity.error().code() != StatusCode::kNotFound) return entity;
  return Status(StatusCode::kNotFound,
                fmt::format("there is no {0} \"{1}\" in the namespace \"{2}\"{3}; "
                            "GET /api/v1/namespaces/{{namespace}}/{0}s lists those that are there",
                            node.type, node.name, node.ns, entity ? ": it was deleted" : ""));
}

}  // namespace cairn
