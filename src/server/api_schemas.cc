#include <fmt/format.h>
#include <simdjson.h>

#include <limits>

#include "base/json.h"
#include "schema/schema_program.h"
#include "schema/schema_registry.h"
#include "server/api.h"
#include "server/parameters.h"

namespace cairn {
namespace {

Clock& ClockOf(const Api::Options& options) {
  return options.access.clock == nullptr ? *Clock::Default() : *options.access.clock;
}

bool SeesKind(const Exchange& exchange, const std::string& kind) {
  const auto& grant = exchange.principal().grant;
  return grant == nullptr || GrantVisibility(*grant).SeesKind(kind);
}

Status NoKind(const std::string& kind) {
  return {StatusCode::kNotFound, fmt::format("the kind \"{}\" has no schema", kind)};
}

/// A schema concerns all records of its kind, so that who may state only some of them may not set it.
Status MayRegister(const Exchange& exchange, const std::string& kind) {
  const auto& grant = exchange.principal().grant;
  if (grant == nullptr || (grant->namespaces.empty() && SeesKind(exchange, kind))) return Status::Ok();
  return {StatusCode::kPermissionDenied,
          fmt::format("the token may not register a schema of {}: it is narrowed", kind)};
}

std::string ChangedBy(const Exchange& exchange) {
  const auto& token = exchange.principal().token;
  return token == nullptr ? "anybody" : fmt::format("token {} ({})", token->id, token->name);
}

Result<SchemaRegistry::Request> ReadRequest(std::string_view body) {
  const auto wrong = [](std::string what) { return Status(StatusCode::kInvalidArgument, std::move(what)); };
  simdjson::dom::parser parser;
  simdjson::dom::object members;
  if (parser.parse(body.data(), body.size(), true).get_object().get(members) != simdjson::SUCCESS)
    return wrong("the body is an object with schema, mode and compatibility");
  SchemaRegistry::Request out;
  for (const auto [key, value] : members) {
    std::string_view text;
    const bool is_text = value.get_string().get(text) == simdjson::SUCCESS;
    if (key == "schema") {
      out.schema = simdjson::minify(value);
    } else if (key == "mode" && is_text) {
      auto mode = ParseSchemaMode(text);
      if (!mode) return mode.error();
      out.mode = *mode;
    } else if (key == "compatibility" && is_text) {
      auto compatibility = ParseSchemaCompatibility(text);
      if (!compatibility) return compatibility.error();
      out.compatibility = *compatibility;
    } else {
      return wrong(fmt::format("\"{}\": the body is an object with schema, mode and compatibility", key));
    }
  }
  if (out.schema.empty() && !out.mode && !out.compatibility)
    return wrong("the body has neither schema, mode nor compatibility");
  return out;
}

ServerResponse KindResponse(const Result<SchemaInfo>& info) {
  if (!info) return HttpFailure(info.error());
  ServerResponse response;
  response.body = SchemaInfoJson(*info);
  return response;
}

}  // namespace

void Api::AddSchemas() {
  const auto registry_of = [this](const Exchange& exchange) {
    return SchemaRegistry(*repository_, ClockOf(options_), exchange.principal().service.tenant());
  };
  router_.Add({"GET", "/api/v1/kinds", [registry_of](Exchange& exchange) {
                 if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok())
                   return HttpFailure(status);
                 return exchange.Elsewhere([&] {
                   auto list = registry_of(exchange).List();
                   if (!list) return HttpFailure(list.error());
                   std::string all;
                   for (const SchemaInfo& info : *list) {
                     if (SeesKind(exchange, info.kind)) all += (all.empty() ? "" : ",") + SchemaInfoJson(info, false);
                   }
                   ServerResponse response;
                   response.body = "{\"kinds\":[" + all + "]}";
                   return response;
                 });
               }});
  const auto get = [registry_of](Exchange& exchange) {
    if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
    const std::string& kind = exchange.Path("kind");
    if (!SeesKind(exchange, kind)) return HttpFailure(NoKind(kind));
    std::optional<std::uint64_t> version;
    if (const std::string& text = exchange.Path("version"); !text.empty()) {
      HttpParameters path;
      path.Add("version", text);
      ParameterReader parameters(path);
      Status status =
          parameters.Number("version", std::numeric_limits<std::int64_t>::max(), version.emplace()).Finish();
      if (!status.ok()) return HttpFailure(status);
    }
    return exchange.Elsewhere([&] { return KindResponse(registry_of(exchange).Get(kind, version)); });
  };
  router_.Add({"GET", "/api/v1/kinds/{kind}", get});
  router_.Add({"GET", "/api/v1/kinds/{kind}/versions/{version}", get});
  router_.Add({"PUT", "/api/v1/kinds/{kind}", [this](Exchange& exchange) { return PutKind(exchange); }});
  router_.Add({"POST", "/api/v1/kinds/{kind}/validate", [this](Exchange& exchange) { return ValidateKind(exchange); },
               HttpRoute::Needs::kRead});
}

ServerResponse Api::PutKind(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  const std::string& kind = exchange.Path("kind");
  if (Status status = MayRegister(exchange, kind); !status.ok()) return HttpFailure(status);
  auto request = ReadRequest(exchange.request().body());
  if (!request) return HttpFailure(request.error());
  request->kind = kind;
  request->changed_by = ChangedBy(exchange);
  return exchange.Elsewhere([&] {
    SchemaRegistry registry(*repository_, ClockOf(options_), exchange.principal().service.tenant());
    if (request->schema.empty()) {
      auto standing = registry.Get(kind);
      if (!standing) return HttpFailure(standing.error());
      request->schema = std::move(standing->schema);
    }
    return KindResponse(registry.Register(*request));
  });
}

ServerResponse Api::ValidateKind(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  const std::string& kind = exchange.Path("kind");
  if (!SeesKind(exchange, kind)) return HttpFailure(NoKind(kind));
  return exchange.Elsewhere([&] {
    SchemaRegistry registry(*repository_, ClockOf(options_), exchange.principal().service.tenant());
    auto violations = registry.Validate(kind, exchange.request().body());
    if (!violations) return HttpFailure(violations.error());
    std::string all;
    for (const SchemaViolation& one : *violations) {
      all += fmt::format("{}{{\"pointer\":{},\"message\":{}}}", all.empty() ? "" : ",", JsonString(one.pointer),
                         JsonString(one.words));
    }
    ServerResponse response;
    response.body = fmt::format("{{\"valid\":{},\"violations\":[{}]}}", violations->empty(), all);
    return response;
  });
}

}  // namespace cairn
