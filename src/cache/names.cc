#include "base/hash.h"
#include "cache/level.h"
#include "cairn/cache_options.h"
#include "cairn/cache_policy.h"
#include "cairn/cache_result.h"

namespace cairn {

std::string_view CacheLevelName(CacheLevel level) {
  switch (level) {
    case CacheLevel::kNone:
      return "none";
    case CacheLevel::kMemory:
      return "memory";
    case CacheLevel::kDisk:
      return "disk";
    case CacheLevel::kShared:
      return "shared";
  }
  return "none";
}

std::string_view CacheStateName(CacheState state) {
  switch (state) {
    case CacheState::kMiss:
      return "miss";
    case CacheState::kFresh:
      return "fresh";
    case CacheState::kStale:
      return "stale";
    case CacheState::kNegative:
      return "negative";
  }
  return "miss";
}

std::string_view CacheEventName(CacheEvent::Kind kind) {
  switch (kind) {
    case CacheEvent::Kind::kHit:
      return "hit";
    case CacheEvent::Kind::kStale:
      return "stale";
    case CacheEvent::Kind::kNegative:
      return "negative";
    case CacheEvent::Kind::kMiss:
      return "miss";
    case CacheEvent::Kind::kLoad:
      return "load";
    case CacheEvent::Kind::kLoadFailed:
      return "load failed";
    case CacheEvent::Kind::kFenced:
      return "fenced";
    case CacheEvent::Kind::kExpire:
      return "expire";
    case CacheEvent::Kind::kRemove:
      return "remove";
    case CacheEvent::Kind::kLevel:
      return "level";
    case CacheEvent::Kind::kLevelUp:
      return "level up";
  }
  return "level";
}

LevelTag MakeTag(char kind, std::string_view name) {
  LevelTag tag;
  tag.text.reserve(name.size() + 2);
  tag.text += kind;
  tag.text += ':';
  tag.text += name;
  tag.hash = Hash64(tag.text);
  return tag;
}

}  // namespace cairn
