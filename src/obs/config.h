#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "cairn/cache_options.h"
#include "cairn/client.h"
#include "cairn/repository.h"
#include "obs/settings.h"
#include "obs/source_config.h"

namespace cairn {

/// Where a value came from.
struct ConfigOrigin {
  enum class Kind : std::uint8_t { kDefault, kBuiltIn, kFile, kEnvironment, kFlag };
  Kind kind = Kind::kDefault;
  std::string where;  ///< `cairn.yaml:12:9`, the variable's name, `--set`.

  /// `default`, `built in`, `cairn.yaml:12:9`, `environment CAIRN_STORE`, `flag --set`.
  [[nodiscard]] std::string ToString() const;
};

/// How entries that are likely to be asked again are refreshed before they expire.
struct WarmConfig {
  bool predictive = false;
  std::uint32_t loads_max = 100;  ///< In each round.
  std::chrono::nanoseconds every{std::chrono::minutes(1)};
  std::chrono::nanoseconds before{std::chrono::minutes(5)};  ///< Only what expires within this time.
  double gain_min = 0.5;  ///< The least chance that an entry is asked again within its next TTL.
  std::uint32_t concurrency = 2;
  std::uint32_t rate_tokens = 30;  ///< Loads in a minute for warming, at the most.
};

/// What scans of files keep.
struct ScanConfig {
  std::uint64_t results_max = 1'000'000;  ///< Results that files of the same content take, some 40 bytes each.
};

/// All that can be configured, merged: defaults, then `cairn.yaml`, then the environment, then flags; the later wins.
struct Config {
  std::string store_path = "./metadata";
  StoreOptions store;
  RemoteOptions remote;  ///< Where the store is a service.
  CacheOptions cache;
  WarmConfig warm;
  ScanConfig scan;
  std::vector<SourceConfig> sources;  ///< By name; built-in ones among them.

  std::string file;  ///< The one that was read; empty: none.
  /// By name; what is not in it has its default.
  std::map<std::string, ConfigOrigin> origins;

  [[nodiscard]] ConfigOrigin OriginOf(const std::string& name) const;
  /// Null where there is none.
  [[nodiscard]] const SourceConfig* FindSource(std::string_view name) const;
};

struct ConfigInputs {
  FileSystem* files = nullptr;        ///< Null: the system's.
  Environment environment;            ///< Empty: no variable is set.
  std::string path;                   ///< Of `--config`; empty: CAIRN_CONFIG, else ./cairn.yaml if there is one.
  std::vector<std::string> settings;  ///< Of `--set`: `name=value`, lists with commas. Store settings by either name.
  std::string store_path;             ///< Of `--store`.
  bool needs_sources = true;          ///< False: the built-in ones are left out where nothing is said of sources.
};

/// Returns NOT_FOUND for a file that was named and is not there; INVALID_ARGUMENT, with file, line and column, or the
/// name of variable or flag, for an unknown key (naming the nearest) and for a value that does not fit (saying what is
/// expected); RESOURCE_EXHAUSTED for a file beyond the bounds of obs/yaml.h.
Result<Config> LoadConfig(const ConfigInputs& inputs);

/// One value in force.
struct ConfigValue {
  std::string name;
  std::string value;  ///< `(hidden)` where it is a secret that is set.
  ConfigOrigin origin;
};

/// All of them, in the order of docs/config.md; of the sources, what differs from the default.
std::vector<ConfigValue> ConfigValues(const Config& config);

}  // namespace cairn
