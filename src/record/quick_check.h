#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cairn {

/// Checks JSON of the usual shape at a third of what parsing it into a tree costs: one walk over the places of its
/// tokens checks the grammar, the numbers, and that no object has a key twice. Keeps buffers between calls; one thread
/// at a time.
class QuickCheck {
 public:
  enum class Answer {
    kMinified,  ///< Sound JSON without white space between tokens.
    kSpaced,    ///< Sound JSON with white space.
    kUnsure,    ///< Broken or merely unusual (a big number, many keys): to be parsed with care.
  };

  static constexpr std::size_t kDepthMax = 64;  ///< What is deeper is unsure.

  struct Member {
    std::string_view key;
    std::string_view value;  ///< A string between its quotes, a scalar as it stands; of the others the first byte.
    char first;              ///< Of the value, with its quote.
    std::uint8_t depth;      ///< 1: of the document; 2: of one of its `target` and `context`.
  };

  QuickCheck();
  ~QuickCheck();
  QuickCheck(QuickCheck&&) noexcept;
  QuickCheck& operator=(QuickCheck&&) noexcept;

  /// `places` are those that JsonTokens found. Deeper than `depth_max`, counting the outermost as 1, is unsure.
  Answer Check(std::string_view json, std::span<const std::uint32_t> places, std::size_t depth_max);

  /// The members of what was checked last, in their order: of the outermost object, and of its members named
  /// `target` and `context` behind these. They point into it.
  [[nodiscard]] std::span<const Member> members() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cairn
