#include "record/openlineage_facets.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace cairn {
namespace {

/// Paths are written out for each field, so one long name above many short ones would take far more memory than the
/// event itself. A longer path is not made a node.
constexpr std::size_t kNestedPathBytesMax = 512;

/// Nodes for the fields of a list; `path` names what they are inside of, empty for the dataset itself.
void StateFields(Array fields, std::uint32_t dataset, const std::string& path, StatementBuilder& builder) {
  for (const Element element : fields) {
    const auto field = AsObject(element);
    if (!field) continue;
    std::string_view name;
    std::optional<Array> inner;
    for (const auto [key, value] : *field) {
      if (key == "name") name = AsText(value);
      if (key == "fields") inner = AsArray(value);
    }
    if (name.empty()) continue;
    if (path.empty() && !inner) {
      builder.Field(dataset, name);
      continue;
    }
    std::string own = path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
    if (!path.empty() && own.size() > kNestedPathBytesMax) continue;
    builder.Field(dataset, own);
    if (inner) StateFields(*inner, dataset, own, builder);
  }
}

using TagOfNode = std::pair<std::uint32_t, std::string_view>;

void AddTag(Object tag, std::uint32_t node, StatementBuilder& builder, std::vector<TagOfNode>* out) {
  const std::string_view key = Text(tag, "key");
  if (key.empty()) return;
  const std::string_view value = Text(tag, "value");
  const std::string_view field = Text(tag, "field");
  const bool of_field = !field.empty() && builder.out().nodes[node].type == kTypeDataset;
  out->emplace_back(of_field ? builder.Field(node, field) : node,
                    value.empty() ? builder.Keep(key) : builder.Join(key, '=', value));
}

/// The statement about `node`, to be filled.
std::vector<std::string_view>& Attribute(AttributeStatement::What what, std::uint32_t node, bool deleted,
                                         StatementBuilder& builder) {
  return builder.out().attributes.emplace_back(AttributeStatement{what, node, deleted, {}}).values;
}

}  // namespace

void StateSchema(Object facet, std::uint32_t dataset, StatementBuilder& builder) {
  if (const auto fields = AsArray(Member(facet, "fields"))) StateFields(*fields, dataset, {}, builder);
}

void StateTags(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder) {
  const auto entries = AsArray(Member(facet, "tags"));
  if (!entries && !deleted) return;
  std::vector<TagOfNode> tags;
  if (entries && !deleted) {
    for (const Element entry : *entries) {
      if (const auto tag = AsObject(entry)) AddTag(*tag, node, builder, &tags);
    }
  }
  std::stable_sort(tags.begin(), tags.end(), [](const TagOfNode& a, const TagOfNode& b) { return a.first < b.first; });

  auto& own = Attribute(AttributeStatement::What::kTags, node, deleted, builder);
  for (const auto& [about, tag] : tags) {
    if (about == node) own.push_back(tag);
  }
  for (std::size_t i = 0; i < tags.size();) {
    const std::uint32_t about = tags[i].first;
    std::vector<std::string_view>* values =
        about == node ? nullptr : &Attribute(AttributeStatement::What::kTags, about, false, builder);
    for (; i < tags.size() && tags[i].first == about; ++i) {
      if (values != nullptr) values->push_back(tags[i].second);
    }
  }
}

void StateOwnership(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder) {
  const auto entries = AsArray(Member(facet, "owners"));
  if (!entries && !deleted) return;
  auto& owners = Attribute(AttributeStatement::What::kOwners, node, deleted, builder);
  if (!entries || deleted) return;
  for (const Element entry : *entries) {
    const auto owner = AsObject(entry);
    const std::string_view name = owner ? Text(*owner, "name") : std::string_view{};
    if (!name.empty()) owners.push_back(builder.Keep(name));
  }
}

void StateDocumentation(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder) {
  const std::string_view text = Text(facet, "description");
  if (text.empty() && !deleted) return;
  auto& values = Attribute(AttributeStatement::What::kDocumentation, node, deleted, builder);
  if (!deleted) values.push_back(builder.Keep(text));
}

}  // namespace cairn
