#include "lookup/pick.h"

#include <simdjson.h>

namespace cairn {
namespace {

// Stands before every path, so that an answer that is a list has one too.
constexpr std::string_view kRoot = "answer";

Status Broken(simdjson::error_code error) {
  return {StatusCode::kDataLoss, std::string("the answer is no JSON: ") + simdjson::error_message(error)};
}

std::optional<std::string> At(simdjson::dom::element element, const Path& path) {
  for (std::size_t i = 1; i < path.steps.size(); ++i) {
    const Path::Step& step = path.steps[i];
    simdjson::dom::array array;
    simdjson::dom::object object;
    simdjson::error_code error = simdjson::SUCCESS;
    if (step.index) {
      error = element.get(array);
      if (error == simdjson::SUCCESS) error = array.at(*step.index).get(element);
    } else {
      error = element.get(object);
      if (error == simdjson::SUCCESS) error = object.at_key(step.field).get(element);
    }
    if (error != simdjson::SUCCESS) return std::nullopt;
  }
  return simdjson::minify(element);
}

}  // namespace

Result<std::string> MinifiedJson(std::string_view json) {
  simdjson::dom::parser parser;
  if (const auto error = parser.allocate(json.size(), kAnswerDepthMax); error != simdjson::SUCCESS) {
    return Broken(error);
  }
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return Broken(error);
  }
  std::string out(json.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  if (const auto error = simdjson::minify(json.data(), json.size(), out.data(), size); error != simdjson::SUCCESS) {
    return Broken(error);
  }
  out.resize(size);
  return out;
}

Result<std::vector<std::optional<std::string>>> PickJson(std::string_view json, const std::vector<Path>& paths) {
  simdjson::dom::parser parser;
  if (const auto error = parser.allocate(json.size(), kAnswerDepthMax); error != simdjson::SUCCESS) {
    return Broken(error);
  }
  simdjson::dom::element root;
  if (const auto error = parser.parse(json.data(), json.size()).get(root); error != simdjson::SUCCESS) {
    return Broken(error);
  }
  std::vector<std::optional<std::string>> out;
  for (const Path& path : paths) out.push_back(At(root, path));
  return out;
}

Result<Path> ParseAnswerPath(std::string_view text) {
  return Path::Parse(std::string(kRoot) + (text.starts_with('[') ? "" : ".") + std::string(text));
}

}  // namespace cairn
