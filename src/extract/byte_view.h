#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace cairn {

/// Numbers out of bytes that nobody checked: what lies beyond the end reads as 0, a part beyond it as empty. A reader
/// asks `Has` first where a 0 would mean something. Owns nothing.
class ByteView {
 public:
  ByteView() = default;
  explicit ByteView(std::string_view bytes, std::endian order = std::endian::big) : bytes_(bytes), order_(order) {}

  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] std::string_view bytes() const { return bytes_; }
  [[nodiscard]] std::endian order() const { return order_; }
  [[nodiscard]] bool Has(std::uint64_t at, std::uint64_t count) const {
    return at <= bytes_.size() && count <= bytes_.size() - at;
  }
  /// `count` bytes from `at` on, fewer at the end.
  [[nodiscard]] std::string_view Part(std::uint64_t at, std::uint64_t count = ~std::uint64_t{0}) const {
    return at < bytes_.size() ? bytes_.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(count))
                              : std::string_view();
  }
  [[nodiscard]] ByteView Sub(std::uint64_t at, std::uint64_t count = ~std::uint64_t{0}) const {
    return ByteView(Part(at, count), order_);
  }
  /// Whether `text` stands at `at`.
  [[nodiscard]] bool Is(std::uint64_t at, std::string_view text) const { return Part(at, text.size()) == text; }

  [[nodiscard]] std::uint8_t U8(std::uint64_t at) const { return static_cast<std::uint8_t>(Unsigned(at, 1)); }
  [[nodiscard]] std::uint16_t U16(std::uint64_t at) const { return static_cast<std::uint16_t>(Unsigned(at, 2)); }
  [[nodiscard]] std::uint32_t U24(std::uint64_t at) const { return static_cast<std::uint32_t>(Unsigned(at, 3)); }
  [[nodiscard]] std::uint32_t U32(std::uint64_t at) const { return static_cast<std::uint32_t>(Unsigned(at, 4)); }
  [[nodiscard]] std::uint64_t U64(std::uint64_t at) const { return Unsigned(at, 8); }
  [[nodiscard]] std::int8_t S8(std::uint64_t at) const { return static_cast<std::int8_t>(U8(at)); }
  [[nodiscard]] std::int16_t S16(std::uint64_t at) const { return static_cast<std::int16_t>(U16(at)); }
  [[nodiscard]] std::int32_t S32(std::uint64_t at) const { return static_cast<std::int32_t>(U32(at)); }
  [[nodiscard]] std::int64_t S64(std::uint64_t at) const { return static_cast<std::int64_t>(U64(at)); }
  [[nodiscard]] float F32(std::uint64_t at) const { return std::bit_cast<float>(U32(at)); }
  [[nodiscard]] double F64(std::uint64_t at) const { return std::bit_cast<double>(U64(at)); }

  /// `count` bytes, at most 8, as one number.
  [[nodiscard]] std::uint64_t Unsigned(std::uint64_t at, std::size_t count) const {
    if (!Has(at, count)) return 0;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t from = order_ == std::endian::big ? i : count - 1 - i;
      value = value << 8 | static_cast<std::uint8_t>(bytes_[static_cast<std::size_t>(at) + from]);
    }
    return value;
  }

 private:
  std::string_view bytes_;
  std::endian order_ = std::endian::big;
};

}  // namespace cairn
