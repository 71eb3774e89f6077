// Lists of things, and what is newest of one.
#include "client/ask_for.h"
#include "client/read_facts.h"

namespace cairn {

Result<std::vector<NamespaceInfo>> RemoteRepository::Namespaces(std::string_view tenant) {
  Parameters parameters;
  parameters.Given("tenant", tenant);
  return AskFor<std::vector<NamespaceInfo>>("namespaces", parameters,
                                            [](const ObjectReader& root) { return ReadNamespaces(root); });
}

Result<EntitiesPage> RemoteRepository::Entities(const EntitiesSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.tenant).Text("type", spec.type).Given("q", spec.text).Time("until", spec.until);
  if (spec.ns) parameters.Text("namespace", *spec.ns);
  if (spec.deleted) parameters.Text("deleted", "true");
  parameters.Number("limit", spec.limit).Number("offset", spec.offset);
  return AskFor<EntitiesPage>("entities", parameters,
                              [&](const ObjectReader& root) { return ReadEntities(root, spec.tenant); });
}

Result<SearchPage> RemoteRepository::Search(const SearchSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.tenant).Given("q", spec.text).Number("limit", spec.limit);
  if (spec.type) parameters.Text("type", *spec.type);
  if (spec.ns) parameters.Text("namespace", *spec.ns);
  if (spec.tag) parameters.Text("tag", *spec.tag);
  if (spec.owner) parameters.Text("owner", *spec.owner);
  return AskFor<SearchPage>("search", parameters,
                            [&](const ObjectReader& root) { return ReadSearch(root, spec.tenant); });
}

Result<std::vector<TagUse>> RemoteRepository::Tags(std::string_view tenant, std::optional<std::string_view> ns) {
  Parameters parameters;
  parameters.Given("tenant", tenant);
  if (ns) parameters.Text("namespace", *ns);
  return AskFor<std::vector<TagUse>>("tags", parameters, [](const ObjectReader& root) { return ReadTags(root); });
}

Result<std::vector<KindFact>> RemoteRepository::Newest(const NodeView& node) {
  Parameters parameters;
  parameters.Node("node", node).Given("tenant", node.tenant);
  auto reply = Ask("newest", parameters);
  if (!reply) return reply.error();
  auto facts = ReadFacts(reply->body);
  if (!facts) return facts.error();
  if (facts->kinds.size() != facts->facts.size()) {
    return Status(StatusCode::kInternal, "the service's answer is not understood: not one kind for each fact");
  }
  std::vector<KindFact> out;
  for (std::size_t i = 0; i < facts->facts.size(); ++i) {
    out.push_back({std::move(facts->kinds[i]), std::move(facts->facts[i])});
  }
  return out;
}

}  // namespace cairn
