#pragma once

#include <string>
#include <string_view>

namespace cairn {

/// A UUID that follows from a name: version 5 of RFC 9562, SHA-1, in a namespace of our own. The same name always gives
/// the same one.
std::string NameUuid(std::string_view name);

/// Whether the text is a UUID, whatever its version, in letters of either case.
bool IsUuid(std::string_view text);

}  // namespace cairn
