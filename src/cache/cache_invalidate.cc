#include "cache/cache_impl.h"
#include "cache/selecting.h"

namespace cairn {

Result<CacheInvalidated> CacheImpl::Expire(const CacheSelector& selector) {
  return Invalidate(CacheVerb::kExpire, selector);
}

Result<CacheInvalidated> CacheImpl::Remove(const CacheSelector& selector) {
  return Invalidate(CacheVerb::kRemove, selector);
}

Result<CacheInvalidated> CacheImpl::Invalidate(CacheVerb verb, const CacheSelector& selector) {
  if (Status status = CheckCacheSelector(selector); !status.ok()) return status;
  LocalCache& state = Use();
  const Selecting selecting(selector, state.user_secret());
  Levels::Target target = selecting.target();
  if (!selecting.is_complete()) {
    // What is refreshed between the look and the removal is removed with it: it costs a load.
    const Status looked = VisitMeant(selector, [&](const CacheListed& listed, std::string_view) {
      target.keys.push_back(listed.key);
      return true;
    });
    if (!looked.ok()) return looked;
  }
  auto done = state.levels().Invalidate(verb, target);
  if (done && options_.log_invalidations && options_.log) {
    const std::string subject = selector.text.empty() ? "everything" : selector.text;
    const auto kind = verb == CacheVerb::kExpire ? CacheEvent::Kind::kExpire : CacheEvent::Kind::kRemove;
    options_.log({kind, CacheLevel::kNone, subject, done->is_shared_pending ? "the shared level is to be told" : ""});
  }
  return done;
}

Status CacheImpl::List(const CacheSelector& selector, const std::function<bool(const CacheListed&)>& visit) {
  if (Status status = CheckCacheSelector(selector); !status.ok()) return status;
  return VisitMeant(selector, [&](const CacheListed& listed, std::string_view) { return visit(listed); });
}

std::vector<CacheInspected> CacheImpl::Inspect(std::string_view key_text) {
  LocalCache& state = Use();
  const CacheOperation* operation = OperationOfText(key_text);
  if (operation != nullptr) {
    if (const auto key = operation->KeyOfText(key_text); key) return state.levels().Inspect(*key);
  }
  return {{.why = "no operation of this key is defined here"}};
}

}  // namespace cairn
