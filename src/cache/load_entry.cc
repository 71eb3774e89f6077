#include <algorithm>

#include "base/hash.h"
#include "cache/loading.h"

// How a loader's answer becomes an entry.

namespace cairn {
namespace {

std::vector<std::string> TagsOf(const CachePolicy& policy, std::vector<std::string> tags) {
  tags.insert(tags.end(), policy.tags.begin(), policy.tags.end());
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace

Result<std::shared_ptr<CacheEntry>> Loading::EntryOf(const CacheKey& key, const std::vector<std::string>& asked,
                                                     CacheLoaded&& loaded, const LevelAnswer& standing,
                                                     std::chrono::nanoseconds load_time) const {
  const CachePolicy& policy = key.operation().policy();
  auto entry = std::make_shared<CacheEntry>();
  if (loaded.kind == CacheLoaded::Kind::kUnchanged) {
    if (standing.entry == nullptr) {
      return {StatusCode::kInternal, "the loader says that nothing changed, but nothing stands: " + key.text()};
    }
    *entry = *standing.entry;
  }
  const bool is_negative = loaded.kind == CacheLoaded::Kind::kNotFound;
  const bool is_unchanged = loaded.kind == CacheLoaded::Kind::kUnchanged;
  entry->key = key.text();
  entry->created = levels_.Now().wall;
  const auto ttl = loaded.ttl.value_or(is_negative ? policy.negative_ttl : policy.ttl);
  entry->ttl = Jittered(std::max(ttl, std::chrono::nanoseconds(0)), policy.jitter, random_());
  entry->grace = is_negative ? std::chrono::nanoseconds(0) : policy.grace;
  entry->load_time = load_time;
  entry->is_negative = is_negative;
  if (!is_unchanged || !loaded.validator.empty()) entry->validator = std::move(loaded.validator);
  if (!is_unchanged || !loaded.tags.empty()) entry->tags = TagsOf(policy, std::move(loaded.tags));
  if (is_unchanged) {
    // The fields that were asked for are good again; the others keep their time.
    for (CacheField& field : entry->fields) {
      if (std::find(asked.begin(), asked.end(), field.name) != asked.end()) field.created = entry->created;
    }
    return entry;
  }
  entry->value = std::move(loaded.value);
  if (!is_negative) entry->structure = Hash64(loaded.structure.empty() ? entry->value : loaded.structure);
  if (!loaded.fields.empty()) MergeFields(*entry, std::move(loaded.fields), asked, standing, policy);
  return entry;
}

void Loading::MergeFields(CacheEntry& entry, std::vector<CacheField> loaded, const std::vector<std::string>& asked,
                          const LevelAnswer& standing, const CachePolicy& policy) const {
  for (CacheField& field : loaded) {
    if (field.created.ns != 0) continue;  // Merged before.
    field.created = entry.created;
    field.ttl = Jittered(field.ttl.count() > 0 ? field.ttl : policy.ttl, policy.jitter, random_());
  }
  const auto is_new = [&](const std::string& name) {
    return std::any_of(loaded.begin(), loaded.end(), [&](const CacheField& field) { return field.name == name; });
  };
  entry.value.clear();
  entry.fields = loaded;
  // What was expired or is no set of fields is not carried on; nor is a field that was asked for and did not come.
  const bool is_carried = standing.entry != nullptr && !standing.is_expired && !standing.entry->is_negative;
  for (const CacheField& field : is_carried ? standing.entry->fields : std::vector<CacheField>()) {
    const bool was_asked = std::find(asked.begin(), asked.end(), field.name) != asked.end();
    const bool is_good = MissingFields(standing.entry.get(), standing.times, {field.name}, levels_.SteadyNs()).empty();
    if (!is_new(field.name) && (!was_asked || is_good)) entry.fields.push_back(field);
  }
  std::sort(entry.fields.begin(), entry.fields.end(),
            [](const CacheField& a, const CacheField& b) { return a.name < b.name; });
}

}  // namespace cairn
