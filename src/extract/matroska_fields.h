#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// How the content of an EBML element is read: RFC 8794, section 7.
enum class EbmlKind : std::uint8_t { kMaster, kUnsigned, kFloat, kText, kBytes, kDate };

struct EbmlElement {
  std::uint32_t id;
  EbmlKind kind;
  std::string_view name;  ///< ExifTool's; empty where the value is no field of its own.
};

/// Null for what is not looked at.
const EbmlElement* FindEbmlElement(std::uint32_t id);

/// The codec's usual name: `V_MPEG4/ISO/AVC` is `h264`.
std::string MatroskaCodec(std::string_view id);

/// ExifTool's name of a tag: `TOTAL_PARTS` is `TotalParts`, `DATE_RECORDED` is `DateTimeOriginal`.
std::string MatroskaTagName(std::string_view tag);

/// Words for coded values; empty where the value has none.
std::string MatroskaWord(std::string_view name, std::uint64_t value);

}  // namespace cairn
