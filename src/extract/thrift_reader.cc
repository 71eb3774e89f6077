#include "extract/thrift_reader.h"

namespace cairn {

std::uint8_t ThriftReader::Byte() {
  if (at_ >= bytes_.size()) ok_ = false;
  return ok_ ? static_cast<std::uint8_t>(bytes_[at_++]) : std::uint8_t{0};
}

std::uint64_t ThriftReader::Varint() {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = Byte();
    value |= static_cast<std::uint64_t>(byte & 127) << shift;
    if ((byte & 128) == 0) return value;
  }
  ok_ = false;
  return 0;
}

void ThriftReader::Advance(std::uint64_t count) {
  if (count > bytes_.size() - at_) ok_ = false;
  if (ok_) at_ += static_cast<std::size_t>(count);
}

void ThriftReader::BeginStruct() {
  if (last_ids_.size() >= kDepthMax) ok_ = false;
  if (ok_) last_ids_.push_back(0);
}

bool ThriftReader::NextField(std::int16_t* id, ThriftType* type) {
  if (!ok_ || last_ids_.empty()) return false;
  const std::uint8_t head = Byte();
  if (!ok_ || head == 0) {
    last_ids_.pop_back();
    return false;
  }
  *type = static_cast<ThriftType>(head & 15);
  std::int16_t& last = last_ids_.back();
  last = static_cast<std::int16_t>((head >> 4) != 0 ? last + (head >> 4) : Integer());
  *id = last;
  return ok_;
}

std::int64_t ThriftReader::Integer() {
  const std::uint64_t value = Varint();
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
}

std::string_view ThriftReader::Binary() {
  const std::uint64_t size = Varint();
  const std::size_t begin = at_;
  Advance(size);
  return ok_ ? bytes_.substr(begin, static_cast<std::size_t>(size)) : std::string_view();
}

std::size_t ThriftReader::BeginList(ThriftType* element) {
  const std::uint8_t head = Byte();
  *element = static_cast<ThriftType>(head & 15);
  const std::uint64_t count = (head >> 4) == 15 ? Varint() : head >> 4;
  // Each element takes a byte at least.
  if (count > bytes_.size() - at_) ok_ = false;
  return ok_ ? static_cast<std::size_t>(count) : 0;
}

// What is still to be passed over stands on a list, so that depth costs no stack.
void ThriftReader::Skip(ThriftType type) {
  struct Pending {
    ThriftType type;
    std::uint64_t count;  ///< Values of it.
    ThriftType value;     ///< Of a map: the type of values, which alternate with keys.
    bool is_struct;       ///< Fields of a struct follow.
  };
  std::vector<Pending> stack = {{type, 1, ThriftType::kStop, false}};
  while (ok_ && !stack.empty()) {
    if (stack.size() > kDepthMax) {
      ok_ = false;
      return;
    }
    Pending& top = stack.back();
    ThriftType next = top.type;
    if (top.is_struct) {
      const std::uint8_t head = Byte();
      if (head == 0) {
        stack.pop_back();
        continue;
      }
      if ((head >> 4) == 0) (void)Varint();
      next = static_cast<ThriftType>(head & 15);
      // A truth is in the type itself.
      if (next == ThriftType::kTrue || next == ThriftType::kFalse) continue;
    } else {
      if (top.count == 0) {
        stack.pop_back();
        continue;
      }
      --top.count;
      if (top.value != ThriftType::kStop && top.count % 2 == 0) next = top.value;
    }
    switch (next) {
      case ThriftType::kTrue:
      case ThriftType::kFalse:
      case ThriftType::kByte:
        Advance(1);
        break;
      case ThriftType::kI16:
      case ThriftType::kI32:
      case ThriftType::kI64:
        (void)Varint();
        break;
      case ThriftType::kDouble:
        Advance(8);
        break;
      case ThriftType::kUuid:
        Advance(16);
        break;
      case ThriftType::kBinary:
        (void)Binary();
        break;
      case ThriftType::kList:
      case ThriftType::kSet: {
        ThriftType element = ThriftType::kStop;
        const std::size_t count = BeginList(&element);
        stack.push_back({element, count, ThriftType::kStop, false});
        break;
      }
      case ThriftType::kMap: {
        const std::uint64_t count = Varint();
        if (count == 0) break;
        const std::uint8_t types = Byte();
        if (count > bytes_.size() - at_) ok_ = false;
        stack.push_back({static_cast<ThriftType>(types >> 4), count * 2, static_cast<ThriftType>(types & 15), false});
        break;
      }
      case ThriftType::kStruct:
        stack.push_back({ThriftType::kStruct, 1, ThriftType::kStop, true});
        break;
      default:
        ok_ = false;
    }
  }
}

}  // namespace cairn
