#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "obs/config.h"
#include "obs/config_key.h"
#include "obs/yaml.h"

namespace cairn {

/// Where what is read comes from, and where to note it.
struct ConfigReading {
  std::string_view file;
  ConfigOrigin::Kind kind = ConfigOrigin::Kind::kFile;
  std::string folder;  ///< What relative paths in it begin at; empty: they are taken as they stand.
  std::string home;    ///< What `~` stands for; empty: itself.
  std::map<std::string, ConfigOrigin>& origins;

  /// `file:line:column: path: what`.
  [[nodiscard]] Status Mistake(const YamlNode& at, std::string_view path, std::string_view what) const;
  void Note(const std::string& path, const YamlNode& at) const;
};

/// Takes a document into `config`, over what stands there.
Status ReadConfig(const ConfigReading& reading, const YamlNode& document, Config& config);

/// Takes what stands behind `sources`.
Status ReadSources(const ConfigReading& reading, const YamlNode& node, std::vector<SourceConfig>& sources);

/// Sets one value of a source by its whole name, `sources.audnexus.operations.book.ttl`. Returns INVALID_ARGUMENT for
/// one that is not declared.
Status SetSourceValue(std::string_view name, const std::vector<std::string>& values,
                      std::vector<SourceConfig>& sources);

/// `path` has no key `key`, with the nearest of `known`.
std::string UnknownKey(std::string_view path, std::string_view key, const std::vector<std::string>& known);

/// `value` as a path: from `folder` where it is relative, `home` for a leading `~/`.
std::string ConfigPath(const std::string& value, const std::string& folder, const std::string& home);

/// Sets a key from what stands in the file.
template <class T>
Status ReadKey(const ConfigReading& reading, const ConfigKey<T>& key, const std::string& path, const YamlNode& node,
               T& into) {
  std::vector<std::string> values;
  const auto expected = [&](const YamlNode& at) {
    return reading.Mistake(at, path, fmt::format("expected {}", key.type));
  };
  if (node.kind == YamlNode::Kind::kScalar) {
    values.push_back(key.is_path ? ConfigPath(node.text, reading.folder, reading.home) : node.text);
  } else if (node.kind == YamlNode::Kind::kList && key.is_list) {
    for (const YamlNode& item : node.items) {
      if (item.kind != YamlNode::Kind::kScalar) return expected(item);
      values.push_back(item.text);
    }
  } else {
    return expected(node);
  }
  if (Status set = key.set(into, values); !set.ok()) return reading.Mistake(node, path, set.message());
  reading.Note(path, node);
  return Status::Ok();
}

}  // namespace cairn
