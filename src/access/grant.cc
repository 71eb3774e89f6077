#include "access/grant.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/percent.h"
#include "cairn/node.h"
#include "cairn/record.h"
#include "query/glob.h"

namespace cairn {
namespace {

constexpr std::array kScopes{AccessScope::kRead, AccessScope::kWrite, AccessScope::kAdmin};
constexpr std::array<std::string_view, 8> kNodeTypes{"dataset", "field",   "job",    "run",
                                                     "file",    "element", "record", "datasetField"};

}  // namespace

std::string_view AccessScopeName(AccessScope scope) {
  switch (scope) {
    case AccessScope::kRead:
      return "read";
    case AccessScope::kWrite:
      return "write";
    case AccessScope::kAdmin:
      return "admin";
  }
  return "";
}

Result<std::uint8_t> ParseScopes(const std::vector<std::string>& words) {
  std::uint8_t out = 0;
  for (const std::string& word : words) {
    const auto* found =
        std::find_if(kScopes.begin(), kScopes.end(), [&](AccessScope scope) { return AccessScopeName(scope) == word; });
    if (found == kScopes.end()) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("\"{}\" is no scope; there are read, write and admin", word));
    }
    out |= static_cast<std::uint8_t>(*found);
  }
  if (out == 0) return Status(StatusCode::kInvalidArgument, "a token needs a scope: read, write or admin");
  return out;
}

std::vector<std::string> ScopeNames(std::uint8_t scopes) {
  std::vector<std::string> out;
  for (const AccessScope scope : kScopes) {
    if ((scopes & static_cast<std::uint8_t>(scope)) != 0) out.emplace_back(AccessScopeName(scope));
  }
  return out;
}

bool GrantVisibility::SeesNamespace(std::string_view ns) const {
  return grant_.namespaces.empty() || std::any_of(grant_.namespaces.begin(), grant_.namespaces.end(),
                                                  [&](const std::string& prefix) { return ns.starts_with(prefix); });
}

bool GrantVisibility::Sees(const NodeView& node) const {
  return node.tenant == grant_.tenant && SeesNamespace(node.ns);
}

bool GrantVisibility::SeesKind(std::string_view kind) const {
  return grant_.kinds.empty() || std::any_of(grant_.kinds.begin(), grant_.kinds.end(),
                                             [&](const std::string& glob) { return GlobMatch(glob, kind); });
}

// A node id, escaped or not: what stands behind its type begins with its namespace.
bool GrantVisibility::SeesText(std::string_view text) const {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return true;
  std::string_view type = text.substr(0, colon);
  std::optional<std::string> plain_type;
  if (type.find('%') != std::string_view::npos && (plain_type = PercentDecode(type))) type = *plain_type;
  if (std::find(kNodeTypes.begin(), kNodeTypes.end(), type) == kNodeTypes.end()) return true;
  const std::string_view rest = text.substr(colon + 1);
  if (SeesNamespace(rest)) return true;
  const auto plain = PercentDecode(rest);
  return plain && SeesNamespace(*plain);
}

// An end of a declared edge is a node of whatever type.
bool GrantVisibility::SeesEnd(std::string_view text) const {
  const auto node = ParseNodeId(text);
  return !node || SeesNamespace(node->ns);
}

bool GrantVisibility::SeesAllOf(std::string_view json) const {
  if (grant_.namespaces.empty()) return true;
  using simdjson::dom::element_type;
  static thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  if (parser.parse(json.data(), json.size(), true).get(root) != simdjson::SUCCESS) return false;
  // Elsewhere such a member is a time or an address as well.
  const auto kind = root.at_key("kind").get_string();
  const bool declares_edge = kind.error() == simdjson::SUCCESS && kind.value_unsafe() == kKindLineageEdge;
  std::vector<simdjson::dom::element> rest{root};
  while (!rest.empty()) {
    const simdjson::dom::element value = rest.back();
    rest.pop_back();
    switch (value.type()) {
      case element_type::OBJECT:
        for (const auto [key, member] : simdjson::dom::object(value)) {
          const bool is_namespace = key == "namespace" || key == "source_id";
          std::string_view text;
          if (is_namespace && member.get_string().get(text) == simdjson::SUCCESS && !SeesNamespace(text)) return false;
          const bool is_end = declares_edge && (key == "from" || key == "to");
          if (is_end && member.get_string().get(text) == simdjson::SUCCESS && !SeesEnd(text)) return false;
          if (!SeesText(key)) return false;
          rest.push_back(member);
        }
        break;
      case element_type::ARRAY:
        for (const simdjson::dom::element member : simdjson::dom::array(value)) rest.push_back(member);
        break;
      case element_type::STRING:
        if (!SeesText(std::string_view(value))) return false;
        break;
      default:
        break;
    }
  }
  return true;
}

}  // namespace cairn
