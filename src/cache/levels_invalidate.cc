#include <algorithm>

#include "base/hash.h"
#include "cache/glob.h"
#include "cache/levels.h"

namespace cairn {
namespace {

constexpr const char* kHeardNote = "heard";

std::vector<std::uint64_t> HashesOf(const std::vector<LevelTag>& tags) {
  std::vector<std::uint64_t> hashes;
  for (const LevelTag& tag : tags) hashes.push_back(tag.hash);
  return hashes;
}

}  // namespace

bool Levels::IsRemovedSince(const CacheKey& key, const CacheEntry* entry, std::uint64_t since) const {
  const KeyWithTags tagged(key);
  std::vector<std::uint64_t> tags(tagged.tag_hashes().begin(), tagged.tag_hashes().end());
  if (entry != nullptr) {
    for (const std::string& tag : entry->tags) tags.push_back(MakeTag('t', tag).hash);
  }
  const auto verdict = generations_->Check({key.text_hash(), key.text()}, tags, since);
  return verdict.is_removed || verdict.is_uncertain;
}

Result<CacheInvalidated> Levels::Invalidate(CacheVerb verb, const Target& target) {
  CacheInvalidated done;
  done.is_by_generation = !target.tags.empty();
  std::vector<std::string> matched;
  const auto first = InvalidateHere(verb, target, &matched);
  if (!first) return first.error();
  done.entries = *first;
  // Offline it cannot be told either; it is there all the same.
  if (shared_ != nullptr || (options_.offline && !options_.shared.url.empty())) {
    bool is_owed = false;
    done.is_shared_pending = !InvalidateShared(verb, target, matched, is_owed).ok();
    done.is_shared_owed = done.is_shared_pending && is_owed;
    const auto second = InvalidateHere(verb, target, nullptr);
    if (!second) return second.error();
    // What was removed before is met no more; what was made stale is, and is no other entry.
    done.entries = verb == CacheVerb::kRemove ? done.entries + *second : std::max(done.entries, *second);
  }
  return done;
}

Result<std::uint64_t> Levels::InvalidateHere(CacheVerb verb, const Target& target, std::vector<std::string>* matched) {
  // Memory looks at the generations at its next hit; here it is only relieved of what nobody will ask for again.
  std::vector<std::string> in_memory;
  if (memory_ != nullptr && !target.globs.empty()) {
    memory_->Visit(clock_->SteadyNs(), [&](const MemoryLevel::Seen& seen) {
      const bool is_meant = std::any_of(target.globs.begin(), target.globs.end(),
                                        [&](const std::string& glob) { return GlobMatches(glob, seen.entry->key); });
      if (is_meant) in_memory.push_back(seen.entry->key);
    });
  }
  std::uint64_t count = 0;
  if (disk_ != nullptr) {
    std::vector<std::string> on_disk;
    const auto found = disk_->Invalidate({verb, target.keys, HashesOf(target.tags), target.globs}, &on_disk);
    if (!found) return found.error();
    count = *found;
    if (matched != nullptr) matched->insert(matched->end(), on_disk.begin(), on_disk.end());
  } else {
    std::vector<std::uint64_t> keys;
    for (const std::string& key : target.keys) keys.push_back(Hash64(key));
    generations_->BumpHere(keys, HashesOf(target.tags), target.globs, verb);
    count = in_memory.size();
  }
  if (matched != nullptr) {
    matched->insert(matched->end(), in_memory.begin(), in_memory.end());
    std::sort(matched->begin(), matched->end());
    matched->erase(std::unique(matched->begin(), matched->end()), matched->end());
  }
  if (verb == CacheVerb::kRemove && memory_ != nullptr) {
    std::vector<std::string>& keys = in_memory;
    keys.insert(keys.end(), target.keys.begin(), target.keys.end());
    for (const std::string& text : keys) {
      const CacheOperation* operation = operation_of_(text);
      if (operation == nullptr) continue;
      if (const auto key = operation->KeyOfText(text); key && memory_->Erase(key->hash()) && disk_ == nullptr) {
        count += target.globs.empty() ? 1 : 0;
      }
    }
  }
  return count;
}

bool Levels::HasHeardAll() { return !debt_ || !debt_->IsOwing() || debt_->Pay(*shared_, SharedDeadline()).ok(); }

Status Levels::InvalidateShared(CacheVerb verb, const Target& target, const std::vector<std::string>& matched,
                                bool& is_owed) {
  Invalidation invalidation;
  invalidation.verb = verb;
  invalidation.tags = target.tags;
  std::vector<std::string> texts = target.keys;
  texts.insert(texts.end(), matched.begin(), matched.end());
  for (const std::string& text : texts) {
    InvalidatedKey& key = invalidation.keys.emplace_back();
    key.text = text;
    key.source = text.substr(0, text.find(':'));
    key.short_text = ShortKeyText(text);
    const CacheOperation* operation = operation_of_(text);
    if (operation == nullptr) continue;
    if (const auto known = operation->KeyOfText(text); known) {
      key.hash = known->hash();
      key.version = operation->version();
    }
  }
  // One glob at a time: a message has one.
  Status status;
  is_owed = true;
  const std::size_t messages = std::max<std::size_t>(1, target.globs.size());
  for (std::size_t i = 0; i < messages; ++i) {
    if (i < target.globs.size()) invalidation.pattern = target.globs[i];
    Status told = shared_ == nullptr ? Status(StatusCode::kUnavailable, "offline")
                                     : shared_->Invalidate(invalidation, SharedDeadline());
    if (!told.ok()) {
      is_owed = is_owed && debt_ && debt_->Owe(invalidation).ok();
      status = std::move(told);
    }
    invalidation.keys.clear();
    invalidation.tags.clear();
  }
  return status;
}

Status Levels::Subscribe() { return shared_ == nullptr ? Status::Ok() : shared_->Subscribe(this); }

InvalidationSink::Position Levels::Heard() {
  Position position;
  if (disk_ == nullptr) return position;
  const auto note = disk_->Note(kHeardNote);
  if (!note) return position;
  const std::size_t space = note->rfind(' ');
  if (space == std::string::npos) return position;
  position.log = note->substr(0, space);
  position.number = std::strtoull(note->c_str() + space + 1, nullptr, 10);
  return position;
}

void Levels::OnInvalidation(const Invalidation& invalidation, const Position& position) {
  Target target;
  target.tags = invalidation.tags;
  for (const InvalidatedKey& key : invalidation.keys) target.keys.push_back(key.text);
  if (!invalidation.pattern.empty()) target.globs.push_back(invalidation.pattern);
  const Position heard = Heard();
  // Another process of this host was first, and told this one by way of the generations.
  if (heard.log == position.log && position.number != 0 && position.number <= heard.number) return;
  std::vector<std::string> matched;
  const auto done = InvalidateHere(invalidation.verb, target, &matched);
  if (!done) {
    // What could not be noted must not be served: memory goes, and the message is not counted as heard.
    OnLost();
    return;
  }
  if (disk_ != nullptr) (void)disk_->SetNote(kHeardNote, position.log + " " + std::to_string(position.number));
  std::erase_if(matched, [&](const std::string& key) {
    return std::find(target.keys.begin(), target.keys.end(), key) != target.keys.end();
  });
  if (matched.empty() || invalidation.pattern.empty()) return;
  // Keys that only this host knew of. Elsewhere, since this is the level's own thread.
  (void)in_background_([this, verb = invalidation.verb, matched] {
    bool is_owed = false;
    (void)InvalidateShared(verb, {}, matched, is_owed);
  });
}

void Levels::OnLost() {
  if (memory_ != nullptr) memory_->Clear();
}

void Levels::OnSubscribed(bool missed, const Position& position) {
  if (missed) {
    Target target;
    target.tags.push_back(DefinedOperation::SharedTag());
    (void)InvalidateHere(CacheVerb::kRemove, target, nullptr);
  }
  if (memory_ != nullptr) memory_->Clear();
  if (disk_ != nullptr) (void)disk_->SetNote(kHeardNote, position.log + " " + std::to_string(position.number));
}

}  // namespace cairn
