#include "client/read_facts.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace cairn {
namespace {

namespace ondemand = simdjson::ondemand;

Status Wrong(std::string_view why) {
  return {StatusCode::kInternal, fmt::format("the service's answer is not understood: {}", why)};
}

// A fact of the object; the bytes of its entry are taken as they stand.
Result<Fact> FactOf(ondemand::object object, const std::shared_ptr<const void>& pin) {
  std::string_view produced_at;
  std::string_view entry;
  std::uint64_t facet = Fact::kWholeRecord;
  for (auto field : object) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return Wrong("a fact");
    simdjson::error_code error = simdjson::SUCCESS;
    if (key == "produced_at") {
      error = field.value().get_string().get(produced_at);
    } else if (key == "facet") {
      error = field.value().get_uint64().get(facet);
    } else if (key == "entry") {
      ondemand::object inner;
      error = field.value().get_object().get(inner);
      if (error == simdjson::SUCCESS) error = inner.raw_json().get(entry);
    }
    if (error != simdjson::SUCCESS) return Wrong(fmt::format("{} of a fact", key));
  }
  constexpr std::string_view kBegin = "{\"seq\":";
  if (!entry.starts_with(kBegin)) return Wrong("the entry of a fact");
  std::uint64_t seq = 0;
  for (const char c : entry.substr(kBegin.size())) {
    if (c < '0' || c > '9') break;
    seq = seq * 10 + static_cast<std::uint64_t>(c - '0');
  }
  auto time = ParseTimestamp(produced_at);
  if (!time) return Wrong(time.error().message());
  return Fact(Seq{seq}, *time, entry, static_cast<std::uint32_t>(facet), pin);
}

}  // namespace

Result<LoggedFacts> ReadFacts(std::shared_ptr<const std::string> body) {
  ondemand::parser parser;
  const simdjson::padded_string_view padded(body->data(), body->size(), body->capacity());
  ondemand::document document;
  ondemand::object root;
  if (body->capacity() < body->size() + simdjson::SIMDJSON_PADDING ||
      parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(root) != simdjson::SUCCESS) {
    return Wrong("it is no JSON");
  }
  LoggedFacts out;
  const std::shared_ptr<const void> pin = body;
  for (auto field : root) {
    std::string_view key;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return Wrong("it is no JSON");
    simdjson::error_code error = simdjson::SUCCESS;
    if (key == "facts") {
      ondemand::array facts;
      error = field.value().get_array().get(facts);
      if (error != simdjson::SUCCESS) return Wrong("facts");
      for (auto item : facts) {
        ondemand::object object;
        if (item.get_object().get(object) != simdjson::SUCCESS) return Wrong("a fact");
        auto fact = FactOf(object, pin);
        if (!fact) return fact.error();
        out.facts.push_back(std::move(*fact));
      }
    } else if (key == "damaged") {
      error = field.value().get_uint64().get(out.damaged);
    } else if (key == "withheld") {
      error = field.value().get_uint64().get(out.withheld);
    } else if (key == "kinds") {
      ondemand::array kinds;
      error = field.value().get_array().get(kinds);
      if (error != simdjson::SUCCESS) return Wrong("kinds");
      for (auto item : kinds) {
        std::string_view kind;
        if (item.get_string().get(kind) != simdjson::SUCCESS) return Wrong("a kind");
        out.kinds.emplace_back(kind);
      }
    } else if (key == "next_seq") {
      error = field.value().get_uint64().get(out.next.value);
    } else if (key == "cursor") {
      std::string_view cursor;
      error = field.value().get_string().get(cursor);
      out.cursor = cursor;
    }
    if (error != simdjson::SUCCESS) return Wrong(key);
  }
  return out;
}

Result<Fact> ReadFact(std::string_view json, std::shared_ptr<const void> pin) {
  // Parsed beside, so that no room is asked for behind it; the entry is found again by where it stands.
  const simdjson::padded_string padded(json);
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object object;
  if (parser.iterate(padded).get(document) != simdjson::SUCCESS ||
      document.get_object().get(object) != simdjson::SUCCESS) {
    return Wrong("a fact");
  }
  auto fact = FactOf(object, nullptr);
  if (!fact) return fact;
  const auto at = static_cast<std::size_t>(fact->line().data() - padded.data());
  return Fact(fact->seq(), fact->produced_at(), json.substr(at, fact->line().size()), fact->facet(), std::move(pin));
}

}  // namespace cairn
