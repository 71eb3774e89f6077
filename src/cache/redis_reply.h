#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

struct redisReader;

namespace cairn {

/// The text of an answer. A counter has up to 19 digits, more than a std::string holds in itself, and an answer has
/// many.
class RedisText {
 public:
  RedisText() = default;
  RedisText(std::string_view text) { Assign(text); }                  // NOLINT: as a std::string would be.
  RedisText(const char* text) : RedisText(std::string_view(text)) {}  // NOLINT

  void Assign(std::string_view text) {
    short_bytes_ = text.size() <= short_.size() ? text.size() : kLong;
    if (short_bytes_ == kLong) {
      long_.assign(text);
    } else {
      text.copy(short_.data(), text.size());
    }
  }
  [[nodiscard]] std::string_view view() const {
    return short_bytes_ == kLong ? std::string_view(long_) : std::string_view(short_.data(), short_bytes_);
  }
  operator std::string_view() const { return view(); }          // NOLINT
  operator std::string() const { return std::string(view()); }  // NOLINT
  [[nodiscard]] std::string Take() { return short_bytes_ == kLong ? std::move(long_) : std::string(view()); }
  friend bool operator==(const RedisText& a, std::string_view b) { return a.view() == b; }

 private:
  static constexpr std::size_t kLong = 255;
  std::size_t short_bytes_ = 0;
  std::array<char, 24> short_;
  std::string long_;
};

/// What a server answers to one command. An error is an answer too: the caller decides what it means.
struct RedisReply {
  enum class Kind : std::uint8_t { kNil, kStatus, kError, kInteger, kText, kArray };
  Kind kind = Kind::kNil;
  std::int64_t integer = 0;
  RedisText text;  ///< Of a status, an error or a text.
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
