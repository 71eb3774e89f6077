#include "server/router.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/percent.h"

namespace cairn {
namespace {

Result<std::string> Unescape(std::string_view text, bool plus_is_space) {
  std::string spaced(text);
  if (plus_is_space) std::replace(spaced.begin(), spaced.end(), '+', ' ');
  auto out = PercentDecode(spaced);
  if (out) return std::move(*out);
  return Status(StatusCode::kInvalidArgument,
                fmt::format("% must be followed by two hexadecimal digits: \"{}\"", text));
}

std::vector<std::string_view> Split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool IsParameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

}  // namespace

const std::string* HttpParameters::Find(std::string_view name) const {
  for (const auto& [each, value] : all_) {
    if (each == name) return &value;
  }
  return nullptr;
}

std::vector<std::string> HttpParameters::All(std::string_view name) const {
  std::vector<std::string> found;
  for (const auto& [each, value] : all_) {
    if (each == name) found.push_back(value);
  }
  return found;
}

Result<HttpParameters> ParseQuery(std::string_view query) {
  HttpParameters parameters;
  for (const std::string_view part : Split(query, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto name = Unescape(part.substr(0, equals), true);
    if (!name) return name.error();
    auto value =
        equals == std::string_view::npos ? Result<std::string>(std::string()) : Unescape(part.substr(equals + 1), true);
    if (!value) return value.error();
    parameters.Add(std::move(*name), std::move(*value));
  }
  return parameters;
}

void Router::Add(HttpRoute route) {
  routes_.push_back(std::make_unique<HttpRoute>(std::move(route)));
  const HttpRoute& added = *routes_.back();
  Node* node = &root_;
  for (const std::string_view segment : Split(std::string_view(added.pattern).substr(1), '/')) {
    std::unique_ptr<Node>& next = IsParameter(segment) ? node->any : node->literal[std::string(segment)];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
  }
  node->routes.push_back(&added);
}

const Router::Node* Router::Walk(const Node& node, const std::vector<std::string>& segments, std::size_t at) {
  if (at == segments.size()) return node.routes.empty() ? nullptr : &node;
  // As deep as the patterns at the most.
  if (const auto literal = node.literal.find(segments[at]); literal != node.literal.end()) {
    if (const Node* found = Walk(*literal->second, segments, at + 1); found != nullptr) return found;
  }
  return node.any == nullptr ? nullptr : Walk(*node.any, segments, at + 1);
}

Result<Router::Match> Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  std::vector<std::string> segments;
  for (const std::string_view raw : Split(path.substr(1), '/')) {
    auto segment = Unescape(raw, false);
    if (!segment) return segment.error();
    segments.push_back(std::move(*segment));
  }
  const Node* node = Walk(root_, segments, 0);
  if (node == nullptr) return match;
  for (const HttpRoute* route : node->routes) {
    if (route->method == method || (method == "HEAD" && route->method == "GET")) match.route = route;
    match.allowed.push_back(route->method);
  }
  if (match.route == nullptr) return match;
  std::size_t at = 0;
  for (const std::string_view part : Split(std::string_view(match.route->pattern).substr(1), '/')) {
    if (IsParameter(part)) {
      match.parameters.Add(std::string(part.substr(1, part.size() - 2)), std::move(segments[at]));
    }
    ++at;
  }
  return match;
}

}  // namespace cairn
