#pragma once

#include <cstdint>
#include <string_view>

namespace cairn {

/// A key as the levels of this host see it. The text holds during the call.
struct EntryKey {
  std::uint64_t hash = 0;       ///< Of text and version: where it is kept.
  std::uint64_t text_hash = 0;  ///< Of the text: what it is invalidated by.
  std::string_view text;
  std::size_t operation = 0;  ///< Whom to count it for.
};

}  // namespace cairn
