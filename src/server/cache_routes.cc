#include "server/cache_routes.h"

#include <fmt/format.h>

#include <map>

#include "base/json.h"
#include "lookup/cache_json.h"
#include "obs/cache_selector.h"
#include "server/exchange.h"
#include "server/parameters.h"

namespace cairn {
namespace {

constexpr std::uint64_t kEntriesMax = 10'000;

ServerResponse Json(std::string body, int status = 200) {
  ServerResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

/// A cache is of no tenant and no namespace, so that who sees a part of the store may not look into it.
Status SeesAll(const Exchange& exchange) {
  const auto& grant = exchange.principal().grant;
  if (grant == nullptr || grant->is_of_all()) return Status::Ok();
  return {StatusCode::kPermissionDenied, "the token is narrowed, and the cache belongs to all"};
}

std::string Joined(const std::string& list, const std::string& one) { return list.empty() ? one : list + "," + one; }

/// The first entries in the order of their keys, behind a key.
class EntryPage {
 public:
  EntryPage(std::string after, std::size_t limit) : after_(std::move(after)), limit_(limit) {}
  bool Add(const CacheListed& entry) {
    if (entry.key <= after_ && !after_.empty()) return true;
    entries_.emplace(entry.key, CacheListedJson(entry));
    if (entries_.size() > limit_ + 1) entries_.erase(std::prev(entries_.end()));
    return true;
  }
  [[nodiscard]] std::string ToJson() {
    std::string cursor;
    if (entries_.size() > limit_) {
      entries_.erase(std::prev(entries_.end()));
      cursor = fmt::format(",\"cursor\":{}", JsonString(entries_.rbegin()->first));
    }
    std::string list;
    for (const auto& [key, json] : entries_) list = Joined(list, json);
    return "{\"entries\":[" + list + "]" + cursor + "}";
  }

 private:
  const std::string after_;
  const std::size_t limit_;
  std::map<std::string, std::string> entries_;
};

}  // namespace

CacheRoutes::CacheRoutes(Parts parts) : parts_(std::move(parts)) {
  if (parts_.lookups != nullptr) {
    warming_ = std::make_unique<WarmJob>(*parts_.lookups, *FileSystem::Default(), parts_.cache);
  }
}

void CacheRoutes::AddRoute(Router& router, const char* method, const char* pattern, Handler handler,
                           HttpRoute::Needs needs) {
  router.Add({method, pattern,
              [this, handler](Exchange& exchange) {
                if (Status status = SeesAll(exchange); !status.ok()) return HttpFailure(status);
                return (this->*handler)(exchange);
              },
              needs});
}

void CacheRoutes::Add(Router& router) {
  using Needs = HttpRoute::Needs;
  AddRoute(router, "GET", "/api/v1/cache", &CacheRoutes::Stats, Needs::kRead);
  AddRoute(router, "GET", "/api/v1/cache/entries", &CacheRoutes::Entries, Needs::kRead);
  AddRoute(router, "GET", "/api/v1/cache/entry", &CacheRoutes::Entry, Needs::kAdmin);
  AddRoute(router, "POST", "/api/v1/cache/clear", &CacheRoutes::Clear, Needs::kAdmin);
  AddRoute(router, "GET", "/api/v1/cache/warm", &CacheRoutes::WarmState, Needs::kRead);
  AddRoute(router, "POST", "/api/v1/cache/warm", &CacheRoutes::Warm, Needs::kAdmin);
  AddRoute(router, "DELETE", "/api/v1/cache/warm", &CacheRoutes::StopWarming, Needs::kAdmin);
}

ServerResponse CacheRoutes::Stats(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    const auto report = [](Cache* cache) {
      return cache == nullptr ? std::string("null") : CacheReportJson(MakeCacheReport(cache->Stats()));
    };
    Cache* lookups = parts_.lookups == nullptr ? nullptr : &parts_.lookups->cache();
    return Json(fmt::format(R"({{"lookups":{},"answers":{}}})", report(lookups), report(parts_.answers)));
  });
}

ServerResponse CacheRoutes::Entries(Exchange& exchange) {
  std::vector<std::string> selectors;
  std::string after;
  std::uint64_t limit = 100;
  ParameterReader parameters(exchange.query());
  parameters.Texts("select", selectors).Text("cursor", after).Number("limit", kEntriesMax, limit);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  if (limit == 0) return Json(R"({"entries":[]})");
  EntryPage page(std::move(after), limit);
  return exchange.Elsewhere([&] {
    if (parts_.lookups != nullptr) {
      const Status listed = parts_.lookups->List(selectors, [&](const CacheListed& entry) { return page.Add(entry); });
      if (!listed.ok()) return HttpFailure(listed);
    }
    return Json(page.ToJson());
  });
}

ServerResponse CacheRoutes::Entry(Exchange& exchange) {
  std::string key;
  ParameterReader parameters(exchange.query());
  parameters.Required("key", key);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    std::string levels;
    bool is_found = false;
    if (parts_.lookups != nullptr) {
      for (const CacheInspected& level : parts_.lookups->Get(key).levels) {
        levels = Joined(levels, CacheInspectedJson(key, level));
        is_found = is_found || level.entry != nullptr;
      }
    }
    if (!is_found) return HttpFailure(Status(StatusCode::kNotFound, "no level holds " + key));
    return Json("{\"levels\":[" + levels + "]}");
  });
}

ServerResponse CacheRoutes::Clear(Exchange& exchange) {
  std::vector<std::string> selectors;
  bool expire = false;
  ParameterReader parameters(exchange.query());
  parameters.Texts("select", selectors).Must().Flag("expire", expire);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    std::string list;
    if (parts_.lookups != nullptr) {
      auto cleared = parts_.lookups->Clear(selectors, expire ? ClearVerb::kExpire : ClearVerb::kRemove);
      if (!cleared) return HttpFailure(cleared.error());
      for (const Cleared& one : *cleared) {
        list = Joined(list, CacheInvalidatedJson(FormatCacheSelector(one.selector), one.done, expire));
      }
      if (Status flushed = parts_.lookups->cache().Flush(); !flushed.ok()) return HttpFailure(flushed);
    }
    return Json("{\"cleared\":[" + list + "]}");
  });
}

ServerResponse CacheRoutes::WarmState(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    if (warming_ == nullptr) return Json(R"({"warming":null})");
    const auto state = warming_->State();
    if (!state) return HttpFailure(state.error());
    return Json(fmt::format(R"({{"warming":{}}})", *state ? WarmStatusJson(**state) : "null"));
  });
}

ServerResponse CacheRoutes::Warm(Exchange& exchange) {
  std::uint64_t used = 0;
  WarmJob::Request request;
  ParameterReader parameters(exchange.query());
  parameters.Number("used", 10'000'000, used).Flag("predicted", request.predicted);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  request.used = used;
  request.list = exchange.request().body();
  return exchange.Elsewhere([&] {
    if (warming_ == nullptr) {
      return HttpFailure(Status(StatusCode::kFailedPrecondition, "this service has no sources to ask: docs/cache.md"));
    }
    if (Status begun = warming_->Begin(std::move(request)); !begun.ok()) return HttpFailure(begun);
    const auto state = warming_->State();
    return Json(fmt::format(R"({{"warming":{}}})", state && *state ? WarmStatusJson(**state) : "null"), 202);
  });
}

ServerResponse CacheRoutes::StopWarming(Exchange& exchange) {
  if (Status status = ParameterReader(exchange.query()).Finish(); !status.ok()) return HttpFailure(status);
  return exchange.Elsewhere([&] {
    if (warming_ != nullptr) warming_->Stop();
    return Json(R"({"done":true})");
  });
}

}  // namespace cairn
