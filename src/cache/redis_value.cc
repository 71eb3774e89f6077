#include "cache/redis_value.h"

#include "cache/bytes.h"

namespace cairn {
namespace {

constexpr char kMark = 'G';
constexpr std::size_t kTailBytes = 6;  // explicit_count, implicit_count, mark

}  // namespace

std::optional<RedisGeneration> RedisGeneration::Read(std::string_view text) {
  constexpr std::size_t kDigitsMax = 19;  // None overflows; 2^63 has as many.
  if (text.empty() || text.size() > kDigitsMax) return std::nullopt;
  RedisGeneration generation;
  for (const char c : text) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return std::nullopt;
    generation.count = generation.count * 10 + digit;
  }
  return generation;
}

void RedisValue::AppendTo(std::string& entry) const {
  ByteWriter out(entry);
  out.Number(key.count);
  for (const RedisGeneration& tag : implicit_tags) out.Number(tag.count);
  for (const RedisTagGeneration& tag : explicit_tags) {
    out.Number(tag.hash);
    out.Number(tag.generation.count);
  }
  out.Number(static_cast<std::uint32_t>(explicit_tags.size()));
  out.Number(static_cast<std::uint8_t>(implicit_tags.size()));
  out.Number(kMark);
}

Result<RedisValue> RedisValue::CutFrom(std::string& bytes) {
  const auto damaged = [] { return Status(StatusCode::kDataLoss, "a value in Redis without its generations"); };
  if (bytes.size() < kTailBytes || bytes.back() != kMark) return damaged();
  ByteReader tail(std::string_view(bytes).substr(bytes.size() - kTailBytes));
  const auto explicit_count = tail.Number<std::uint32_t>();
  const auto implicit_count = tail.Number<std::uint8_t>();
  const std::uint64_t before_tail = 8 + 8ULL * implicit_count + 16ULL * explicit_count;
  if (bytes.size() - kTailBytes < before_tail) return damaged();
  const std::size_t entry_bytes = bytes.size() - kTailBytes - before_tail;
  ByteReader in(std::string_view(bytes).substr(entry_bytes));
  RedisValue value;
  value.key.count = in.Number<std::uint64_t>();
  value.implicit_tags.resize(implicit_count);
  for (RedisGeneration& tag : value.implicit_tags) tag.count = in.Number<std::uint64_t>();
  value.explicit_tags.resize(explicit_count);
  for (RedisTagGeneration& tag : value.explicit_tags) {
    tag.hash = in.Number<std::uint64_t>();
    tag.generation.count = in.Number<std::uint64_t>();
  }
  bytes.resize(entry_bytes);
  return value;
}

std::string RedisFence::ToBytes() const {
  std::string bytes;
  bytes.reserve(24 + 8 * (implicit_tags.size() + explicit_tags.size()));
  ByteWriter out(bytes);
  out.Number(key.count);
  out.Number(any_explicit_tag.count);
  out.Number(dead_stamp);
  for (const RedisGeneration& tag : implicit_tags) out.Number(tag.count);
  for (const RedisGeneration& tag : explicit_tags) out.Number(tag.count);
  return bytes;
}

std::optional<RedisFence> RedisFence::Read(std::string_view bytes, std::size_t implicit_tags,
                                           std::size_t explicit_tags) {
  if (bytes.size() != 24 + 8 * (implicit_tags + explicit_tags)) return std::nullopt;
  ByteReader in(bytes);
  RedisFence fence;
  fence.key.count = in.Number<std::uint64_t>();
  fence.any_explicit_tag.count = in.Number<std::uint64_t>();
  fence.dead_stamp = in.Number<std::uint64_t>();
  fence.implicit_tags.resize(implicit_tags);
  for (RedisGeneration& tag : fence.implicit_tags) tag.count = in.Number<std::uint64_t>();
  fence.explicit_tags.resize(explicit_tags);
  for (RedisGeneration& tag : fence.explicit_tags) tag.count = in.Number<std::uint64_t>();
  return fence;
}

std::uint64_t StampOf(std::string_view entry) {
  if (entry.size() < kStampAt + sizeof(std::uint64_t)) return 0;
  return ByteReader(entry.substr(kStampAt)).Number<std::uint64_t>();
}

}  // namespace cairn
