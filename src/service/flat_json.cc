#include "service/flat_json.h"

#include <simdjson.h>

#include <map>
#include <sstream>

namespace cairn {
namespace {

using simdjson::dom::element;

std::string Join(const std::string& path, std::string_view name) {
  return path.empty() ? std::string(name) : path + "." + std::string(name);
}

bool IsPairs(const simdjson::dom::array& array) {
  for (const element item : array) {
    simdjson::dom::array pair;
    if (item.get(pair) != simdjson::SUCCESS || pair.size() != 2 || !pair.at(0).is_string()) return false;
  }
  return array.size() != 0;
}

using Children = std::vector<std::pair<std::string, element>>;

// None for a scalar.
Children ChildrenOf(const std::string& path, const element& value) {
  Children out;
  if (simdjson::dom::object object; value.get(object) == simdjson::SUCCESS) {
    for (const auto& [key, child] : object) out.emplace_back(Join(path, key), child);
    return out;
  }
  simdjson::dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return out;
  std::size_t place = 0;
  std::map<std::string, int> seen;
  const bool is_pairs = IsPairs(array);
  for (const element item : array) {
    ++place;
    if (!is_pairs) {
      out.emplace_back(path + "#" + std::to_string(place), item);
      continue;
    }
    std::string name(item.at(0).get_string().value_unsafe());
    if (const int times = ++seen[name]; times > 1) name += "#" + std::to_string(times);
    out.emplace_back(Join(path, name), item.at(1).value_unsafe());
  }
  return out;
}

}  // namespace

Result<std::vector<FlatValue>> FlattenJson(std::string_view json) {
  simdjson::dom::parser parser;
  element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return Status(StatusCode::kInvalidArgument, simdjson::error_message(error));
  }
  std::vector<FlatValue> out;
  Children stack{{"", root}};
  while (!stack.empty()) {
    const auto [path, value] = std::move(stack.back());
    stack.pop_back();
    Children children = ChildrenOf(path, value);
    if (children.empty()) {
      std::ostringstream text;
      text << simdjson::minify(value);
      out.push_back({path, text.str()});
    }
    for (auto at = children.rbegin(); at != children.rend(); ++at) stack.push_back(std::move(*at));
  }
  return out;
}

std::vector<FlatChange> CompareFlat(const std::vector<FlatValue>& before, const std::vector<FlatValue>& after) {
  std::map<std::string_view, const FlatValue*> then;
  std::map<std::string_view, const FlatValue*> now;
  for (const FlatValue& value : before) then.emplace(value.path, &value);
  for (const FlatValue& value : after) now.emplace(value.path, &value);
  std::vector<FlatChange> out;
  for (const FlatValue& value : before) {
    const auto at = now.find(value.path);
    if (at == now.end()) {
      out.push_back({value.path, value.json, ""});
    } else if (at->second->json != value.json) {
      out.push_back({value.path, value.json, at->second->json});
    }
  }
  for (const FlatValue& value : after) {
    if (!then.contains(value.path)) out.push_back({value.path, "", value.json});
  }
  return out;
}

}  // namespace cairn
