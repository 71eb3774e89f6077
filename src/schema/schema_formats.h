#pragma once

#include <string_view>

#include "schema/schema_program.h"

namespace cairn {

/// Whether a text has the format (RFC 3339, 5.6), which is one.
bool HasFormat(std::string_view text, SchemaFormat format);

/// In words, with an example.
std::string_view FormatName(SchemaFormat format);

}  // namespace cairn
