#include <algorithm>
#include <map>

#include "access/scoped_repository.h"
#include "base/json.h"

namespace cairn {

Result<EntityInfo> ScopedRepository::Entity(const NodeView& node) {
  if (Status status = MustSee(node); !status.ok()) return status;
  auto entity = whole_->Entity(node);
  if (entity) Narrow(&*entity);
  return entity;
}

// Whether a tag or an owner comes from a facet or from metadata is not kept: both have to be seen.
void ScopedRepository::Narrow(EntityInfo* entity) const {
  std::erase_if(entity->kinds, [&](const std::string& kind) { return !sees_->SeesKind(kind); });
  if (!SeesTags()) entity->tags.clear();
  if (!SeesOwners()) entity->owners.clear();
  const auto is_hidden = [&](const std::string& text) { return !sees_->SeesAllOf(JsonString(text)); };
  std::erase_if(entity->tags, is_hidden);
  std::erase_if(entity->owners, is_hidden);
}

Result<std::vector<NodeKey>> ScopedRepository::FindNodes(std::string_view tenant, std::string_view text,
                                                         std::size_t limit) {
  if (tenant != grant_->tenant) return std::vector<NodeKey>{};
  if (grant_->namespaces.empty()) return whole_->FindNodes(tenant, text, limit);
  constexpr std::size_t kWiden = 8;
  for (std::size_t wanted = limit;; wanted *= kWiden) {
    auto nodes = whole_->FindNodes(tenant, text, wanted);
    if (!nodes) return nodes;
    const bool is_all = nodes->size() < wanted;
    std::erase_if(*nodes, [&](const NodeKey& node) { return !Sees(node); });
    if (nodes->size() > limit) nodes->resize(limit);
    if (is_all || nodes->size() == limit) return nodes;
  }
}

Result<std::vector<NamespaceInfo>> ScopedRepository::Namespaces(std::string_view tenant) {
  if (tenant != grant_->tenant) return std::vector<NamespaceInfo>{};
  auto namespaces = whole_->Namespaces(tenant);
  if (!namespaces) return namespaces;
  std::erase_if(*namespaces,
                [&](const NamespaceInfo& one) { return !sees_->Sees(NodeView(tenant, kTypeDataset, one.ns, {})); });
  return namespaces;
}

Result<EntitiesPage> ScopedRepository::Entities(const EntitiesSpec& spec) {
  EntitiesSpec own = spec;
  own.tenant = grant_->tenant;
  if (!grant_->namespaces.empty()) own.sees = sees_;
  auto page = whole_->Entities(own);
  if (!page) return page;
  for (EntityInfo& entity : page->entities) Narrow(&entity);
  return page;
}

Result<SearchPage> ScopedRepository::Search(const SearchSpec& spec) {
  if ((spec.tag && !SeesTags()) || (spec.owner && !SeesOwners())) return SearchPage{};
  SearchSpec own = spec;
  own.tenant = grant_->tenant;
  if (!grant_->namespaces.empty()) own.sees = sees_;
  auto page = whole_->Search(own);
  if (!page) return page;
  for (EntityInfo& entity : page->entities) Narrow(&entity);
  return page;
}

Result<std::vector<TagUse>> ScopedRepository::Tags(std::string_view tenant, std::optional<std::string_view> ns) {
  if (!SeesTags()) return std::vector<TagUse>{};
  if (grant_->namespaces.empty() && tenant == grant_->tenant) return whole_->Tags(tenant, ns);
  auto namespaces = Namespaces(tenant);
  if (!namespaces) return namespaces.error();
  std::map<std::string, std::uint64_t> uses;
  for (const NamespaceInfo& one : *namespaces) {
    if (ns && *ns != one.ns) continue;
    auto tags = whole_->Tags(tenant, one.ns);
    if (!tags) return tags;
    for (const TagUse& tag : *tags) {
      if (sees_->SeesAllOf(JsonString(tag.tag))) uses[tag.tag] += tag.nodes;
    }
  }
  std::vector<TagUse> out;
  for (const auto& [tag, nodes] : uses) out.push_back({tag, nodes});
  return out;
}

Result<std::vector<KindFact>> ScopedRepository::Newest(const NodeView& node) {
  if (Status status = MustSee(node); !status.ok()) return status;
  auto newest = whole_->Newest(node);
  if (!newest || is_whole()) return newest;
  std::vector<KindFact> out;
  for (KindFact& one : *newest) {
    if (auto shown = Shown(one.fact)) out.push_back({std::move(one.kind), std::move(*shown)});
  }
  return out;
}

}  // namespace cairn
