#include "obs/config_reader.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/service_address.h"
#include "obs/config_keys.h"

namespace cairn {
namespace {

using Kind = YamlNode::Kind;

// What may stand below `prefix` ("", "cache.", ...), and whole names that end in `leaf`.
std::vector<std::string> Children(const std::string& prefix) {
  std::vector<std::string> out;
  if (prefix.empty()) out.emplace_back("sources");
  for (const ConfigKey<Config>& key : ConfigKeys()) {
    if (!key.name.starts_with(prefix)) continue;
    std::string child = key.name.substr(prefix.size(), key.name.find('.', prefix.size()) - prefix.size());
    if (std::find(out.begin(), out.end(), child) == out.end()) out.push_back(std::move(child));
  }
  return out;
}

Status ReadSection(const ConfigReading& reading, const std::string& prefix, const YamlNode& node, Config& config) {
  const std::string section = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
  if (node.kind == Kind::kNull) return Status::Ok();
  if (node.kind != Kind::kMap) return reading.Mistake(node, section, "expected keys with values");
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    const std::string path = prefix + node.keys[i].text;
    const YamlNode& value = node.items[i];
    if (path == "sources") {
      if (Status read = ReadSources(reading, value, config.sources); !read.ok()) return read;
      continue;
    }
    const auto& keys = ConfigKeys();
    // `store: FOLDER` is the one thing that most files say of it.
    const std::string name = path == "store" && value.kind == Kind::kScalar ? "store.path" : path;
    const auto key = std::find_if(keys.begin(), keys.end(), [&](const auto& known) { return known.name == name; });
    if (key != keys.end()) {
      if (Status read = ReadKey(reading, *key, name, value, config); !read.ok()) return read;
      continue;
    }
    const std::vector<std::string> known = Children(prefix);
    if (std::find(known.begin(), known.end(), node.keys[i].text) != known.end()) {
      if (Status read = ReadSection(reading, path + ".", value, config); !read.ok()) return read;
      continue;
    }
    // A right word in the wrong section is as near as a wrong word in the right one.
    for (const ConfigKey<Config>& other : keys) {
      if (other.name.ends_with("." + node.keys[i].text)) {
        return reading.Mistake(node.keys[i], section,
                               fmt::format("there is no key \"{}\" here; there is {}", node.keys[i].text, other.name));
      }
    }
    return reading.Mistake(node.keys[i], section, UnknownKey(section, node.keys[i].text, known));
  }
  return Status::Ok();
}

}  // namespace

Status ConfigReading::Mistake(const YamlNode& at, std::string_view path, std::string_view what) const {
  return YamlMistake(file, at, path.empty() ? std::string(what) : fmt::format("{}: {}", path, what));
}

void ConfigReading::Note(const std::string& path, const YamlNode& at) const {
  if (kind == ConfigOrigin::Kind::kBuiltIn) {
    origins[path] = {kind, {}};
  } else {
    origins[path] = {kind, fmt::format("{}:{}:{}", file, at.line, at.column)};
  }
}

std::string UnknownKey(std::string_view path, std::string_view key, const std::vector<std::string>& known) {
  std::string out = fmt::format("there is no key \"{}\"{}", key, path.empty() ? "" : " here");
  const std::vector<std::string> near = Nearest(key, known, 1);
  if (!near.empty()) return out + fmt::format("; did you mean \"{}\"?", near.front());
  out += "; there are: ";
  for (std::size_t i = 0; i < known.size(); ++i) out += (i == 0 ? "" : ", ") + known[i];
  return out;
}

std::string ConfigPath(const std::string& value, const std::string& folder, const std::string& home) {
  if (value.starts_with("~/") && !home.empty()) return JoinPath(home, value.substr(2));
  if (value.empty() || value.starts_with('/') || folder.empty() || IsServiceAddress(value)) return value;
  return JoinPath(folder, value);
}

Status ReadConfig(const ConfigReading& reading, const YamlNode& document, Config& config) {
  return ReadSection(reading, "", document, config);
}

}  // namespace cairn
