#include "record/json_scan.h"

#include <emmintrin.h>

#include <bit>
#include <cstdint>
#include <cstring>

namespace cairn {
namespace {

/// The bit of each of 64 bytes that equals `c`.
std::uint64_t Equal(const __m128i* block, char c) {
  const __m128i wanted = _mm_set1_epi8(c);
  std::uint64_t out = 0;
  for (int i = 3; i >= 0; --i) {
    out = (out << 16) | static_cast<std::uint64_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(block[i], wanted)));
  }
  return out;
}

/// The bits of the bytes that are escaped; `carry` says whether the first one is, and is left for the next block.
std::uint64_t Escaped(std::uint64_t backslashes, bool& carry) {
  std::uint64_t escaped = carry ? 1 : 0;
  carry = false;
  backslashes &= ~escaped;
  while (backslashes != 0) {
    const int at = std::countr_zero(backslashes);
    carry = at == 63;
    const std::uint64_t next = carry ? 0 : std::uint64_t{2} << at;
    escaped |= next;
    backslashes &= backslashes - 1;
    backslashes &= ~next;
  }
  return escaped;
}

/// Each bit is whether an odd number of bits stands up to it.
std::uint64_t PrefixXor(std::uint64_t bits) {
  for (int shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

/// Finds where an object or array ends, 64 bytes at a time: brackets outside of strings are counted by block, and only
/// the block in which the depth can reach zero is looked at one by one.
class ContainerEnd {
 public:
  /// The place just behind the closing bracket; null where the text ends before.
  const char* Find(const char* at, const char* end) {
    for (; end - at >= kBlock; at += kBlock) {
      const int found = Step(at);
      if (found >= 0) return at + found + 1;
    }
    char tail[kBlock] = {};
    std::memcpy(tail, at, static_cast<std::size_t>(end - at));
    const int found = Step(tail);
    return found >= 0 ? at + found + 1 : nullptr;
  }

 private:
  static constexpr std::ptrdiff_t kBlock = 64;

  /// The place of the closing bracket in a block, or -1.
  int Step(const char* bytes) {
    __m128i block[4];
    __m128i braces[4];
    for (int i = 0; i < 4; ++i) {
      block[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes) + i);
      // Bit 5 makes braces of brackets, so that two comparisons find all four.
      braces[i] = _mm_or_si128(block[i], _mm_set1_epi8(0x20));
    }
    const std::uint64_t quotes = Equal(block, '"') & ~Escaped(Equal(block, '\\'), escape_carry_);
    const std::uint64_t in_string = PrefixXor(quotes) ^ in_string_;
    in_string_ = (in_string >> 63) != 0 ? ~std::uint64_t{0} : 0;
    std::uint64_t opening = Equal(braces, '{') & ~in_string;
    std::uint64_t closing = Equal(braces, '}') & ~in_string;
    if (std::popcount(closing) >= depth_) {
      // The closing bracket before which there are as many closed as opened, counting those of earlier blocks.
      int depth = depth_;
      for (std::uint64_t left = closing; left != 0; left &= left - 1) {
        const std::uint64_t before = (left & (0 - left)) - 1;
        depth += std::popcount(opening & before) - 1;
        opening &= ~before;
        if (depth == 0) return std::countr_zero(left);
      }
      depth_ = depth + std::popcount(opening);
      return -1;
    }
    depth_ += std::popcount(opening) - std::popcount(closing);
    return -1;
  }

  int depth_ = 0;
  bool escape_carry_ = false;
  std::uint64_t in_string_ = 0;  ///< All ones where the last block ended inside a string.
};

const char* FindQuoteOrBackslash(const char* at, const char* end) {
  for (; end - at >= 16; at += 16) {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(block, _mm_set1_epi8('"')), _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask != 0) return at + std::countr_zero(mask);
  }
  while (at < end && *at != '"' && *at != '\\') ++at;
  return at;
}

}  // namespace

bool TakeString(JsonCursor& cursor, std::string_view* raw) {
  if (!cursor.Take('"')) return false;
  const char* begin = cursor.at;
  const char* at = FindQuoteOrBackslash(begin, cursor.end);
  while (at < cursor.end && *at == '\\') {
    if (cursor.end - at < 2) return false;
    at = FindQuoteOrBackslash(at + 2, cursor.end);
  }
  if (at == cursor.end) return false;
  *raw = std::string_view(begin, static_cast<std::size_t>(at - begin));
  cursor.at = at + 1;
  return true;
}

bool SkipValue(JsonCursor& cursor) {
  std::string_view unused;
  const char first = cursor.Peek();
  if (first == '"') return TakeString(cursor, &unused);
  if (first != '{' && first != '[') {
    const char* begin = cursor.at;
    while (cursor.at < cursor.end && *cursor.at != ',' && *cursor.at != '}' && *cursor.at != ']') ++cursor.at;
    return cursor.at != begin;
  }
  const char* behind = ContainerEnd().Find(cursor.at, cursor.end);
  if (behind == nullptr) return false;
  cursor.at = behind;
  return true;
}

bool TakeValue(JsonCursor& cursor, std::string_view* bytes) {
  const char* begin = cursor.at;
  if (!SkipValue(cursor)) return false;
  *bytes = std::string_view(begin, static_cast<std::size_t>(cursor.at - begin));
  return true;
}

}  // namespace cairn
