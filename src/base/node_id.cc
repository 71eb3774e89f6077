#include <vector>

#include "base/json.h"
#include "base/percent.h"
#include "cairn/node.h"

namespace cairn {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

void AppendEscaped(std::string& out, std::string_view part) {
  for (const char c : part) {
    if (c == '%' || c == ':') {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
}

Result<std::string> Unescape(std::string_view id, std::string_view part) {
  auto out = PercentDecode(part);
  if (!out) {
    return Status(StatusCode::kInvalidArgument, "node id \"" + std::string(id) +
                                                    "\": '%' must be followed by two hexadecimal digits; a '%' of "
                                                    "the name is written %25, a ':' %3A");
  }
  if (!IsUtf8(*out)) {
    return Status(StatusCode::kInvalidArgument, "node id \"" + std::string(id) + "\": a part of it is not UTF-8");
  }
  return *std::move(out);
}

}  // namespace

std::string NodeId(const NodeView& node) {
  std::string out;
  out.reserve(node.type.size() + node.ns.size() + node.name.size() + node.part.size() + 3);
  AppendEscaped(out, node.type);
  out += ':';
  AppendEscaped(out, node.ns);
  out += ':';
  AppendEscaped(out, node.name);
  if (!node.part.empty()) {
    out += ':';
    AppendEscaped(out, node.part);
  }
  return out;
}

Result<NodeKey> ParseNodeId(std::string_view id, std::string_view tenant) {
  std::vector<std::string> parts;
  std::string_view rest = id;
  while (true) {
    const std::size_t colon = rest.find(':');
    auto part = Unescape(id, rest.substr(0, colon));
    if (!part) return part.error();
    parts.push_back(std::move(*part));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (parts.size() < 3 || parts.size() > 4 || parts[0].empty() || parts[2].empty()) {
    return Status(StatusCode::kInvalidArgument,
                  "node id \"" + std::string(id) +
                      "\": expected type:namespace:name, e.g. dataset:crm:public.orders; a ':' inside a part is "
                      "written %3A, a '%' %25");
  }
  return NodeKey{std::string(tenant), std::move(parts[0]), std::move(parts[1]), std::move(parts[2]),
                 parts.size() == 4 ? std::move(parts[3]) : std::string()};
}

}  // namespace cairn
