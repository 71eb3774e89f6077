#include "server/marquez_namespace.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_facts.h"

namespace cairn {
namespace {

constexpr std::string_view kFacetDataSource = "dataSource";

using ByName = std::map<std::string, MarquezNamespace>;

NodeKey DeclaredNode(const MarquezAsk& ask, std::string_view type, const std::string& name) {
  return {ask.tenant, std::string(type), "", name, ""};
}

void Put(MarquezNamespace one, ByName* out) {
  auto& known = out->try_emplace(one.name, one).first->second;
  known.first_seen = std::min(known.first_seen, one.first_seen);
  known.last_seen = std::max(known.last_seen, one.last_seen);
  if (known.url.empty()) known.url = std::move(one.url);
}

Status PutDeclared(const MarquezAsk& ask, std::string_view type, ByName* out) {
  EntitiesSpec spec;
  spec.tenant = ask.tenant;
  spec.type = type;
  spec.limit = 0;
  auto page = ask.repository.Entities(spec);
  if (!page) return page.error();
  for (const EntityInfo& entity : page->entities) {
    Put({entity.node.name, entity.first_seen, entity.last_seen}, out);
  }
  return Status::Ok();
}

Status PutUsed(const MarquezAsk& ask, ByName* out) {
  auto namespaces = ask.repository.Namespaces(ask.tenant);
  if (!namespaces) return namespaces.error();
  for (const NamespaceInfo& one : *namespaces) {
    const auto has = [&](std::string_view type) {
      return std::any_of(one.types.begin(), one.types.end(), [&](const auto& each) { return each.first == type; });
    };
    if (has(kTypeDataset) || has(kTypeJob)) Put({one.ns, one.first_seen, one.last_seen}, out);
  }
  return Status::Ok();
}

// What a facet `dataSource` says.
void TakeSource(const Fact& fact, MarquezNamespace* source) {
  const auto facet = fact.Parse();
  simdjson::dom::parser parser;
  Element element;
  if (!facet || facet->deleted || parser.parse(facet->payload).get(element) != simdjson::SUCCESS) return;
  const auto object = AsObject(element);
  const std::string_view name = object ? Text(*object, "name") : std::string_view();
  if (name.empty()) return;
  source->name = name;
  source->url = Text(*object, "uri");
}

// As the datasets say it, their namespace where they do not.
Status PutSources(const MarquezAsk& ask, ByName* out) {
  EntitiesSpec spec;
  spec.tenant = ask.tenant;
  spec.type = kTypeDataset;
  spec.limit = 0;
  auto datasets = ask.repository.Entities(spec);
  if (!datasets) return datasets.error();
  for (const EntityInfo& dataset : datasets->entities) {
    MarquezNamespace source{dataset.node.ns, dataset.first_seen, dataset.last_seen};
    if (std::binary_search(dataset.kinds.begin(), dataset.kinds.end(), kFacetDataSource)) {
      auto facet = ask.repository.Latest(kFacetDataSource, dataset.node);
      const StatusCode code = facet ? StatusCode::kOk : facet.error().code();
      // Withheld from the one who asks is as good as not said.
      const bool is_unsaid = code == StatusCode::kNotFound || code == StatusCode::kPermissionDenied;
      if (!facet && !is_unsaid) return facet.error();
      if (facet) TakeSource(*facet, &source);
    }
    Put(std::move(source), out);
  }
  return Status::Ok();
}

std::vector<MarquezNamespace> ListOf(ByName all) {
  std::vector<MarquezNamespace> out;
  for (auto& [name, one] : all) out.push_back(std::move(one));
  return out;
}

// What a record declared of a node.
class Declared {
 public:
  static Result<Declared> Read(const MarquezAsk& ask, const NodeKey& node) {
    auto facts = NodeFacts::Read(ask, node);
    if (!facts) return facts.error();
    return Declared(std::move(*facts));
  }
  [[nodiscard]] std::string_view Text(std::string_view member) const {
    const auto record = facts_.Record(kKindMetadata);
    return record ? cairn::Text(*record, member) : std::string_view();
  }

 private:
  explicit Declared(NodeFacts facts) : facts_(std::move(facts)) {}
  NodeFacts facts_;
};

}  // namespace

Result<std::vector<MarquezNamespace>> ReadNamespaces(const MarquezAsk& ask) {
  ByName all;
  if (Status status = PutUsed(ask, &all); !status.ok()) return status;
  if (Status status = PutDeclared(ask, kTypeNamespace, &all); !status.ok()) return status;
  return ListOf(std::move(all));
}

Result<MarquezNamespace> ReadNamespace(const MarquezAsk& ask, const std::string& name) {
  auto all = ReadNamespaces(ask);
  if (!all) return all.error();
  for (MarquezNamespace& one : *all) {
    if (one.name == name) return std::move(one);
  }
  return Status(StatusCode::kNotFound,
                fmt::format("there is no namespace \"{}\"; GET /api/v1/namespaces lists those that are there", name));
}

Result<std::string> NamespaceJson(const MarquezAsk& ask, const MarquezNamespace& one) {
  auto declared = Declared::Read(ask, DeclaredNode(ask, kTypeNamespace, one.name));
  if (!declared) return declared.error();
  const std::string_view owner = declared->Text("owner");
  JsonFields fields;
  fields.Text("name", one.name).Time("createdAt", one.first_seen).Time("updatedAt", one.last_seen);
  fields.Text("ownerName", owner.empty() ? "anonymous" : owner);
  return fields.TextOrNull("description", declared->Text("description")).Flag("isHidden", false).Done();
}

Result<std::vector<MarquezNamespace>> ReadSources(const MarquezAsk& ask) {
  ByName all;
  if (Status status = PutSources(ask, &all); !status.ok()) return status;
  if (Status status = PutDeclared(ask, kTypeSource, &all); !status.ok()) return status;
  return ListOf(std::move(all));
}

Result<std::string> SourceJson(const MarquezAsk& ask, const MarquezNamespace& one) {
  auto declared = Declared::Read(ask, DeclaredNode(ask, kTypeSource, one.name));
  if (!declared) return declared.error();
  const std::string_view type = declared->Text("type");
  const std::string_view url = declared->Text("connectionUrl");
  // Addresses, and namespaces named like them, say what they are of: postgres://host:port.
  const std::string& address = one.url.empty() ? one.name : one.url;
  std::string guessed = address.substr(0, address.find(':'));
  std::transform(guessed.begin(), guessed.end(), guessed.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (address.find(':') == std::string::npos) guessed.clear();
  JsonFields fields;
  fields.Text("type", !type.empty() ? std::string(type) : guessed).Text("name", one.name);
  fields.Time("createdAt", one.first_seen).Time("updatedAt", one.last_seen);
  fields.Text("connectionUrl", !url.empty() ? url : one.url.empty() ? one.name : one.url);
  return fields.TextOrNull("description", declared->Text("description")).Done();
}

Result<std::string> TagJson(const MarquezAsk& ask, const std::string& name) {
  auto declared = Declared::Read(ask, DeclaredNode(ask, kTypeTag, name));
  if (!declared) return declared.error();
  return JsonFields().Text("name", name).TextOrNull("description", declared->Text("description")).Done();
}

Result<std::vector<std::string>> ReadTags(const MarquezAsk& ask) {
  auto used = ask.repository.Tags(ask.tenant, std::nullopt);
  if (!used) return used.error();
  std::set<std::string> all;
  for (const TagUse& one : *used) all.insert(one.tag);
  ByName declared;
  if (Status status = PutDeclared(ask, kTypeTag, &declared); !status.ok()) return status;
  for (const auto& [name, one] : declared) all.insert(name);
  return std::vector<std::string>(all.begin(), all.end());
}

}  // namespace cairn
