#include "server/store_question.h"

#include <fmt/format.h>

#include "access/tokens.h"
#include "base/percent.h"

namespace cairn {

Result<StoreQuestion> StoreQuestion::Of(Exchange& exchange) {
  StoreQuestion asked(exchange);
  asked.parameters_ = exchange.query();
  asked.tenant_ = exchange.service().tenant();
  if (exchange.request().method() != "POST" || exchange.request().body().empty()) return asked;
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  if (!exchange.request().Header("Content-Type").starts_with(kForm)) {
    return Status(StatusCode::kInvalidArgument, fmt::format("the body holds the parameters as {}", kForm));
  }
  auto form = ParseQuery(exchange.request().body());
  if (!form) return form.error();
  for (const auto& [name, value] : form->all()) asked.parameters_.Add(name, value);
  return asked;
}

Status StoreQuestion::Finish(ParameterReader& reader) {
  std::string tenant = tenant_;
  if (Status status = reader.Text("tenant", tenant).Finish(); !status.ok()) return status;
  if (tenant == kSystemTenant || (tenant != tenant_ && !tenant_.empty())) {
    return {StatusCode::kPermissionDenied, fmt::format("here only the tenant \"{}\" can be asked about", tenant_)};
  }
  tenant_ = std::move(tenant);
  return Status::Ok();
}

Result<NodeKey> StoreQuestion::Node(const std::string& id) const {
  std::vector<std::string> parts;
  std::string_view rest = id;
  while (true) {
    const std::size_t colon = rest.find(':');
    auto part = PercentDecode(rest.substr(0, colon));
    if (!part) return ParseNodeId(id, tenant_);  // It says what is wrong.
    parts.push_back(std::move(*part));
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (parts.size() < 3 || parts.size() > 4) return ParseNodeId(id, tenant_);
  return NodeKey{tenant_, std::move(parts[0]), std::move(parts[1]), std::move(parts[2]),
                 parts.size() == 4 ? std::move(parts[3]) : std::string()};
}

Result<std::vector<NodeKey>> StoreQuestion::Nodes(const std::vector<std::string>& ids) const {
  std::vector<NodeKey> nodes;
  for (const std::string& id : ids) {
    auto node = Node(id);
    if (!node) return node.error();
    nodes.push_back(std::move(*node));
  }
  return nodes;
}

void FactsQuestion::Read(ParameterReader& reader) {
  reader.Texts("kind", spec_.kinds).Choice("match", {"any", "exact", "prefix", "glob"}, match_).Text("target", target_);
  reader.Text("run", spec_.run_id).Text("job", spec_.job).Text("producer", spec_.producer_id);
  reader.Time("from", spec_.from).Time("until", spec_.until).Text("filter", spec_.filter);
}

Result<QuerySpec> FactsQuestion::Finish(const StoreQuestion& asked) {
  spec_.tenant = asked.tenant();
  spec_.target.mode = static_cast<TargetMatch::Mode>(match_);
  if (spec_.target.mode == TargetMatch::Mode::kExact) {
    auto node = asked.Node(target_);
    if (!node) return node.error();
    spec_.target.node = std::move(*node);
  } else {
    spec_.target.text = std::move(target_);
  }
  return std::move(spec_);
}

void SearchQuestion::Read(ParameterReader& reader) {
  constexpr std::uint64_t kMost = 1'000;
  reader.Text("q", text_).Texts("type", type_).Texts("namespace", ns_).Texts("tag", tag_).Texts("owner", owner_);
  reader.Number("limit", kMost, limit_);
}

SearchSpec SearchQuestion::Finish(const std::string& tenant) const {
  const auto first = [](const std::vector<std::string>& given) {
    return given.empty() ? std::optional<std::string>() : given.front();
  };
  SearchSpec spec;
  spec.tenant = tenant;
  spec.text = text_;
  spec.type = first(type_);
  spec.ns = first(ns_);
  spec.tag = first(tag_);
  spec.owner = first(owner_);
  spec.limit = limit_;
  return spec;
}

}  // namespace cairn
