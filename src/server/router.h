#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "server/http_message.h"

namespace cairn {

class Exchange;
using HttpHandler = std::function<ServerResponse(Exchange&)>;

/// One way in: `GET /api/v1/records/{kind}`. A part in braces matches one segment of the path, whatever it holds once
/// it is unescaped, `/` included.
struct HttpRoute {
  /// What its token must let one do.
  enum class Needs : std::uint8_t { kByMethod, kNothing, kRead, kWrite, kAdmin };

  std::string method;
  std::string pattern;
  HttpHandler handler;
  Needs needs = Needs::kByMethod;  ///< `kByMethod`: read for GET, else write.
};

/// A parameter that a handler looks at.
struct ParameterInfo {
  enum class Type : std::uint8_t { kText, kNumber, kFlag, kTime, kList, kChoice };
  std::string name;
  Type type = Type::kText;
  bool is_required = false;
  std::uint64_t most = 0;            ///< `kNumber`.
  std::vector<std::string> choices;  ///< `kChoice`.
};

/// Parameters out of path or query, unescaped, in their order.
class HttpParameters {
 public:
  void Add(std::string name, std::string value) { all_.emplace_back(std::move(name), std::move(value)); }
  /// The first of that name.
  [[nodiscard]] const std::string* Find(std::string_view name) const;
  [[nodiscard]] std::vector<std::string> All(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const { return all_; }

  /// Whoever reads them only says what it looks at, into `out`, and goes no further.
  void Describe(std::vector<ParameterInfo>* out) { described_ = out; }
  [[nodiscard]] std::vector<ParameterInfo>* described() const { return described_; }

 private:
  std::vector<ParameterInfo>* described_ = nullptr;
  std::vector<std::pair<std::string, std::string>> all_;
};

/// Reads `a=1&b=x%20y`, `+` being a space. Returns INVALID_ARGUMENT where an escape is broken.
Result<HttpParameters> ParseQuery(std::string_view query);

/// Finds the handler of a request. Filled once, then read by any thread.
class Router {
 public:
  /// A literal segment goes before one in braces.
  void Add(HttpRoute route);

  struct Match {
    const HttpRoute* route = nullptr;
    HttpParameters parameters;
    std::vector<std::string> allowed;  ///< Without a route: the methods that the path takes; empty: no such path.
  };
  /// HEAD finds what GET does. Returns INVALID_ARGUMENT where an escape in the path is broken.
  [[nodiscard]] Result<Match> Find(std::string_view method, std::string_view path) const;
  [[nodiscard]] const std::vector<std::unique_ptr<HttpRoute>>& routes() const { return routes_; }

 private:
  struct Ending {
    const HttpRoute* route = nullptr;
    std::vector<std::pair<std::size_t, std::string>> parameters;  // Which segment is which.
  };
  struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> any;
    std::vector<Ending> endings;
  };
  static const Node* Walk(const Node& node, std::span<const std::string_view> segments);

  struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  Node root_;
  // The paths of patterns without parameters, which are found in one step.
  std::unordered_map<std::string, const Node*, HashOfText, std::equal_to<>> literal_paths_;
  std::vector<std::unique_ptr<HttpRoute>> routes_;
};

}  // namespace cairn
