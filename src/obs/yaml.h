#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A YAML document as plain data, each part with its place, so that whoever reads it can say where it is wrong.
struct YamlNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;             ///< Of a scalar, without quotes and escapes.
  bool quoted = false;          ///< A scalar in quotes: always text.
  std::uint32_t line = 0;       ///< From 1.
  std::uint32_t column = 0;     ///< From 1, in characters.
  std::vector<YamlNode> keys;   ///< Of a map, in its order: scalars, none twice.
  std::vector<YamlNode> items;  ///< Of a list; of a map what stands behind each of `keys`.

  /// What stands behind `key` of a map; null where there is none.
  [[nodiscard]] const YamlNode* Find(std::string_view key) const;
};

/// The bounds of what is read: a configuration is written by hand.
inline constexpr std::size_t kYamlBytesMax = std::size_t{256} << 10;
inline constexpr std::size_t kYamlNodesMax = 20'000;  ///< Counted after each alias was put in.
inline constexpr std::size_t kYamlDepthMax = 32;

/// Reads one document. `name` is the file's, for messages, which begin `name:line:column:`. An empty document is null.
/// Returns INVALID_ARGUMENT for what is no YAML, a second document, a key twice, a key that is no scalar, a merge key
/// (`<<`) or a tag (`!x`); RESOURCE_EXHAUSTED where a bound is passed, aliases put in.
Result<YamlNode> ParseYaml(std::string_view text, std::string_view name);

/// `name:line:column: what`.
Status YamlMistake(std::string_view name, const YamlNode& at, std::string_view what);

}  // namespace cairn
