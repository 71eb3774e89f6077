#include "obs/config.h"

#include <algorithm>

#include "obs/builtin_sources.h"
#include "obs/config_keys.h"
#include "obs/config_reader.h"
#include "obs/source_check.h"

namespace cairn {
namespace {

using Kind = ConfigOrigin::Kind;

constexpr const char* kUsualFile = "cairn.yaml";

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
  }
  return out;
}

class Loader {
 public:
  explicit Loader(const ConfigInputs& inputs)
      : inputs_(inputs), files_(inputs.files != nullptr ? *inputs.files : *FileSystem::Default()) {}

  Result<Config> Load() {
    home_ = Variable("HOME");
    SetDefaultLocation();
    for (Status (Loader::*step)() : {&Loader::FindFile, &Loader::TakeBuiltin, &Loader::TakeFile,
                                     &Loader::TakeEnvironment, &Loader::TakeFlags, &Loader::Check}) {
      if (Status taken = (this->*step)(); !taken.ok()) return taken;
    }
    std::sort(config_.sources.begin(), config_.sources.end(),
              [](const SourceConfig& a, const SourceConfig& b) { return a.name < b.name; });
    return std::move(config_);
  }

 private:
  std::string Variable(const std::string& name) const {
    const char* value = inputs_.environment ? inputs_.environment(name.c_str()) : nullptr;
    return value == nullptr ? "" : value;
  }

  void SetDefaultLocation() {
    std::string base = Variable("XDG_CACHE_HOME");
    if (base.empty() && !home_.empty()) base = JoinPath(home_, ".cache");
    if (!base.empty()) config_.cache.location = JoinPath(base, "cairn");
  }

  Status FindFile() {
    path_ = inputs_.path.empty() ? Variable("CAIRN_CONFIG") : inputs_.path;
    if (path_.empty() && files_.Exists(kUsualFile)) path_ = kUsualFile;
    return Status::Ok();
  }

  // Reading them takes longer than everything else here.
  Status TakeBuiltin() {
    const bool are_set = std::any_of(inputs_.settings.begin(), inputs_.settings.end(),
                                     [](const std::string& setting) { return setting.starts_with("sources."); });
    if (!inputs_.needs_sources && path_.empty() && !are_set) return Status::Ok();
    return Take(kBuiltinSources, "built-in sources", Kind::kBuiltIn, "");
  }

  Status TakeFile() {
    if (path_.empty()) return Status::Ok();
    auto size = files_.Size(path_);
    if (!size) return size.error().WithContext("configuration");
    if (*size > kYamlBytesMax) {
      return {StatusCode::kResourceExhausted,
              fmt::format("{}: {} bytes; at most {} are read", path_, *size, kYamlBytesMax)};
    }
    auto text = files_.Read(path_);
    if (!text) return text.error().WithContext("configuration");
    config_.file = path_;
    const std::string folder = ParentOf(path_);
    return Take(*text, path_, Kind::kFile, folder == "." ? "" : folder);
  }

  Status Take(std::string_view text, std::string_view name, Kind kind, std::string folder) {
    auto document = ParseYaml(text, name);
    if (!document) return document.error();
    return ReadConfig({name, kind, std::move(folder), home_, config_.origins}, *document, config_);
  }

  Status Set(const ConfigKey<Config>& key, const std::string& text, const ConfigOrigin& origin) {
    std::vector<std::string> values = {key.is_path ? ConfigPath(text, "", home_) : text};
    if (key.is_list) values = SplitList(text);
    if (Status set = key.set(config_, values); !set.ok()) return set;
    config_.origins[key.name] = origin;
    return Status::Ok();
  }

  Status TakeEnvironment() {
    for (const ConfigKey<Config>& key : ConfigKeys()) {
      const std::string variable = ConfigVariable(key.name);
      const std::string value = Variable(variable);
      if (value.empty()) continue;
      if (Status set = Set(key, value, {Kind::kEnvironment, variable}); !set.ok()) {
        return set.WithContext("environment " + variable);
      }
    }
    for (SourceConfig& source : config_.sources) {
      for (const ConfigKey<SourceConfig>& key : SourceKeys()) {
        const std::string name = fmt::format("sources.{}.{}", source.name, key.name);
        const std::string variable = ConfigVariable(name);
        const std::string value = Variable(variable);
        if (value.empty()) continue;
        if (Status set = key.set(source, {value}); !set.ok()) return set.WithContext("environment " + variable);
        config_.origins[name] = {Kind::kEnvironment, variable};
      }
    }
    return Status::Ok();
  }

  Status TakeFlags() {
    for (const std::string& setting : inputs_.settings) {
      const std::size_t equals = setting.find('=');
      if (equals == std::string::npos) {
        return {StatusCode::kInvalidArgument,
                fmt::format("--set {}: it is name=value; see `cairn help config`", setting)};
      }
      const std::string name = setting.substr(0, equals);
      if (Status set = SetByName(name, setting.substr(equals + 1)); !set.ok()) {
        return set.WithContext(fmt::format("--set {}", name));
      }
    }
    if (!inputs_.store_path.empty()) {
      config_.store_path = inputs_.store_path;
      config_.origins["store.path"] = {Kind::kFlag, "--store"};
    }
    return Status::Ok();
  }

  Status SetByName(const std::string& name, const std::string& value) {
    const ConfigOrigin origin{Kind::kFlag, "--set"};
    if (name.starts_with("sources.")) {
      Status set = SetSourceValue(name, value.find(',') == std::string::npos ? std::vector{value} : SplitList(value),
                                  config_.sources);
      // Of a text with a comma.
      if (!set.ok() && value.find(',') != std::string::npos) set = SetSourceValue(name, {value}, config_.sources);
      if (set.ok()) config_.origins[name] = origin;
      return set;
    }
    std::vector<std::string> names;
    for (const ConfigKey<Config>& key : ConfigKeys()) {
      if (key.name == name || key.name == "store." + name) return Set(key, value, origin);
      names.push_back(key.name);
    }
    return {StatusCode::kInvalidArgument, UnknownKey("", name, names)};
  }

  Status Check() {
    if (config_.warm.predictive) config_.cache.history = true;
    std::erase_if(config_.sources, [](const SourceConfig& source) { return !source.enabled; });
    for (const SourceConfig& source : config_.sources) {
      std::string key;
      const Status checked = CheckSource(source, key);
      if (checked.ok()) continue;
      const std::string name = fmt::format("sources.{}.{}", source.name, key);
      const auto origin = config_.origins.find(name);
      const std::string where = origin == config_.origins.end() ? "" : origin->second.ToString() + ": ";
      return checked.WithContext(where + name);
    }
    return Status::Ok();
  }

  const ConfigInputs& inputs_;
  FileSystem& files_;
  std::string home_;
  std::string path_;  // Of the file; empty: none.
  Config config_;
};

}  // namespace

std::string ConfigOrigin::ToString() const {
  switch (kind) {
    case Kind::kDefault:
      return "default";
    case Kind::kBuiltIn:
      return "built in";
    case Kind::kFile:
      return where;
    case Kind::kEnvironment:
      return "environment " + where;
    case Kind::kFlag:
      return "flag " + where;
  }
  return {};
}

ConfigOrigin Config::OriginOf(const std::string& name) const {
  const auto found = origins.find(name);
  return found == origins.end() ? ConfigOrigin() : found->second;
}

const SourceConfig* Config::FindSource(std::string_view name) const {
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](const SourceConfig& source) { return source.name == name; });
  return found == sources.end() ? nullptr : &*found;
}

Result<Config> LoadConfig(const ConfigInputs& inputs) { return Loader(inputs).Load(); }

}  // namespace cairn
