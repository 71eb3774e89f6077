#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

struct redisReader;

namespace cairn {

/// What a server answers to one command. An error is an answer too: the caller decides what it means.
struct RedisReply {
  enum class Kind : std::uint8_t { kNil, kStatus, kError, kInteger, kText, kArray };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  std::string text;  ///< Of a status, an error or a text.
  std::vector<RedisReply> elements;

  [[nodiscard]] bool is_nil() const { return kind == Kind::kNil; }
  [[nodiscard]] bool is_error() const { return kind == Kind::kError; }
  /// Whether this is an error whose first word is `word`, as in `MOVED 12182 10.0.0.1:6379`.
  [[nodiscard]] bool IsError(std::string_view word) const;
  [[nodiscard]] bool IsArray(std::size_t size) const { return kind == Kind::kArray && elements.size() == size; }

  /// OK unless this is an error: UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE (loading, cluster down, read-only),
  /// RESOURCE_EXHAUSTED (out of memory), otherwise INTERNAL.
  [[nodiscard]] Status status() const;
};

/// Takes bytes as they come and yields answers (RESP2, hiredis's reader).
class RedisReplyReader {
 public:
  RedisReplyReader();
  RedisReplyReader(const RedisReplyReader&) = delete;
  RedisReplyReader& operator=(const RedisReplyReader&) = delete;
  ~RedisReplyReader();

  /// Returns DATA_LOSS where the bytes are not Redis's protocol.
  Status Feed(const char* bytes, std::size_t size);
  /// Whether an answer is complete; it is then moved to `out`. Returns DATA_LOSS where the bytes are not Redis's
  /// protocol.
  Result<bool> Take(RedisReply& out);

 private:
  [[nodiscard]] Status Damaged() const;

  std::unique_ptr<RedisReply> root_;  ///< hiredis builds into it, so it may not move.
  redisReader* reader_;
};

}  // namespace cairn
