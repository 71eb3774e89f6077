#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cairn {

/// Types of Thrift's compact protocol (thrift/doc/specs/thrift-compact-protocol.md).
enum class ThriftType : std::uint8_t {
  kStop = 0,
  kTrue = 1,
  kFalse = 2,
  kByte = 3,
  kI16 = 4,
  kI32 = 5,
  kI64 = 6,
  kDouble = 7,
  kBinary = 8,
  kList = 9,
  kSet = 10,
  kMap = 11,
  kStruct = 12,
  kUuid = 13,
};

/// Reads a message of Thrift's compact protocol, field by field. After damage everything reads as the end, see `ok`.
/// Owns nothing.
class ThriftReader {
 public:
  explicit ThriftReader(std::string_view bytes) : bytes_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }

  void BeginStruct();
  /// False at the end of the struct, which it then leaves.
  bool NextField(std::int16_t* id, ThriftType* type);
  /// Passes over a value of that type, whatever stands within.
  void Skip(ThriftType type);

  std::uint8_t Byte();     ///< A kByte, which stands as it is.
  std::int64_t Integer();  ///< Of any other width.
  std::string_view Binary();
  /// The number of elements, never more than bytes are left.
  std::size_t BeginList(ThriftType* element);

 private:
  std::uint64_t Varint();
  void Advance(std::uint64_t count);

  static constexpr std::size_t kDepthMax = 64;

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
  std::vector<std::int16_t> last_ids_;  ///< Of the structs that are open.
};

}  // namespace cairn
