#include "extract/parquet_value.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstdlib>

#include "base/json.h"
#include "cairn/time.h"
#include "extract/byte_view.h"
#include "extract/text.h"

namespace cairn {
namespace {

// Physical types.
enum Physical { kBoolean, kInt32, kInt64, kInt96, kFloat, kDouble, kBytes, kFixed };

constexpr std::array kPhysicalNames = {"boolean", "int32", "int64", "int96", "float", "double", "binary", "fixed"};
constexpr std::array kCodecs = {"UNCOMPRESSED", "SNAPPY", "GZIP", "LZO", "BROTLI", "LZ4", "ZSTD", "LZ4_RAW"};
constexpr std::size_t kShownBytes = 256;

// What both kinds of logical type mean.
enum class Kind {
  kNone,
  kString,
  kMap,
  kList,
  kEnum,
  kDecimal,
  kDate,
  kTime,
  kTimestamp,
  kInteger,
  kJson,
  kBson,
  kUuid,
  kFloat16,
  kNull,
  kInterval,
  kVariant,
  kOther
};

struct Logical {
  Kind kind = Kind::kNone;
  std::int64_t unit = 0;
  std::int64_t bits = 0;
  bool is_signed = true;
};

Logical LogicalOf(const ParquetElement& element) {
  switch (element.logical) {
    case 1:
      return {Kind::kString};
    case 2:
      return {Kind::kMap};
    case 3:
      return {Kind::kList};
    case 4:
      return {Kind::kEnum};
    case 5:
      return {Kind::kDecimal};
    case 6:
      return {Kind::kDate};
    case 7:
      return {Kind::kTime, element.unit};
    case 8:
      return {Kind::kTimestamp, element.unit};
    case 10:
      return {Kind::kInteger, 0, element.bit_width, element.is_signed};
    case 11:
      return {Kind::kNull};
    case 12:
      return {Kind::kJson};
    case 13:
      return {Kind::kBson};
    case 14:
      return {Kind::kUuid};
    case 15:
      return {Kind::kFloat16};
    case 16:
      return {Kind::kVariant};
    case 0:
      break;
    default:
      return {Kind::kOther};
  }
  switch (element.converted.value_or(-1)) {
    case 0:
      return {Kind::kString};
    case 1:
    case 2:
      return {Kind::kMap};
    case 3:
      return {Kind::kList};
    case 4:
      return {Kind::kEnum};
    case 5:
      return {Kind::kDecimal};
    case 6:
      return {Kind::kDate};
    case 7:
      return {Kind::kTime, 1};
    case 8:
      return {Kind::kTime, 2};
    case 9:
      return {Kind::kTimestamp, 1};
    case 10:
      return {Kind::kTimestamp, 2};
    case 11:
    case 12:
    case 13:
    case 14:
      return {Kind::kInteger, 0, std::int64_t{8} << (*element.converted - 11), false};
    case 15:
    case 16:
    case 17:
    case 18:
      return {Kind::kInteger, 0, std::int64_t{8} << (*element.converted - 15), true};
    case 19:
      return {Kind::kJson};
    case 20:
      return {Kind::kBson};
    case 21:
      return {Kind::kInterval};
    default:
      return {};
  }
}

std::string_view UnitName(std::int64_t unit) { return unit == 1 ? "ms" : unit == 2 ? "us" : "ns"; }

// Holds every decimal of 38 digits, the most that Parquet knows.
__extension__ typedef __int128 WideInteger;

// 12345 with scale 2 is 123.45.
std::string DecimalText(WideInteger unscaled, std::int64_t scale) {
  const std::string_view sign = unscaled < 0 ? "-" : "";
  std::string digits = fmt::format("{}", unscaled).substr(sign.size());
  if (scale <= 0 || scale > 38) return fmt::format("{}{}", sign, digits);
  const auto behind = static_cast<std::size_t>(scale);
  if (digits.size() <= behind) digits = std::string(behind + 1 - digits.size(), '0').append(digits);
  const std::size_t point = digits.size() - behind;
  return fmt::format("{}{}.{}", sign, digits.substr(0, point), digits.substr(point));
}

std::optional<FieldValue> IntegerValue(const ParquetElement& element, const Logical& logical, std::int64_t value) {
  constexpr std::int64_t kDay = 86'400'000'000'000;
  const std::int64_t unit_ns = logical.unit == 1 ? 1'000'000 : logical.unit == 2 ? 1'000 : 1;
  std::int64_t ns = 0;
  switch (logical.kind) {
    case Kind::kDate:
      if (__builtin_mul_overflow(value, kDay, &ns)) return std::nullopt;
      return FormatTimestamp({ns}).substr(0, 10);
    case Kind::kTimestamp: {
      if (__builtin_mul_overflow(value, unit_ns, &ns)) return std::nullopt;
      std::string text = FormatTimestamp({ns});
      if (!element.utc && element.logical != 0 && text.ends_with('Z')) text.pop_back();
      return text;
    }
    case Kind::kTime: {
      if (value < 0 || __builtin_mul_overflow(value, unit_ns, &ns) || ns >= kDay) return std::nullopt;
      const std::string text = FormatTimestamp({ns});
      return text.substr(11, text.size() - 12);
    }
    case Kind::kDecimal:
      return DecimalText(value, element.scale);
    case Kind::kInteger:
      if (!logical.is_signed && element.type == kInt32) return std::int64_t{static_cast<std::uint32_t>(value)};
      if (!logical.is_signed && value < 0) return static_cast<double>(static_cast<std::uint64_t>(value));
      return value;
    case Kind::kNone:
      return value;
    default:
      return std::nullopt;
  }
}

// Of a decimal in big-endian bytes.
std::optional<WideInteger> BigInteger(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > sizeof(WideInteger)) return std::nullopt;
  WideInteger value = static_cast<signed char>(bytes[0]) < 0 ? -1 : 0;
  for (const char c : bytes) value = value * 256 + static_cast<unsigned char>(c);
  return value;
}

}  // namespace

std::string ParquetTypeName(const ParquetElement& element) {
  const Logical logical = LogicalOf(element);
  switch (logical.kind) {
    case Kind::kString:
      return "string";
    case Kind::kMap:
      return "map";
    case Kind::kList:
      return "list";
    case Kind::kEnum:
      return "enum";
    case Kind::kDecimal:
      return fmt::format("decimal({},{})", element.precision, element.scale);
    case Kind::kDate:
      return "date";
    case Kind::kTime:
      return fmt::format("time({})", UnitName(logical.unit));
    case Kind::kTimestamp:
      return fmt::format("timestamp({}{})", UnitName(logical.unit), element.utc ? ",UTC" : "");
    case Kind::kInteger:
      return fmt::format("{}int{}", logical.is_signed ? "" : "u", logical.bits);
    case Kind::kJson:
      return "json";
    case Kind::kBson:
      return "bson";
    case Kind::kUuid:
      return "uuid";
    case Kind::kFloat16:
      return "float16";
    case Kind::kNull:
      return "null";
    case Kind::kInterval:
      return "interval";
    case Kind::kVariant:
      return "variant";
    default:
      break;
  }
  if (!element.type) return "group";
  if (*element.type == kFixed) return fmt::format("fixed({})", element.type_length);
  const auto type = static_cast<std::size_t>(*element.type);
  return type < kPhysicalNames.size() ? kPhysicalNames[type] : "unknown";
}

std::optional<FieldValue> ParquetValue(const ParquetElement& element, std::string_view bytes, bool old) {
  const Logical logical = LogicalOf(element);
  const ByteView view(bytes, std::endian::little);
  switch (element.type.value_or(-1)) {
    case kBoolean:
      return bytes.empty() ? std::nullopt : std::optional<FieldValue>(bytes[0] != 0);
    case kInt32:
      if (bytes.size() < 4 || (old && !logical.is_signed)) return std::nullopt;
      return IntegerValue(element, logical, view.S32(0));
    case kInt64:
      if (bytes.size() < 8 || (old && !logical.is_signed)) return std::nullopt;
      return IntegerValue(element, logical, view.S64(0));
    case kFloat:
      if (bytes.size() < 4 || std::isnan(view.F32(0))) return std::nullopt;
      return static_cast<double>(view.F32(0));
    case kDouble:
      if (bytes.size() < 8 || std::isnan(view.F64(0))) return std::nullopt;
      return view.F64(0);
    case kBytes:
    case kFixed: {
      if (old) return std::nullopt;
      if (logical.kind == Kind::kDecimal) {
        const auto unscaled = BigInteger(bytes);
        if (!unscaled) return std::nullopt;
        return DecimalText(*unscaled, element.scale);
      }
      const bool text = logical.kind == Kind::kString || logical.kind == Kind::kEnum || logical.kind == Kind::kJson;
      if (!text || !IsUtf8(bytes)) return std::nullopt;
      return CutText(std::string(bytes), kShownBytes);
    }
    default:
      return std::nullopt;
  }
}

bool ParquetLess(const ParquetElement& element, const FieldValue& a, const FieldValue& b) {
  const bool decimal = LogicalOf(element).kind == Kind::kDecimal;
  const auto number = [&](const FieldValue& value) -> std::optional<double> {
    if (const auto* integer = std::get_if<std::int64_t>(&value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    const auto* text = std::get_if<std::string>(&value);
    if (decimal && text != nullptr) return std::strtod(text->c_str(), nullptr);
    return std::nullopt;
  };
  const auto x = number(a);
  const auto y = number(b);
  // Integers are compared as such: a real has too few digits for the largest.
  if ((decimal || a.index() != b.index()) && x && y) return *x < *y;
  return a < b;
}

std::string_view ParquetCodecName(std::int64_t codec) {
  return codec >= 0 && static_cast<std::size_t>(codec) < kCodecs.size() ? kCodecs[static_cast<std::size_t>(codec)]
                                                                        : "unknown";
}

}  // namespace cairn
