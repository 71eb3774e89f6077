#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// What a writer does about a record that was sent.
enum class Fate : std::uint8_t {
  kStored,
  kRefused,  ///< It will never be taken: it itself is at fault.
  kAgain,    ///< Whatever kept it from being stored may pass.
};

/// The fate of each record of a batch. A full disk and a record that is too long or too deep have one code; the record
/// is at fault where others of its batch were taken, or it is longer or deeper than what is usual.
std::vector<Fate> FatesOf(const std::vector<std::string_view>& records, const std::vector<Result<Stored>>& results);

}  // namespace cairn
