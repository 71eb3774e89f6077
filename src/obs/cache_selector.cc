#include "obs/cache_selector.h"

#include <fmt/format.h>

#include <array>

namespace cairn {
namespace {

using Kind = CacheSelector::Kind;

struct Word {
  Kind kind;
  std::string_view word;
  bool has_text;
};
constexpr std::array kWords = {Word{Kind::kAll, "all", false},      Word{Kind::kStale, "stale", false},
                               Word{Kind::kSource, "source", true}, Word{Kind::kUser, "user", true},
                               Word{Kind::kTag, "tag", true},       Word{Kind::kOperation, "operation", true},
                               Word{Kind::kPrefix, "prefix", true}, Word{Kind::kPattern, "pattern", true},
                               Word{Kind::kKey, "key", true}};

}  // namespace

Result<CacheSelector> ParseCacheSelector(std::string_view text) {
  const std::size_t colon = text.find(':');
  for (const Word& word : kWords) {
    if (text.substr(0, colon) != word.word || word.has_text != (colon != std::string_view::npos)) continue;
    if (!word.has_text) return CacheSelector{word.kind, {}};
    const std::string_view rest = text.substr(colon + 1);
    if (rest.empty() || (word.kind == Kind::kOperation && rest.find(':') == std::string_view::npos)) break;
    return CacheSelector{word.kind, std::string(rest)};
  }
  return Status(StatusCode::kInvalidArgument,
                fmt::format("\"{}\" is not all, stale, source:S, operation:S:O, user:U, tag:T, key:K, prefix:P or "
                            "pattern:G",
                            text));
}

std::string FormatCacheSelector(const CacheSelector& selector) {
  for (const Word& word : kWords) {
    if (word.kind != selector.kind) continue;
    return word.has_text ? fmt::format("{}:{}", word.word, selector.text) : std::string(word.word);
  }
  return {};
}

}  // namespace cairn
