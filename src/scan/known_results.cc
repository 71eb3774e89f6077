#include "scan/known_results.h"

#include <xxhash.h>

#include "record/statements.h"
#include "scan/file_record.h"

namespace cairn {

ContentHash ResultKey(const ContentHash& content, const ReadMethod& method) {
  std::string text(reinterpret_cast<const char*>(&content), sizeof(content));
  text += method.type + '\0' + method.extractor + '\0' + std::to_string(method.version) + '\0' +
          std::to_string(method.config);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.low64, hash.high64};
}

std::optional<std::string> KnownResults::Find(const ContentHash& key, LazyStateDb* state, std::string_view hash_text) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto at = recent_.find(key); at != recent_.end()) return at->second;
  }
  if (state == nullptr || !in_state_.load(std::memory_order_relaxed)) return std::nullopt;
  auto opened = state->Get();
  if (!opened) return std::nullopt;
  auto known = (*opened)->FindResult(key);
  if (!known || !*known) return std::nullopt;
  auto store = store_.Get();
  if (!store) return std::nullopt;
  auto page = (*store)->Tail({(*known)->seq}, 1);
  if (!page || page->facts.empty() || page->facts.front().seq().value != (*known)->seq) return std::nullopt;
  auto details = page->facts.front().Parse();
  if (!details || details->kind != kKindFile) return std::nullopt;
  if (details->payload.find(hash_text) == std::string::npos) return std::nullopt;
  const std::string_view part = ContentPart(details->payload);
  if (part.empty()) return std::nullopt;
  return std::string(part);
}

std::optional<std::uint64_t> KnownResults::Standing(const NodeKey& node, std::string_view payload) {
  if (is_new_store_) return std::nullopt;
  auto store = store_.Get();
  if (!store) return std::nullopt;
  auto fact = (*store)->Latest(kKindFile, node);
  if (!fact) return std::nullopt;
  auto details = fact->Parse();
  if (!details || details->payload != payload) return std::nullopt;
  return fact->seq().value;
}

std::string KnownResults::Contents(const NodeKey& node, bool was_known) {
  if (is_new_store_ && !was_known) return std::string(kContentsNone);
  auto store = store_.Get();
  if (!store) return std::string(kContentsNone);
  auto fact = (*store)->Latest(kKindContents, node);
  auto details = fact ? fact->Parse() : Result<Fact::Details>(fact.error());
  return details ? details->payload : std::string(kContentsNone);
}

void KnownResults::Add(const ContentHash& key, std::string part) {
  const std::lock_guard lock(mutex_);
  const std::size_t bytes = part.size() + kBytesEach;
  if (!recent_.emplace(key, std::move(part)).second) return;
  order_.push_back(key);
  bytes_ += bytes;
  while (bytes_ > kBytesMax && order_.size() > 1) {
    const auto oldest = recent_.find(order_.front());
    bytes_ -= oldest->second.size() + kBytesEach;
    recent_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace cairn
