#pragma once

#include <cstdint>

#include "query/json_search.h"
#include "query/same_bytes.h"

namespace cairn {

/// The search over an instruction set. `Isa::Block` holds 64 bytes; `Equal` gives the mask of those that equal a byte,
/// `Folded` the same with bit 0x20 set in each, `Parity` the running parity of a mask. `Isa` is local to its file, so
/// that each instantiation is compiled once, for its own instructions. No function of the standard library is called
/// that the linker could then choose for all.
template <typename Isa>
class JsonSearch {
 public:
  static FieldHit Find(const char* p, const char* end, const FieldPattern* patterns, std::size_t count) {
    // None (to step over a container) and one are the common cases, and cheaper when the compiler knows.
    if (count == 0) return FindAny<0>(p, end, patterns, 0);
    if (count == 1) return FindAny<1>(p, end, patterns, 1);
    return FindAny<2>(p, end, patterns, count);
  }

 private:
  /// `kCount` is `count`, or 2 for any greater.
  template <std::size_t kCount>
  static FieldHit FindAny(const char* p, const char* const end, const FieldPattern* const patterns,
                          const std::size_t count) {
    FieldHit hit;
    const char second = kCount == 1 ? patterns[0].text[1] : '\0';
    const char third = kCount == 1 ? patterns[0].text[2] : '\0';
    int depth = 1;
    std::uint64_t in_string = 0;  // All bits where the block begins inside a string.
    bool carry = false;           // The block begins with an escaped byte.
    for (; p < end; p += 64) {
      const typename Isa::Block block = Isa::Load(p);
      std::uint64_t quotes = Isa::Equal(block, '"');
      const std::uint64_t backslashes = Isa::Equal(block, '\\');
      if (backslashes != 0 || carry) {
        hit.backslashes = true;
        quotes &= ~Escaped(backslashes, carry);
      }
      const std::uint64_t strings = Isa::Parity(quotes) ^ in_string;  // Opening quotes in, closing quotes out.
      in_string = static_cast<std::uint64_t>(static_cast<std::int64_t>(strings) >> 63);
      // `[` and `{`, and `]` and `}`, differ in that one bit.
      const std::uint64_t opens = Isa::Folded(block, '{') & ~strings;
      const std::uint64_t closes = Isa::Folded(block, '}') & ~strings;

      std::uint64_t candidates = 0;
      if constexpr (kCount == 1) candidates = Candidates(block, second, third);
      if constexpr (kCount == 2) {
        for (std::size_t i = 0; i < count; ++i) {
          candidates |= Candidates(block, patterns[i].text[1], patterns[i].text[2]);
        }
      }
      candidates &= quotes & strings;

      // What stands after the closing bracket is not looked at.
      int ended = 64;
      const int closed = __builtin_popcountll(closes);
      if (closed >= depth) ended = EndBit(opens, closes, depth);
      for (; candidates != 0; candidates &= candidates - 1) {
        const int bit = __builtin_ctzll(candidates);
        if (bit > ended) break;
        const std::uint64_t below = (std::uint64_t{1} << bit) - 1;
        if (depth + __builtin_popcountll(opens & below) - __builtin_popcountll(closes & below) != 1) continue;
        for (std::size_t i = 0; i < count; ++i) {
          const std::string& text = patterns[i].text;
          if (static_cast<std::size_t>(end - p) < static_cast<std::size_t>(bit) + text.size()) continue;
          if (!SameBytes(p + bit, text.data(), text.size())) continue;
          hit.pattern = &patterns[i];
          hit.at = p + bit + text.size();
          return hit;
        }
      }
      if (ended != 64) {
        const char* const after = p + ended + 1;
        hit.at = after < end ? after : end;
        return hit;
      }
      depth += __builtin_popcountll(opens) - closed;
    }
    hit.at = end;
    return hit;
  }

  /// Where the pattern's first three bytes may stand; beyond the block anything may.
  static std::uint64_t Candidates(const typename Isa::Block& block, char second, char third) {
    return (Isa::Equal(block, second) >> 1 | std::uint64_t{1} << 63) &
           (Isa::Equal(block, third) >> 2 | std::uint64_t{3} << 62);
  }

  /// The bytes that a backslash takes; `carry` goes from block to block.
  static std::uint64_t Escaped(std::uint64_t backslashes, bool& carry) {
    std::uint64_t escaped = carry ? 1 : 0;
    std::uint64_t left = backslashes & ~escaped;
    carry = false;
    while (left != 0) {
      const std::uint64_t lowest = left & (~left + 1);
      const std::uint64_t next = lowest << 1;
      carry = next == 0;
      escaped |= next;
      left &= ~(lowest | next);
    }
    return escaped;
  }

  /// The bit of the bracket that closes the container; 64 where it is in a later block.
  static int EndBit(std::uint64_t opens, std::uint64_t closes, int depth) {
    for (int before = 1; closes != 0; ++before, closes &= closes - 1) {
      const int bit = __builtin_ctzll(closes);
      const std::uint64_t below = (std::uint64_t{1} << bit) - 1;
      if (depth + __builtin_popcountll(opens & below) == before) return bit;
    }
    return 64;
  }
};

}  // namespace cairn
