#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/contains.h"
#include "base/json.h"
#include "record/wide_integers.h"
#include "server/api.h"

namespace cairn {
namespace {

/// Whether the text is JSON at all: an event that is refused is told apart from bytes that are none.
bool IsJson(std::string_view text) {
  simdjson::dom::parser parser;
  const auto code = parser.parse(text.data(), text.size(), true).error();
  if (code != simdjson::NUMBER_ERROR) return code == simdjson::SUCCESS;
  const auto widened = WidenIntegers(text);  // As the store takes it.
  return widened && IsJson(*widened);
}

bool IsEvent(std::string_view json) {
  // Nearly each: it names the time that events have, and not the one that a record must have.
  if (Contains(json, "\"eventTime\"") && !Contains(json, "\"produced_at\"")) return true;
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(json);
  simdjson::ondemand::document document;
  simdjson::ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return true;  // The parser of records says what is wrong.
  }
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return true;
    if (key == "eventTime" || key == "run" || key == "job" || key == "dataset") return true;
  }
  return false;
}

ServerResponse Refused(std::string_view json, const Status& status) {
  if (status.code() == StatusCode::kPermissionDenied) return HttpFailure(status);
  const bool is_large = status.code() == StatusCode::kResourceExhausted;
  const bool is_ours = status.code() != StatusCode::kInvalidArgument && status.code() != StatusCode::kOutOfRange;
  if (is_ours && !is_large) return HttpFailure(503, StatusCodeName(status.code()), status.message());
  return HttpFailure(is_large ? 413 : IsJson(json) ? 422 : 400, StatusCodeName(status.code()), status.message());
}

Status NoEvent() {
  return {StatusCode::kInvalidArgument,
          "this is no OpenLineage event: it has neither eventTime nor run, job or dataset; records go to "
          "/api/v1/records"};
}

bool IsRetriable(const Status& status) {
  return status.code() != StatusCode::kInvalidArgument && status.code() != StatusCode::kOutOfRange &&
         status.code() != StatusCode::kResourceExhausted && status.code() != StatusCode::kPermissionDenied;
}

}  // namespace

void Api::AddOpenLineage() {
  router_.Add({"POST", "/api/v1/lineage", [this](Exchange& exchange) { return PostEvent(exchange); }});
  router_.Add({"POST", "/api/v1/lineage/batch", [this](Exchange& exchange) { return PostEvents(exchange); }});
}

ServerResponse Api::PostEvent(Exchange& exchange) {
  const std::string_view body = exchange.request().body();
  const std::string_view jsons[] = {body};
  if (!IsEvent(body)) return HttpFailure(422, "INVALID_ARGUMENT", NoEvent().message());
  std::vector<Result<Stored>> results;
  if (auto refused = Store(exchange, jsons, &results)) return std::move(*refused);
  if (!results[0]) return Refused(body, results[0].error());
  ServerResponse response;
  response.status = 201;
  return response;
}

ServerResponse Api::PostEvents(Exchange& exchange) {
  const std::string_view body = exchange.request().body();
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || body[first] != '[') {
    return HttpFailure(IsJson(body) ? 422 : 400, "INVALID_ARGUMENT", "a batch is a JSON array of events");
  }
  std::vector<JsonPiece> pieces;
  JsonSplitter(options_.splitting).Cut(body, true, pieces);
  // An event that is no JSON is told as such, and the others are taken; a body that ends in the middle is none.
  const bool is_closed = body[body.find_last_not_of(" \t\r\n")] == ']';
  const auto is_sound = [](const JsonPiece& piece) { return piece.error.empty() && IsJson(piece.text); };
  if (!is_closed || (std::none_of(pieces.begin(), pieces.end(), is_sound) && !IsJson(body))) {
    return HttpFailure(400, "INVALID_ARGUMENT", "the body is no JSON");
  }
  std::vector<std::string_view> jsons;
  std::vector<Status> statuses(pieces.size());
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    if (!pieces[i].error.empty()) {
      statuses[i] = {StatusCode::kInvalidArgument, pieces[i].error};
    } else if (!IsEvent(pieces[i].text)) {
      statuses[i] = NoEvent();
    } else {
      jsons.push_back(pieces[i].text);
    }
  }
  if (!jsons.empty()) {
    std::vector<Result<Stored>> results;
    if (auto refused = Store(exchange, jsons, &results)) return std::move(*refused);
    std::size_t next = 0;
    for (Status& status : statuses) {
      if (!status.ok()) continue;
      const Result<Stored>& result = results[next++];
      if (!result) status = result.error();
    }
  }
  std::size_t failed = 0;
  std::string list;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    if (statuses[i].ok()) continue;
    ++failed;
    list += fmt::format("{}{{\"index\":{},\"reason\":{},\"retriable\":{}}}", list.empty() ? "" : ",", i,
                        JsonString(statuses[i].message()), IsRetriable(statuses[i]));
  }
  ServerResponse response;
  if (failed == 0) {
    response.status = 204;
    return response;
  }
  response.body = fmt::format(
      "{{\"status\":\"partial_success\",\"summary\":{{\"received\":{},\"successful\":{},\"failed\":{}}},"
      "\"failed_events\":[{}]}}",
      statuses.size(), statuses.size() - failed, failed, list);
  return response;
}

}  // namespace cairn
