#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace cairn {

/// What a data set holds.
enum class IptcForm : std::uint8_t {
  kText,
  kNumber,   ///< Big-endian, up to eight bytes.
  kDate,     ///< `20020916`.
  kTime,     ///< `135926-0600`.
  kBinary,   ///< Its size alone is told.
  kCharset,  ///< ISO 2022: an escape and what follows.
  kPrefs,    ///< Photo Mechanic's four numbers.
  kHistory,  ///< Lines that NULs end.
};

struct IptcWord {
  std::string_view value;
  std::string_view text;
};

/// A data set of IPTC-IIM (IIM 4.2, chapters 5 to 9; record 3 is IPTC's Digital Newsphoto Parameter Record).
struct IptcTag {
  std::uint8_t id;
  std::string_view name;
  IptcForm form;
  bool list;                        ///< It may stand more than once.
  std::span<const IptcWord> words;  ///< For values that are codes.
};

/// Those of a record, by number; none for a record that is not known.
std::span<const IptcTag> IptcTags(std::uint8_t record);

}  // namespace cairn
