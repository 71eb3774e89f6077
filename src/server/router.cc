#include "server/router.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <list>

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

// Room for as many as nearly all have.
using Parts = boost::container::small_vector<std::string_view, 12>;

Parts Split(std::string_view text, char at) {
  Parts parts;
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
  if (query.empty()) return parameters;
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
  Ending ending{&added, {}};
  Node* node = &root_;
  std::size_t at = 0;
  for (const std::string_view segment : Split(std::string_view(added.pattern).substr(1), '/')) {
    if (IsParameter(segment)) ending.parameters.emplace_back(at, segment.substr(1, segment.size() - 2));
    std::unique_ptr<Node>& next = IsParameter(segment) ? node->any : node->literal[std::string(segment)];
    if (next == nullptr) next = std::make_unique<Node>();
    node = next.get();
    ++at;
  }
  // A slash at the end means nothing where the path stands without it.
  const bool is_plain = ending.parameters.empty() && (added.pattern.size() == 1 || !added.pattern.ends_with('/'));
  if (is_plain) literal_paths_.emplace(added.pattern, node);
  node->endings.push_back(std::move(ending));
}

const Router::Node* Router::Walk(const Node& node, std::span<const std::string_view> segments) {
  if (segments.empty()) return node.endings.empty() ? nullptr : &node;
  // As deep as the patterns at the most.
  if (const auto literal = node.literal.find(segments.front()); literal != node.literal.end()) {
    if (const Node* found = Walk(*literal->second, segments.subspan(1)); found != nullptr) return found;
  }
  return node.any == nullptr ? nullptr : Walk(*node.any, segments.subspan(1));
}

Result<Router::Match> Router::Find(std::string_view method, std::string_view path) const {
  Match match;
  if (!path.starts_with('/')) return match;
  Parts segments;
  std::list<std::string> unescaped;  // Few have any; what `segments` points to stays in place.
  const Node* node = nullptr;
  if (const auto literal = literal_paths_.find(path); literal != literal_paths_.end()) {
    node = literal->second;
  } else {
    segments = Split(path.substr(1), '/');
    for (std::string_view& segment : segments) {
      if (segment.find('%') == std::string_view::npos) continue;
      auto text = Unescape(segment, false);
      if (!text) return text.error();
      segment = unescaped.emplace_back(std::move(*text));
    }
    // A slash at the end means nothing, as with most services; not where it is the name of something empty.
    if (segments.size() > 1 && segments.back().empty()) node = Walk(root_, {segments.data(), segments.size() - 1});
    if (node == nullptr) node = Walk(root_, {segments.data(), segments.size()});
  }
  if (node == nullptr) return match;
  const auto ending = std::find_if(node->endings.begin(), node->endings.end(), [&](const Ending& one) {
    return one.route->method == method || (method == "HEAD" && one.route->method == "GET");
  });
  if (ending == node->endings.end()) {
    for (const Ending& one : node->endings) match.allowed.push_back(one.route->method);
    return match;
  }
  match.route = ending->route;
  for (const auto& [at, name] : ending->parameters) match.parameters.Add(name, std::string(segments[at]));
  return match;
}

}  // namespace cairn
