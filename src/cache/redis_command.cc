#include "cache/redis_command.h"

#include <charconv>

namespace cairn {
namespace {

void AddCount(char mark, std::size_t count, std::string& out) {
  char digits[24];
  digits[0] = mark;
  char* end = std::to_chars(digits + 1, digits + 21, count).ptr;
  *end++ = '\r';
  *end++ = '\n';
  out.append(digits, static_cast<std::size_t>(end - digits));
}

}  // namespace

void RedisCommands::Add(std::span<const std::string_view> words) {
  Begin(words.size());
  for (const std::string_view word : words) Word({word});
}

void RedisCommands::Begin(std::size_t words) {
  constexpr std::size_t kWordBytes = 64;  // Most are shorter.
  bytes_.reserve(bytes_.size() + words * kWordBytes);
  AddCount('*', words, bytes_);
  ends_.push_back(bytes_.size());
}

void RedisCommands::Word(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (const std::string_view part : parts) size += part.size();
  AddCount('$', size, bytes_);
  const std::size_t begin = bytes_.size();
  bytes_.resize(begin + size + 2);
  char* at = bytes_.data() + begin;
  for (const std::string_view part : parts) at += part.copy(at, part.size());
  at[0] = '\r';
  at[1] = '\n';
  ends_.back() = bytes_.size();
}

void RedisCommands::AddAll(const RedisCommands& commands) {
  const std::size_t begin = bytes_.size();
  bytes_ += commands.bytes_;
  for (const std::size_t end : commands.ends_) ends_.push_back(begin + end);
}

RedisCommands RedisCommands::At(std::size_t index) const {
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  RedisCommands one;
  one.bytes_ = bytes_.substr(begin, ends_[index] - begin);
  one.ends_.push_back(one.bytes_.size());
  return one;
}

}  // namespace cairn
