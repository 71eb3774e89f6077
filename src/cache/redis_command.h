#pragma once

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn {

/// Commands one after another as they go over the wire (RESP arrays of texts).
class RedisCommands {
 public:
  /// Adds one command, its name first.
  void Add(std::span<const std::string_view> words);
  void Add(std::initializer_list<std::string_view> words) { Add(std::span(words.begin(), words.size())); }
  /// The same in pieces: `words` calls of `Word` follow, each with the parts of one word.
  void Begin(std::size_t words);
  void Word(std::initializer_list<std::string_view> parts);
  /// Adds commands already in wire form.
  void AddAll(const RedisCommands& commands);

  [[nodiscard]] const std::string& bytes() const { return bytes_; }
  /// How many answers will come.
  [[nodiscard]] std::size_t size() const { return ends_.size(); }
  /// One command by itself.
  [[nodiscard]] RedisCommands At(std::size_t index) const;

 private:
  std::string bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace cairn
