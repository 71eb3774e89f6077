#include "cache/selecting.h"

#include <algorithm>

#include "cache/glob.h"

namespace cairn {
namespace {

using Kind = CacheSelector::Kind;

/// `a:b:` and `a:`, where that is all there is: a whole operation or source, which need no walk.
bool IsWhole(std::string_view prefix, std::ptrdiff_t colons) {
  return prefix.ends_with(':') && std::count(prefix.begin(), prefix.end(), ':') == colons;
}

}  // namespace

Status CheckCacheSelector(const CacheSelector& selector) {
  const bool needs_text = selector.kind != Kind::kAll && selector.kind != Kind::kStale;
  if (needs_text && selector.text.empty()) return {StatusCode::kInvalidArgument, "a cache selector names nothing"};
  if (selector.kind == Kind::kOperation && selector.text.find(':') == std::string::npos) {
    return {StatusCode::kInvalidArgument, "an operation is named `source:operation`, not `" + selector.text + "`"};
  }
  if (selector.kind == Kind::kPattern) {
    if (const std::string fault = GlobFault(selector.text); !fault.empty()) {
      return {StatusCode::kInvalidArgument, "the pattern `" + selector.text + "`: " + fault};
    }
  }
  return Status::Ok();
}

Selecting::Selecting(const CacheSelector& selector, std::string_view user_secret) : selector_(selector) {
  const std::string& text = selector.text;
  switch (selector.kind) {
    case Kind::kAll:
      target_.tags = {MakeTag('a', "")};
      break;
    case Kind::kSource:
      prefix_ = text + ':';
      target_.tags = {MakeTag('s', text)};
      break;
    case Kind::kOperation:
      prefix_ = text + ':';
      target_.tags = {MakeTag('o', text)};
      break;
    case Kind::kUser:
      user_ = UserHash(user_secret, text);
      target_.tags = {MakeTag('u', user_)};
      break;
    case Kind::kTag:
      target_.tags = {MakeTag('t', text)};
      break;
    case Kind::kKey:
      prefix_ = text;
      target_.keys = {text};
      break;
    case Kind::kPrefix:
      prefix_ = text;
      if (IsWhole(text, 1)) {
        target_.tags = {MakeTag('s', text.substr(0, text.size() - 1))};
      } else if (IsWhole(text, 2)) {
        target_.tags = {MakeTag('o', text.substr(0, text.size() - 1))};
      } else {
        target_.globs = {GlobOfPrefix(text)};
      }
      break;
    case Kind::kPattern:
      prefix_ = GlobPrefix(text);
      target_.globs = {text};
      break;
    case Kind::kStale:
      break;
  }
}

bool Selecting::Means(std::string_view key, const std::vector<std::string>& tags, CacheState state) const {
  const std::string& text = selector_.text;
  switch (selector_.kind) {
    case Kind::kAll:
      return true;
    case Kind::kSource:
    case Kind::kOperation:
    case Kind::kPrefix:
      return key.starts_with(prefix_);
    case Kind::kUser:
      return key.find(":@=" + user_) != std::string_view::npos;
    case Kind::kTag:
      return std::find(tags.begin(), tags.end(), text) != tags.end();
    case Kind::kKey:
      return key == text;
    case Kind::kPattern:
      return GlobMatches(text, key);
    case Kind::kStale:
      return state == CacheState::kStale;
  }
  return false;
}

}  // namespace cairn
