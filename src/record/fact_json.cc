#include "record/fact_json.h"

#include <fmt/format.h>

namespace cairn {

Status AppendFactJson(std::string& out, const Fact& fact) {
  auto sent = fact.AsSent();
  if (!sent) return sent.error();
  out += fmt::format("{{\"seq\":{},\"ingested_at\":\"{}\",\"record\":", fact.seq().value,
                     FormatTimestamp(fact.ingested_at()));
  out += *sent;
  out += '}';
  return Status::Ok();
}

}  // namespace cairn
