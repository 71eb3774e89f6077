#include "schema/json_canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/json.h"

namespace cairn {
namespace {

using Element = simdjson::dom::element;
using ElementType = simdjson::dom::element_type;

void AppendDouble(std::string& out, double number) {
  constexpr double kTwo63 = 9223372036854775808.0;
  const bool is_whole = std::nearbyint(number) == number;
  if (is_whole && number >= -kTwo63 && number < kTwo63) {
    out += std::to_string(static_cast<std::int64_t>(number));
  } else if (is_whole && number > 0 && number < 2 * kTwo63) {
    out += std::to_string(static_cast<std::uint64_t>(number));
  } else {
    out += fmt::format("{}", number);
  }
}

/// What is still to be written: a value, or a piece of text.
struct Rest {
  std::string before;
  Element value;
  bool has_value = false;
};

/// Puts the members on the stack, the last at the bottom.
void PushObject(simdjson::dom::object object, std::vector<Rest>& rest) {
  std::vector<std::pair<std::string_view, Element>> members;
  for (const auto [key, value] : object) members.emplace_back(key, value);
  std::sort(members.begin(), members.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  rest.push_back({"}", {}, false});
  for (std::size_t i = members.size(); i-- > 0;) {
    rest.push_back({(i == 0 ? "{" : ",") + JsonString(members[i].first) + ":", members[i].second, true});
  }
  if (members.empty()) rest.back().before = "{}";
}

void PushArray(simdjson::dom::array array, std::vector<Rest>& rest) {
  std::vector<Element> elements;
  for (const Element element : array) elements.push_back(element);
  rest.push_back({"]", {}, false});
  for (std::size_t i = elements.size(); i-- > 0;) rest.push_back({i == 0 ? "[" : ",", elements[i], true});
  if (elements.empty()) rest.back().before = "[]";
}

void AppendScalar(std::string& out, Element value) {
  switch (value.type()) {
    case ElementType::INT64:
      out += std::to_string(value.get_int64().value_unsafe());
      break;
    case ElementType::UINT64:
      out += std::to_string(value.get_uint64().value_unsafe());
      break;
    case ElementType::DOUBLE:
      AppendDouble(out, value.get_double().value_unsafe());
      break;
    case ElementType::STRING:
      AppendJsonString(out, value.get_string().value_unsafe());
      break;
    case ElementType::BOOL:
      out += value.get_bool().value_unsafe() ? "true" : "false";
      break;
    default:
      out += "null";
  }
}

}  // namespace

std::string CanonicalJson(Element value) {
  std::string out;
  std::vector<Rest> rest;
  rest.push_back({"", value, true});
  while (!rest.empty()) {
    const Rest next = std::move(rest.back());
    rest.pop_back();
    out += next.before;
    if (!next.has_value) continue;
    if (next.value.is_object()) {
      PushObject(next.value.get_object().value_unsafe(), rest);
    } else if (next.value.is_array()) {
      PushArray(next.value.get_array().value_unsafe(), rest);
    } else {
      AppendScalar(out, next.value);
    }
  }
  return out;
}

std::string PointerStep(std::string_view key) {
  std::string out = "/";
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace cairn
