#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// What a thing is called: (tenant, type, namespace, name), each any UTF-8 string, compared by bytes. `part` names
/// something inside the named thing (a field of a dataset, an element of a file) and is empty for the thing itself.
/// Two tenants never meet: the tenant is part of every key and is never spelled in a node id.
struct NodeKey {
  std::string tenant;
  std::string type;  ///< `dataset`, `field`, `job`, `run`, `file`, `element`, `record`, or a type of the sender's.
  std::string ns;
  std::string name;
  std::string part;

  friend auto operator<=>(const NodeKey&, const NodeKey&) = default;
};

/// The same, borrowed.
struct NodeView {
  std::string_view tenant;
  std::string_view type;
  std::string_view ns;
  std::string_view name;
  std::string_view part;

  NodeView() = default;
  NodeView(std::string_view tenant_in, std::string_view type_in, std::string_view ns_in, std::string_view name_in,
           std::string_view part_in = {})
      : tenant(tenant_in), type(type_in), ns(ns_in), name(name_in), part(part_in) {}
  NodeView(const NodeKey& key)  // NOLINT(google-explicit-constructor): a view of its owner
      : tenant(key.tenant), type(key.type), ns(key.ns), name(key.name), part(key.part) {}

  [[nodiscard]] NodeKey Own() const {
    return {std::string(tenant), std::string(type), std::string(ns), std::string(name), std::string(part)};
  }

  friend auto operator<=>(const NodeView&, const NodeView&) = default;
};

inline constexpr std::string_view kTypeDataset = "dataset";
inline constexpr std::string_view kTypeField = "field";
inline constexpr std::string_view kTypeJob = "job";
inline constexpr std::string_view kTypeRun = "run";
inline constexpr std::string_view kTypeFile = "file";

/// The node as text: `type:namespace:name`, or `type:namespace:name:part`, with `%` and `:` percent-escaped inside the
/// parts, so that it reads back as the same key.
std::string NodeId(const NodeView& node);

/// Reads `NodeId`'s text. Returns INVALID_ARGUMENT where it has not three or four parts, the type or the name is empty
/// (a namespace may be), an escape is not `%` and two hexadecimal digits, or a part is not UTF-8.
Result<NodeKey> ParseNodeId(std::string_view id, std::string_view tenant = {});

}  // namespace cairn
