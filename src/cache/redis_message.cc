#include "cache/redis_message.h"

#include "base/hash.h"
#include "cache/bytes.h"

namespace cairn {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeInvalidation(const Invalidation& invalidation) {
  std::string bytes;
  ByteWriter out(bytes);
  out.Number(kVersion);
  out.Number(static_cast<std::uint8_t>(invalidation.verb));
  out.Number(static_cast<std::uint32_t>(invalidation.keys.size()));
  for (const InvalidatedKey& key : invalidation.keys) {
    out.Text(key.text);
    out.Text(key.short_text);
    out.Text(key.source);
    out.Number(key.hash);
    out.Number(key.version);
  }
  out.Number(static_cast<std::uint32_t>(invalidation.tags.size()));
  for (const LevelTag& tag : invalidation.tags) out.Text(tag.text);
  out.Text(invalidation.pattern);
  return bytes;
}

std::optional<Invalidation> DecodeInvalidation(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.Number<std::uint8_t>() != kVersion) return std::nullopt;
  Invalidation invalidation;
  const auto verb = in.Number<std::uint8_t>();
  if (verb > static_cast<std::uint8_t>(CacheVerb::kRemove)) return std::nullopt;
  invalidation.verb = static_cast<CacheVerb>(verb);
  for (auto keys = in.Number<std::uint32_t>(); keys > 0 && in.ok(); --keys) {
    InvalidatedKey& key = invalidation.keys.emplace_back();
    key.text = in.Text();
    key.short_text = in.Text();
    key.source = in.Text();
    key.hash = in.Number<std::uint64_t>();
    key.version = in.Number<std::uint64_t>();
  }
  for (auto tags = in.Number<std::uint32_t>(); tags > 0 && in.ok(); --tags) {
    LevelTag& tag = invalidation.tags.emplace_back();
    tag.text = in.Text();
    tag.hash = Hash64(tag.text);
  }
  invalidation.pattern = in.Text();
  if (!in.ok() || !in.rest().empty()) return std::nullopt;
  return invalidation;
}

}  // namespace cairn
