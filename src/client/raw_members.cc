#include "client/raw_members.h"

#include <fmt/format.h>
#include <simdjson.h>

namespace cairn {
namespace {

namespace ondemand = simdjson::ondemand;

simdjson::error_code RawOf(ondemand::value value, std::string_view& out) {
  ondemand::json_type type{};
  if (const auto error = value.type().get(type); error != simdjson::SUCCESS) return error;
  if (type == ondemand::json_type::object) {
    ondemand::object object;
    const auto error = value.get_object().get(object);
    return error != simdjson::SUCCESS ? error : object.raw_json().get(out);
  }
  if (type == ondemand::json_type::array) {
    ondemand::array array;
    const auto error = value.get_array().get(array);
    return error != simdjson::SUCCESS ? error : array.raw_json().get(out);
  }
  out = value.raw_json_token();
  while (!out.empty() && (out.back() == ' ' || out.back() == '\n' || out.back() == '\r' || out.back() == '\t')) {
    out.remove_suffix(1);
  }
  return simdjson::SUCCESS;
}

simdjson::error_code Collect(ondemand::array list, std::string_view member, std::vector<std::string_view>& out) {
  for (auto item : list) {
    ondemand::object object;
    if (const auto error = item.get_object().get(object); error != simdjson::SUCCESS) return error;
    std::string_view& raw = out.emplace_back();
    for (auto field : object) {
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key); error != simdjson::SUCCESS) return error;
      if (key != member) continue;
      if (const auto error = RawOf(field.value(), raw); error != simdjson::SUCCESS) return error;
    }
  }
  return simdjson::SUCCESS;
}

}  // namespace

Result<std::vector<std::string_view>> RawMembers(const std::string& body, std::string_view list,
                                                 std::string_view member) {
  ondemand::parser parser;
  ondemand::document document;
  ondemand::object root;
  std::vector<std::string_view> out;
  simdjson::error_code error = simdjson::CAPACITY;
  if (body.capacity() >= body.size() + simdjson::SIMDJSON_PADDING) {
    error = parser.iterate(simdjson::padded_string_view(body.data(), body.size(), body.capacity())).get(document);
  }
  if (error == simdjson::SUCCESS) error = document.get_object().get(root);
  ondemand::array array;
  if (error == simdjson::SUCCESS) error = root[list].get_array().get(array);
  if (error == simdjson::SUCCESS) error = Collect(array, member, out);
  if (error == simdjson::SUCCESS) return out;
  return Status(StatusCode::kInternal,
                fmt::format("the service's answer is not understood: {}: {}", list, simdjson::error_message(error)));
}

}  // namespace cairn
