#include "lookup/lookup_service.h"

#include <fmt/format.h>

#include <algorithm>

#include "obs/cache_selector.h"

namespace cairn {
namespace {

Result<std::vector<CacheSelector>> Parse(const std::vector<std::string>& texts) {
  std::vector<CacheSelector> out;
  for (const std::string& text : texts) {
    auto selector = ParseCacheSelector(text);
    if (!selector) return selector.error();
    out.push_back(*std::move(selector));
  }
  return out;
}

CacheLevelStats DiskOf(const CacheStats& stats) {
  const auto at = std::find_if(stats.levels.begin(), stats.levels.end(),
                               [](const CacheLevelStats& level) { return level.level == CacheLevel::kDisk; });
  return at == stats.levels.end() ? CacheLevelStats() : *at;
}

}  // namespace

Result<std::unique_ptr<LookupService>> LookupService::Open(const Config& config, LookupHooks hooks) {
  std::unique_ptr<LookupService> out(new LookupService);
  CacheOptions cache_options = config.cache;
  cache_options.clock = hooks.cache_clock;
  cache_options.environment = hooks.environment;
  if (hooks.log) {
    cache_options.log = [log = hooks.log, is_brief = hooks.is_brief](const CacheEvent& event) {
      using Kind = CacheEvent::Kind;
      if (is_brief && (event.kind == Kind::kLoadFailed || event.kind == Kind::kLevelUp)) return;
      std::string line = fmt::format("cache: {}", CacheEventName(event.kind));
      if (event.level != CacheLevel::kNone) line += fmt::format(" in {}", CacheLevelName(event.level));
      for (const std::string_view part : {event.subject, event.detail}) {
        if (!part.empty()) line += fmt::format(": {}", part);
      }
      log(line);
    };
  }
  out->is_enabled_ = cache_options.enabled;
  out->wants_disk_ = cache_options.disk.enabled && !cache_options.location.empty();
  auto cache = Cache::Open(std::move(cache_options));
  if (!cache) return cache.error().WithContext("cache");
  out->cache_ = *std::move(cache);

  LookupOptions lookup;
  lookup.cache = out->cache_.get();
  lookup.sources = config.sources;
  lookup.location = config.cache.location;
  lookup.store_record = std::move(hooks.store_record);
  lookup.log = hooks.log;
  lookup.environment = hooks.environment;
  lookup.transport = hooks.transport;
  out->lookup_ = std::make_unique<Lookup>(std::move(lookup));
  // A source that cannot be made (a header's secret is not in the environment) says so when it is asked.
  (void)out->lookup_->DefineAll();

  WarmerOptions warmer;
  warmer.lookup = out->lookup_.get();
  warmer.cache = out->cache_.get();
  warmer.config = config.warm;
  out->warmer_ = std::make_unique<Warmer>(std::move(warmer));
  // Offline means that no connection is made, and a cache that is off keeps nothing that could be warm.
  if (config.warm.predictive && config.cache.enabled && !config.cache.offline) out->warmer_->Start();
  return out;
}

Result<Inspected> LookupService::Get(const Question& question, const std::string& user) {
  const auto key = lookup_->Key(question, user);
  if (!key) return key.error();
  return Get(key->text());
}

Status LookupService::List(const std::vector<std::string>& selectors,
                           const std::function<bool(const CacheListed&)>& visit) {
  auto parsed = Parse(selectors);
  if (!parsed) return parsed.error();
  if (parsed->empty()) parsed->push_back(CacheSelector::All());
  bool goes_on = true;
  for (const CacheSelector& selector : *parsed) {
    const Status listed = cache_->List(selector, [&](const CacheListed& entry) { return goes_on = visit(entry); });
    if (!listed.ok() || !goes_on) return listed;
  }
  return Status::Ok();
}

Status LookupService::CheckEnabled() const {
  return is_enabled_ ? Status::Ok() : Status(StatusCode::kFailedPrecondition, "the cache is off: cache.enabled");
}

Result<CacheImported> LookupService::Import(const std::string& path) {
  if (Status status = CheckEnabled(); !status.ok()) return status;
  const CacheLevelStats disk = DiskOf(cache_->Stats());
  if (!disk.is_open) {
    return Status(StatusCode::kFailedPrecondition, "no disk level keeps what is imported: " + disk.state);
  }
  return cache_->Import(path);
}

Result<std::vector<Cleared>> LookupService::Clear(const std::vector<std::string>& selectors, ClearVerb verb) {
  if (selectors.empty()) return Status(StatusCode::kInvalidArgument, "say what is to be cleared; `all` is everything");
  auto parsed = Parse(selectors);
  if (!parsed) return parsed.error();
  if (Status status = CheckEnabled(); !status.ok()) return status;
  std::vector<Cleared> out;
  for (CacheSelector& selector : *parsed) {
    // What a generation removes is not counted by it: it is looked at here, where nobody waits for an answer.
    std::uint64_t here = 0;
    if (Status listed = cache_->List(selector, [&](const CacheListed&) { return ++here > 0; }); !listed.ok()) {
      return listed.WithContext(FormatCacheSelector(selector));
    }
    auto done = verb == ClearVerb::kRemove ? cache_->Remove(selector) : cache_->Expire(selector);
    if (!done) return done.error().WithContext(FormatCacheSelector(selector));
    done->entries = std::max(done->entries, here);
    out.push_back({std::move(selector), *done});
  }
  if (!wants_disk_) return out;
  const CacheLevelStats disk = DiskOf(cache_->Stats());
  if (disk.is_open) return out;
  return Status(StatusCode::kUnavailable, "what stands on disk is not cleared: " + disk.state);
}

Result<std::uint64_t> LookupService::Export(std::string_view selector, const std::string& path) {
  auto parsed = selector.empty() ? Result<CacheSelector>(CacheSelector::All()) : ParseCacheSelector(selector);
  if (!parsed) return parsed.error();
  return cache_->Export(*parsed, path);
}

}  // namespace cairn
