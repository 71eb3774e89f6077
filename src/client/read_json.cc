#include "client/read_json.h"

#include <fmt/format.h>

namespace cairn {
namespace {

// `Timestamp::Min` and `Max` are written, and stand outside the years that are read.
Result<Timestamp> ReadTime(std::string_view text) {
  auto time = ParseTimestamp(text);
  if (time || time.error().code() != StatusCode::kOutOfRange) return time;
  return text.starts_with("16") ? Timestamp::Min() : Timestamp::Max();
}

}  // namespace

std::optional<simdjson::dom::element> ObjectReader::Take(std::string_view name) {
  simdjson::dom::element member;
  const auto error = value_[name].get(member);
  if (error == simdjson::NO_SUCH_FIELD || (error == simdjson::SUCCESS && member.is_null())) return std::nullopt;
  if (!Held(name, error)) return std::nullopt;
  return member;
}

bool ObjectReader::Held(std::string_view name, simdjson::error_code error) {
  if (error != simdjson::SUCCESS) Wrong(name, simdjson::error_message(error));
  return error == simdjson::SUCCESS;
}

void ObjectReader::Wrong(std::string_view name, std::string_view why) {
  if (!status_.ok()) return;
  status_ = {StatusCode::kInternal, fmt::format("the service's answer is not understood: {}: {}", name, why)};
}

ObjectReader& ObjectReader::Text(std::string_view name, std::string& out) {
  std::string_view text;
  if (const auto member = Take(name); member && Held(name, member->get(text))) out = text;
  return *this;
}

ObjectReader& ObjectReader::Flag(std::string_view name, bool& out) {
  bool flag = false;
  if (const auto member = Take(name); member && Held(name, member->get(flag))) out = flag;
  return *this;
}

ObjectReader& ObjectReader::Time(std::string_view name, Timestamp& out) {
  std::optional<Timestamp> time;
  Time(name, time);
  if (time) out = *time;
  return *this;
}

ObjectReader& ObjectReader::Time(std::string_view name, std::optional<Timestamp>& out) {
  std::string_view text;
  const auto member = Take(name);
  if (!member || !Held(name, member->get(text))) return *this;
  auto time = ReadTime(text);
  if (time) {
    out = *time;
  } else {
    Wrong(name, time.error().message());
  }
  return *this;
}

ObjectReader& ObjectReader::Texts(std::string_view name, std::vector<std::string>& out) {
  return Each(name, [&](const ObjectReader& item) {
    std::string_view text;
    if (item.value().get(text) != simdjson::SUCCESS) return Status(StatusCode::kInternal, "a text is missing");
    out.emplace_back(text);
    return Status::Ok();
  });
}

ObjectReader& ObjectReader::Node(std::string_view name, const std::string& tenant, NodeKey& out) {
  std::string_view id;
  const auto member = Take(name);
  if (!member || !Held(name, member->get(id))) return *this;
  auto node = ParseNodeId(id, tenant);
  if (node) {
    out = std::move(*node);
  } else {
    Wrong(name, node.error().message());
  }
  return *this;
}

ObjectReader& ObjectReader::Nodes(std::string_view name, const std::string& tenant, std::vector<NodeKey>& out) {
  std::vector<std::string> ids;
  Texts(name, ids);
  for (const std::string& id : ids) {
    auto node = ParseNodeId(id, tenant);
    if (!node) {
      Wrong(name, node.error().message());
      return *this;
    }
    out.push_back(std::move(*node));
  }
  return *this;
}

Result<JsonAnswer> JsonAnswer::Parse(const std::string& body) {
  JsonAnswer answer;
  answer.parser_ = std::make_unique<simdjson::dom::parser>();
  if (const auto error = answer.parser_->parse(body).get(answer.root_); error != simdjson::SUCCESS) {
    return Status(StatusCode::kInternal,
                  fmt::format("the service's answer is no JSON: {}", simdjson::error_message(error)));
  }
  return answer;
}

}  // namespace cairn
