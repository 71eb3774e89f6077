#pragma once

#include <map>
#include <string>
#include <string_view>

#include "extract/byte_view.h"
#include "extract/extractor.h"

namespace cairn {

/// Reads boxes of JUMBF (ISO 19566-5), in which C2PA keeps where a file comes from and what was done to it. Of a name
/// that several boxes have the first counts.
void ReadJumbf(std::string_view boxes, const ExtractContext& context, Extracted& to);

/// Boxes of JUMBF in JPEG's APP11 segments, which hold parts of them (ISO 19566-5, annex D).
class JumbfSegments {
 public:
  /// One segment behind its length.
  void Take(ByteView segment, std::size_t bytes_max);
  /// All of them, one after the other.
  [[nodiscard]] std::string Join() const;

 private:
  std::map<std::uint16_t, std::map<std::uint32_t, std::string>> boxes_;  ///< By the number of box and part.
  std::size_t bytes_ = 0;
};

}  // namespace cairn
