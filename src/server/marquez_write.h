#pragma once

#include <simdjson.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "server/marquez_reply.h"

namespace cairn {

/// What routes that write have in common: everything that they write is a record or an event in the log.

/// Who those records and events are said to be by.
inline constexpr std::string_view kMarquezProducer = "urn:cairn:marquez-api";

/// What is answered to one who wrote: `json`, of which somebody who may not read is told no more than the id.
ServerResponse MarquezWritten(const Exchange& exchange, Result<std::string> json, int status = 200);

/// Stores them as one commit.
Status StoreAll(const MarquezAsk& ask, const std::vector<std::string>& jsons);
/// A `metadata` record about the node.
Status StoreMetadata(const MarquezAsk& ask, const NodeKey& node, Timestamp time, std::string payload);

/// A facet with the members that each has: `{"_producer":...,"_schemaURL":...,` and `members`.
std::string FacetJson(std::string_view members);

/// The body of a request: a JSON object whose members are read by name. One thread.
class MarquezBody {
 public:
  /// An empty body is an object without members. Returns INVALID_ARGUMENT where it is no object.
  Status Read(std::string_view body);
  /// Returns INVALID_ARGUMENT where the member is there and no text; null counts as absent.
  Status Text(std::string_view member, std::string* out) const;
  /// The member as JSON: a list of objects, each of which has the text `needed`; unchanged where it is absent. Returns
  /// INVALID_ARGUMENT for whatever else.
  Status Objects(std::string_view member, std::string_view needed, std::string* out) const;
  /// The member as JSON; empty where it is absent.
  [[nodiscard]] std::string Json(std::string_view member) const;
  [[nodiscard]] std::vector<simdjson::dom::element> List(std::string_view member) const;

 private:
  simdjson::dom::parser parser_;
  std::optional<simdjson::dom::object> object_;
};

}  // namespace cairn
