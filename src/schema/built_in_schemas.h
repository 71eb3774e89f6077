#pragma once

#include <span>
#include <string_view>

namespace cairn {

/// A kind that Cairn itself knows: what its payload holds, as JSON Schema. docs/kinds.md has each with an example.
struct BuiltInSchema {
  std::string_view kind;
  std::string_view schema;
};

std::span<const BuiltInSchema> BuiltInSchemas();
/// Null where there is none of that kind.
const BuiltInSchema* FindBuiltInSchema(std::string_view kind);

}  // namespace cairn
