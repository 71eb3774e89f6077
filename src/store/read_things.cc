#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "store/embedded_repository.h"
#include "store/lock_pause.h"

namespace cairn {
namespace {

constexpr std::size_t kNodesPerTick = 256;

char LowerAscii(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ContainsText(std::string_view name, std::string_view text) {
  return std::search(name.begin(), name.end(), text.begin(), text.end(),
                     [](char a, char b) { return LowerAscii(a) == LowerAscii(b); }) != name.end();
}

// When the node was named first, without what else is known of it: as `EntityInfo` says it, 0 where nobody said when.
std::int64_t FirstSeen(const Views& views, std::uint32_t node) {
  const NodeStated* stated = views.stated(node);
  std::int64_t first = stated == nullptr ? Timestamp::Max().ns : stated->first_seen;
  const NodeFold* fold = views.node(node);
  for (std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series; at != NumberSet::kNone;) {
    first = std::min(first, views.series().at(at).first_produced);
    at = views.series().at(at).next_of_node;
  }
  return first == Timestamp::Max().ns ? 0 : first;
}

// Families of that tenant that `wanted` takes, by namespace.
template <typename Wanted>
std::vector<std::uint32_t> FamiliesOf(const NodeTable& nodes, std::string_view tenant, Wanted wanted) {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 0; i < nodes.families(); ++i) {
    const NodeView family = nodes.FamilyAt(i);
    if (family.tenant == tenant && wanted(family)) out.push_back(i);
  }
  std::sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    const NodeView x = nodes.FamilyAt(a);
    const NodeView y = nodes.FamilyAt(b);
    return std::tie(x.ns, x.type) < std::tie(y.ns, y.type);
  });
  return out;
}

}  // namespace

// Under views_mutex_.
EntityInfo EmbeddedRepository::InfoOf(std::uint32_t node) const {
  const Views& views = state_.views;
  EntityInfo out;
  out.node = views.nodes().at(node).Own();
  std::int64_t first = Timestamp::Max().ns;
  std::int64_t last = Timestamp::Min().ns;
  if (const NodeStated* stated = views.stated(node)) {
    first = stated->first_seen;
    last = stated->last_seen;
  }
  if (const NodeFold* fold = views.node(node)) {
    for (std::uint32_t at = fold->first_series; at != NumberSet::kNone;) {
      const Series& series = views.series().at(at);
      out.kinds.emplace_back(views.texts().at(series.kind));
      out.facts += series.count;
      first = std::min(first, series.first_produced);
      last = std::max(last, series.latest.produced_at);
      at = series.next_of_node;
    }
  }
  std::sort(out.kinds.begin(), out.kinds.end());
  if (first <= last) {
    out.first_seen = {first};
    out.last_seen = {last};
  }
  if (const NodeAttributes* attributes = views.attributes(node)) {
    out.owners = attributes->owners.values;
    out.tags = attributes->tags.values;
  }
  out.runs = views.runs().RunsOf(node).runs;
  out.deleted = views.IsDeleted(node);
  return out;
}

Result<EntityInfo> EmbeddedRepository::Entity(const NodeView& node) {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  const std::uint32_t number = state_.views.nodes().Find(node);
  if (number == NumberSet::kNone) return Status(StatusCode::kNotFound, fmt::format("no node {}", NodeId(node)));
  return InfoOf(number);
}

Result<std::vector<KindFact>> EmbeddedRepository::Newest(const NodeView& node) {
  if (Status status = CatchUp(); !status.ok()) return status;
  std::vector<std::pair<std::string, Posting>> found;
  SegmentList segments;
  {
    const std::shared_lock lock(views_mutex_);
    const Views& views = state_.views;
    const std::uint32_t number = views.nodes().Find(node);
    if (number == NumberSet::kNone) return Status(StatusCode::kNotFound, fmt::format("no node {}", NodeId(node)));
    segments = state_.segments;
    const NodeFold* fold = views.node(number);
    for (std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series; at != NumberSet::kNone;) {
      const Series& series = views.series().at(at);
      if (!IsDeletion(series.latest.facet)) found.emplace_back(views.texts().at(series.kind), series.latest);
      at = series.next_of_node;
    }
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<KindFact> out;
  for (auto& [kind, posting] : found) {
    auto fact = segments.FactOf(posting);
    if (fact) {
      out.push_back({std::move(kind), std::move(*fact)});
    } else if (fact.error().code() != StatusCode::kDataLoss) {
      return fact.error();
    }
  }
  return out;
}

Result<std::vector<NamespaceInfo>> EmbeddedRepository::Namespaces(std::string_view tenant) {
  if (Status status = CatchUp(); !status.ok()) return status;
  std::vector<NamespaceInfo> out;
  InSlices([&](LockPause& pause) {
    out.clear();
    const Views& views = state_.views;
    while (!node_lists_.Follow(views.nodes(), state_.versions.epoch)) {
      if (!pause.Tick()) return false;
    }
    const auto is_thing = [](const NodeView& family) { return family.type != kTypeField && family.type != kTypeRun; };
    for (const std::uint32_t number : FamiliesOf(views.nodes(), tenant, is_thing)) {
      const NodeView family = views.nodes().FamilyAt(number);
      const TimesSeen seen = views.family_seen(number);
      if (seen.first > seen.last) continue;  // Nothing but a name in a run.
      if (out.empty() || out.back().ns != family.ns) {
        out.push_back({std::string(family.ns), {}, Timestamp::Max(), Timestamp::Min()});
      }
      out.back().types.emplace_back(family.type, node_lists_.SizeOf(number));
      out.back().first_seen = std::min(out.back().first_seen, Timestamp{seen.first});
      out.back().last_seen = std::max(out.back().last_seen, Timestamp{seen.last});
    }
    return true;
  });
  return out;
}

Result<EntitiesPage> EmbeddedRepository::Entities(const EntitiesSpec& spec) {
  if (Status status = CatchUp(); !status.ok()) return status;
  EntitiesPage out;
  InSlices([&](LockPause& pause) {
    out = {};
    return ListEntities(spec, pause, &out);
  });
  return out;
}

// Under views_mutex_. False: anew.
bool EmbeddedRepository::ListEntities(const EntitiesSpec& spec, LockPause& pause, EntitiesPage* out) {
  const NodeTable& nodes = state_.views.nodes();
  while (!node_lists_.Follow(nodes, state_.versions.epoch)) {
    if (!pause.Tick()) return false;
  }
  const auto wanted = [&](const NodeView& family) {
    return family.type == spec.type && (!spec.ns || family.ns == *spec.ns) &&
           (spec.sees == nullptr || spec.sees->Sees(family));
  };
  for (const std::uint32_t family : FamiliesOf(nodes, spec.tenant, wanted)) {
    if (!ListFamily(spec, family, pause, out)) return false;
  }
  return true;
}

bool EmbeddedRepository::ListFamily(const EntitiesSpec& spec, std::uint32_t family, LockPause& pause,
                                    EntitiesPage* out) {
  const Views& views = state_.views;
  const bool hides = !spec.deleted && views.texts().Find(kMetadataDeleted) != NumberSet::kNone;
  const std::size_t size = node_lists_.SizeOf(family);
  std::size_t at = 0;
  if (!hides && spec.text.empty() && !spec.until) {
    // All of them count, so that none but the page's are looked at.
    at = out->total < spec.offset ? std::min<std::size_t>(size, spec.offset - out->total) : 0;
    out->total += at;
  }
  while (at < size) {
    const bool full = spec.limit != 0 && out->entities.size() >= spec.limit;
    if (full && !hides && spec.text.empty() && !spec.until) {
      out->total += size - at;
      return true;
    }
    const std::vector<std::uint32_t> numbers = node_lists_.Read(family, at, std::min(kNodesPerTick, size - at));
    if (numbers.empty()) return true;
    at += numbers.size();
    for (const std::uint32_t number : numbers) {
      if (hides && views.IsDeleted(number)) continue;
      if (!spec.text.empty() && !ContainsText(views.nodes().at(number).name, spec.text)) continue;
      if (spec.until && FirstSeen(views, number) >= spec.until->ns) continue;
      ++out->total;
      if (out->total <= spec.offset || (spec.limit != 0 && out->entities.size() >= spec.limit)) continue;
      out->entities.push_back(InfoOf(number));
    }
    if (!pause.Tick()) return false;
  }
  return true;
}

Result<std::vector<TagUse>> EmbeddedRepository::Tags(std::string_view tenant, std::optional<std::string_view> ns) {
  if (Status status = CatchUp(); !status.ok()) return status;
  std::map<std::string, std::uint64_t> uses;
  InSlices([&](LockPause& pause) {
    uses.clear();
    const Views& views = state_.views;
    const std::uint32_t count = views.nodes().size();
    for (std::uint32_t i = 0; i < count; ++i) {
      if (i % kNodesPerTick == 0 && !pause.Tick()) return false;
      const NodeAttributes* attributes = views.attributes(i);
      if (attributes == nullptr || attributes->tags.values.empty()) continue;
      const NodeView node = views.nodes().at(i);
      if (node.tenant != tenant || (ns && node.ns != *ns)) continue;
      for (const std::string& tag : attributes->tags.values) ++uses[tag];
    }
    return true;
  });
  std::vector<TagUse> out;
  for (const auto& [tag, nodes] : uses) out.push_back({tag, nodes});
  return out;
}

}  // namespace cairn
