#pragma once

#include <array>
#include <span>
#include <string_view>

#include "record/quick_check.h"
#include "record/statements.h"

namespace cairn {

/// What is read of a plain record.
enum class PlainField : std::uint8_t {
  kKind,
  kTargetNamespace,
  kTargetName,
  kTargetType,
  kProducedAt,
  kProducerId,
  kTenant,
  kRunId,
  kJobId,
  kJobNamespace,
};
inline constexpr std::size_t kPlainFields = 10;

/// By PlainField; without data where absent.
using PlainTexts = std::array<std::string_view, kPlainFields>;

/// How the members of a record were understood.
enum class PlainAnswer : std::uint8_t {
  kUnusual,  ///< An event, a relational target, a mistake: to be parsed with care.
  kUsual,
  kWithNulls,  ///< As usual, but something that is read is null.
};

/// Finds what is read among the members of a record.
PlainAnswer FindPlainTexts(std::span<const QuickCheck::Member> members, PlainTexts* out);

/// Makes a record of what was found; false, with `out` undefined, where it must be parsed with care.
bool FillPlainRecord(const PlainTexts& texts, ParsedRecord* out);

}  // namespace cairn
