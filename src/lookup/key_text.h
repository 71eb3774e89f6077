#pragma once

#include <string>
#include <string_view>

#include "lookup/source_operation.h"

namespace cairn {

/// A question: what a key's text stands for.
struct Question {
  std::string source;
  std::string operation;
  LookupParams params;
  bool is_of_user = false;  ///< The key names a user, whom it does not tell.
};

/// Reads a key's text as `CacheKey` writes it. Returns INVALID_ARGUMENT for what is none, or whose parameters are of no
/// look-up (null).
Result<Question> ParseKeyText(std::string_view text);

/// Reads a line as a person writes it: `source operation name=value ...`, or a key's text. A value with blanks stands
/// in double quotes, in which `\"` and `\\` are escapes. Returns INVALID_ARGUMENT for anything else.
Result<Question> ParseQuestion(std::string_view line);

/// Reads `name=value`s, as `cairn lookup` takes them. Returns INVALID_ARGUMENT for one without `=` or a name, or a name
/// twice.
Status AddParam(std::string_view text, LookupParams& params);

}  // namespace cairn
