// What the configuration says of itself: the values in force, and docs/config.md.
#include <fmt/format.h>

#include "obs/builtin_sources.h"
#include "obs/config.h"
#include "obs/config_keys.h"

namespace cairn {
namespace {

template <class T>
std::string ValueOf(const ConfigKey<T>& key, const T& from) {
  const std::vector<std::string> values = key.get(from);
  const std::string joined = fmt::format("{}", fmt::join(values, ","));
  return key.is_secret && !joined.empty() ? "(hidden)" : joined;
}

// Those values of a source or a part of it that someone set.
template <class T>
void AddSet(const Config& config, const std::string& prefix, const std::vector<ConfigKey<T>>& keys, const T& from,
            std::vector<ConfigValue>& out) {
  for (const ConfigKey<T>& key : keys) {
    const auto origin = config.origins.find(prefix + key.name);
    if (origin != config.origins.end()) out.push_back({prefix + key.name, ValueOf(key, from), origin->second});
  }
}

template <class T>
void AddTable(std::string& out, const std::vector<ConfigKey<T>>& keys) {
  out += "| key | value | default | effect |\n|---|---|---|---|\n";
  const T defaults;
  for (const ConfigKey<T>& key : keys) {
    out += fmt::format("| `{}` | {} | {} | {} |\n", key.name, key.type, ValueOf(key, defaults), key.help);
  }
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out;
}

}  // namespace

std::vector<ConfigValue> ConfigValues(const Config& config) {
  std::vector<ConfigValue> out;
  for (const ConfigKey<Config>& key : ConfigKeys()) {
    out.push_back({key.name, ValueOf(key, config), config.OriginOf(key.name)});
  }
  for (const SourceConfig& source : config.sources) {
    const std::string prefix = "sources." + source.name + ".";
    AddSet(config, prefix, SourceKeys(), source, out);
    // Their values are often secrets.
    for (const auto& [name, value] : source.headers) {
      out.push_back({prefix + "headers." + name, "(hidden)", config.OriginOf(prefix + "headers." + name)});
    }
    for (const OperationConfig& operation : source.operations) {
      const std::string of = prefix + "operations." + operation.name + ".";
      AddSet(config, of, OperationKeys(), operation, out);
      for (const ParameterConfig& parameter : operation.parameters) {
        AddSet(config, of + "parameters." + parameter.name + ".", ParameterKeys(), parameter, out);
      }
      for (const FieldConfig& field : operation.fields) {
        const std::string name = of + "fields." + field.name;
        // Written short, `name: path`, it has no key of its own.
        if (const auto origin = config.origins.find(name); origin != config.origins.end()) {
          out.push_back({name, field.path, origin->second});
        }
        AddSet(config, name + ".", FieldKeys(), field, out);
      }
    }
  }
  return out;
}

std::string ConfigVariable(std::string_view name) {
  if (name == "store.path") return "CAIRN_STORE";
  if (name.starts_with("store.")) name.remove_prefix(6);
  std::string out = "CAIRN_";
  for (const char c : name)
    out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c == '.' || c == '-' ? '_' : c;
  return out;
}

std::string ConfigMarkdown() {
  std::string out =
      "# Configuration\n\n"
      "A value is taken from the last of these that names it:\n\n"
      "1. the default,\n"
      "2. `cairn.yaml`: the file that `--config` names, else `CAIRN_CONFIG`, else `./cairn.yaml` if there is one,\n"
      "3. the environment, e.g. `CAIRN_CACHE_MEMORY_BYTES=64M` (an empty variable sets nothing),\n"
      "4. flags, e.g. `--set cache.memory.bytes=64M`.\n\n"
      "In the file the dots are levels: `cache: {memory: {bytes: 64M}}`. `cairn config show` prints each value and "
      "where it comes from. A key that does not exist, or a value that does not fit, is an error that says where. "
      "Numbers take `k`, `M` and `G` for powers of 1024; durations are a whole number with `ms`, `s`, `m`, `h`, `d` "
      "or `w`; lists are lists in the file and parted by commas elsewhere. A relative path in the file begins at the "
      "file's own folder; `~/` is the home folder.\n\n"
      "The file is YAML 1.2: one document of at most 256 KiB, without tags and merge keys.\n\n"
      "## Store and cache\n\n"
      "| key | environment | value | default | effect |\n|---|---|---|---|---|\n";
  Config defaults;
  defaults.cache.location = "~/.cache/cairn";
  for (const ConfigKey<Config>& key : ConfigKeys()) {
    out += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", key.name, ConfigVariable(key.name), Escaped(key.type),
                       ValueOf(key, defaults), key.help);
  }
  out +=
      "\n## Sources\n\n"
      "`sources` declares HTTP APIs by name. Whatever stands in the file goes over what is built in, key by key. "
      "Values that belong to the source itself can be set by the environment as well "
      "(`CAIRN_SOURCES_AUDNEXUS_BASE_URL`), all of them by flags (`--set "
      "sources.audnexus.operations.book.ttl=1h`).\n\n";
  AddTable(out, SourceKeys());
  out +=
      "\n`headers` holds names and values that go with each request; `${NAME}` in a value is the environment's, so "
      "that "
      "no secret needs to stand in the file. They are not sent on to another host.\n\n"
      "### `operations`\n\nBy name:\n\n";
  AddTable(out, OperationKeys());
  out += "\n### `parameters` of an operation\n\nBy name. What is not in the path goes into the query.\n\n";
  AddTable(out, ParameterKeys());
  out +=
      "\n### `fields` of an operation\n\n"
      "By name, each a path or these keys. With fields only they are kept, each with a deadline of its own; without, "
      "the whole answer.\n\n";
  AddTable(out, FieldKeys());
  out += fmt::format("\n## The sources that are built in\n\n```yaml\n{}```\n", kBuiltinSources);
  return out;
}

}  // namespace cairn
