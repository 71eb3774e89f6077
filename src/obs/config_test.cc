#include "obs/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "obs/cache_selector.h"
#include "obs/config_keys.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using testing::HasSubstr;

class ConfigTest : public testing::Test {
 protected:
  Result<Config> Load(std::string_view yaml, std::vector<std::string> settings = {}) {
    ConfigInputs inputs;
    inputs.path = Write("cairn.yaml", yaml);
    inputs.settings = std::move(settings);
    inputs.environment = [this](const char* name) {
      const auto found = environment_.find(name);
      return found == environment_.end() ? nullptr : found->second.c_str();
    };
    return LoadConfig(inputs);
  }
  std::string Write(const std::string& name, std::string_view text) {
    std::ofstream(dir_.Sub(name)) << text;
    return dir_.Sub(name);
  }
  std::string Mistake(std::string_view yaml, std::vector<std::string> settings = {}) {
    const auto config = Load(yaml, std::move(settings));
    if (config) return "none";
    const std::string& message = config.error().message();
    // Without the folder of this test.
    return message.starts_with(dir_.path()) ? message.substr(dir_.path().size() + 1) : message;
  }

  TempDir dir_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, TheLaterWinsDefaultsFileEnvironmentFlags) {
  const std::string yaml = "cache: {memory: {bytes: 2M}}\nstore: {sync: never}\n";
  auto config = Load(yaml);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->cache.memory.bytes, 2u << 20);
  EXPECT_EQ(config->store.sync, Sync::kNever);
  EXPECT_EQ(config->cache.disk.bytes, CacheDiskOptions().bytes);
  EXPECT_EQ(config->OriginOf("cache.memory.bytes").ToString(), dir_.path() + "/cairn.yaml:1:25");
  EXPECT_EQ(config->OriginOf("cache.disk.bytes").ToString(), "default");

  environment_["CAIRN_CACHE_MEMORY_BYTES"] = "3M";
  environment_["CAIRN_SYNC"] = "";
  config = Load(yaml);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->cache.memory.bytes, 3u << 20);
  EXPECT_EQ(config->store.sync, Sync::kNever);
  EXPECT_EQ(config->OriginOf("cache.memory.bytes").ToString(), "environment CAIRN_CACHE_MEMORY_BYTES");

  config = Load(yaml, {"cache.memory.bytes=4M", "depth_max=9", "store.frame_bytes=8k"});
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->cache.memory.bytes, 4u << 20);
  EXPECT_EQ(config->store.depth_max, 9u);
  EXPECT_EQ(config->store.frame_bytes, 8192u);
  EXPECT_EQ(config->OriginOf("cache.memory.bytes").ToString(), "flag --set");
}

TEST_F(ConfigTest, EveryKeyReadsWhatItPrintsFromEachPlace) {
  for (const ConfigKey<Config>& key : ConfigKeys()) {
    Config config;
    const std::vector<std::string> values = key.get(config);
    ASSERT_TRUE(key.set(config, values).ok()) << key.name;
    EXPECT_EQ(key.get(config), values) << key.name;
    if (key.is_list || values.front().empty()) continue;
    environment_[ConfigVariable(key.name)] = values.front();
  }
  const auto config = Load("");
  ASSERT_TRUE(config) << config.error();
  for (const ConfigKey<Config>& key : ConfigKeys()) {
    EXPECT_EQ(config->OriginOf(key.name).kind == ConfigOrigin::Kind::kEnvironment,
              environment_.contains(ConfigVariable(key.name)))
        << key.name;
  }
}

TEST_F(ConfigTest, AnUnknownKeyNamesItsNearest) {
  EXPECT_EQ(Mistake("cache:\n  memry: {bytes: 1M}\n"),
            "cairn.yaml:2:3: cache: there is no key \"memry\" here; did you mean \"memory\"?");
  EXPECT_EQ(Mistake("cach: {}\n"), "cairn.yaml:1:1: there is no key \"cach\"; did you mean \"cache\"?");
  EXPECT_THAT(Mistake("segment_bytes: 1M\n"), HasSubstr("there is store.segment_bytes"));
  EXPECT_THAT(Mistake("cache: {zzzzzz: 1}\n"), HasSubstr("there are: enabled, offline, location"));
  EXPECT_THAT(Mistake("sources: {audnexus: {base_ur: x}}"), HasSubstr("did you mean \"base_url\"?"));
  EXPECT_THAT(Mistake("sources: {audnexus: {operations: {book: {tll: 1h}}}}"), HasSubstr("did you mean \"ttl\"?"));
  EXPECT_THAT(Mistake("sources: {audnexus: {operation: {}}}"), HasSubstr("did you mean \"operations\"?"));
  EXPECT_EQ(Mistake("", {"cache.memory.byte=1"}),
            "--set cache.memory.byte: there is no key \"cache.memory.byte\"; did you mean \"cache.memory.bytes\"?");
}

TEST_F(ConfigTest, AWrongValueSaysWhereAndWhatIsExpected) {
  EXPECT_EQ(Mistake("cache:\n  memory:\n    bytes: many\n"),
            "cairn.yaml:3:12: cache.memory.bytes: \"many\" is not a whole number from 65536 to 1099511627776");
  EXPECT_EQ(Mistake("cache: {enabled: [on]}\n"), "cairn.yaml:1:18: cache.enabled: expected on, off");
  EXPECT_EQ(Mistake("cache: on\n"), "cairn.yaml:1:8: cache: expected keys with values");
  EXPECT_THAT(Mistake("cache: {shared: {deadline: 50}}"), HasSubstr("is not a duration from 1ms to 1m"));
  EXPECT_THAT(Mistake("cache: {remove_at_start: [everything]}"), HasSubstr("\"everything\" is not all, stale"));
  environment_["CAIRN_CACHE_THREADS"] = "0";
  EXPECT_EQ(Mistake(""), "environment CAIRN_CACHE_THREADS: \"0\" is not a whole number from 1 to 256");
  environment_.clear();
  EXPECT_EQ(Mistake("", {"cache.threads=x"}), "--set cache.threads: \"x\" is not a whole number from 1 to 256");
  EXPECT_THAT(Mistake("", {"cache.threads"}), HasSubstr("it is name=value"));
}

TEST_F(ConfigTest, TheFileIsTheOneNamedElseTheVariablesElseTheOneHere) {
  ConfigInputs inputs;
  inputs.environment = [this](const char* name) {
    const auto found = environment_.find(name);
    return found == environment_.end() ? nullptr : found->second.c_str();
  };
  environment_["CAIRN_CONFIG"] = Write("a.yaml", "cache: {threads: 7}");
  EXPECT_EQ(LoadConfig(inputs)->cache.threads, 7u);
  inputs.path = Write("b.yaml", "cache: {threads: 8}");
  EXPECT_EQ(LoadConfig(inputs)->cache.threads, 8u);
  inputs.path = dir_.path() + "/none.yaml";
  EXPECT_EQ(LoadConfig(inputs).status().code(), StatusCode::kNotFound);
  inputs.path.clear();
  environment_["CAIRN_CONFIG"] = dir_.path() + "/none.yaml";
  EXPECT_EQ(LoadConfig(inputs).status().code(), StatusCode::kNotFound);
}

TEST_F(ConfigTest, NoFileHereIsNone) {
  struct Empty : public FileSystem {
    Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string&, bool) override { return No(); }
    Result<std::unique_ptr<Mapping>> Map(const std::string&, std::uint64_t) override { return No(); }
    Result<std::unique_ptr<Mapping>> MapShared(const std::string&, std::uint64_t) override { return No(); }
    Result<std::unique_ptr<FileLock>> OpenLock(const std::string&) override { return No(); }
    Result<std::string> Read(const std::string&) override { return text; }
    Result<std::uint64_t> Size(const std::string&) override { return std::uint64_t{text.size()}; }
    bool Exists(const std::string& path) override { return path == "cairn.yaml" && !text.empty(); }
    Result<std::vector<std::string>> List(const std::string&) override { return No(); }
    Status MakeDirs(const std::string&) override { return No(); }
    Status Rename(const std::string&, const std::string&) override { return No(); }
    Status Remove(const std::string&) override { return No(); }
    Status SyncDir(const std::string&) override { return No(); }
    Result<std::string> NetworkKind(const std::string&) override { return No(); }
    static Status No() { return {StatusCode::kUnavailable, "no disk"}; }
    std::string text;
  } files;
  ConfigInputs inputs;
  inputs.files = &files;
  const auto none = LoadConfig(inputs);
  ASSERT_TRUE(none) << none.error();
  EXPECT_EQ(none->file, "");
  files.text = "cache: {threads: 9}";
  EXPECT_EQ(LoadConfig(inputs)->cache.threads, 9u);
  files.text = std::string(1 << 20, ' ');
  EXPECT_EQ(LoadConfig(inputs).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(ConfigTest, PathsOfTheFileBeginAtItsFolder) {
  environment_["HOME"] = "/home/a";
  auto config = Load("cache: {location: here, key_file: ~/key}\nstore: {path: /abs}\n");
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->cache.location, dir_.path() + "/here");
  EXPECT_EQ(config->cache.seal.key_file, "/home/a/key");
  EXPECT_EQ(config->store_path, "/abs");
  EXPECT_EQ(Load("", {"cache.location=here"})->cache.location, "here");
  EXPECT_EQ(Load("")->cache.location, "/home/a/.cache/cairn");
  environment_["XDG_CACHE_HOME"] = "/c";
  EXPECT_EQ(Load("")->cache.location, "/c/cairn");
  environment_.clear();
  EXPECT_EQ(Load("")->cache.location, "");
}

TEST_F(ConfigTest, AudnexusIsBuiltInAndEachPartCanBeChanged) {
  auto config = Load("");
  ASSERT_TRUE(config) << config.error();
  const SourceConfig* source = config->FindSource("audnexus");
  ASSERT_NE(source, nullptr);
  EXPECT_EQ(source->base_url, "https://api.audnex.us");
  EXPECT_EQ(source->rate_tokens, 100u);
  EXPECT_EQ(source->rate_window, std::chrono::minutes(1));
  std::vector<std::string> operations;
  for (const OperationConfig& operation : source->operations) operations.push_back(operation.path);
  EXPECT_THAT(operations,
              testing::ElementsAre("/books/{asin}", "/books/{asin}/chapters", "/authors", "/authors/{asin}"));
  EXPECT_EQ(config->OriginOf("sources.audnexus.base_url").ToString(), "built in");

  environment_["CAIRN_SOURCES_AUDNEXUS_TIMEOUT"] = "5s";
  config = Load("sources:\n  audnexus:\n    rate_tokens: 10\n    operations: {book: {ttl: 1h}}\n",
                {"sources.audnexus.operations.book.grace=2h", "sources.audnexus.base_url=http://localhost"});
  ASSERT_TRUE(config) << config.error();
  source = config->FindSource("audnexus");
  EXPECT_EQ(source->rate_tokens, 10u);
  EXPECT_EQ(source->timeout, seconds(5));
  EXPECT_EQ(source->base_url, "http://localhost");
  EXPECT_EQ(source->operations[0].policy.ttl, hours(1));
  EXPECT_EQ(source->operations[0].policy.grace, hours(2));
  EXPECT_EQ(source->operations[0].path, "/books/{asin}");
  EXPECT_EQ(Load("sources: {audnexus: {enabled: off}}")->FindSource("audnexus"), nullptr);
}

TEST_F(ConfigTest, WhoAsksNoSourceGetsThoseBuiltInOnlyWhereOneIsSpokenOf) {
  ConfigInputs inputs;
  inputs.needs_sources = false;
  auto config = LoadConfig(inputs);
  ASSERT_TRUE(config) << config.error();
  EXPECT_EQ(config->FindSource("audnexus"), nullptr);
  inputs.settings = {"sources.audnexus.nothing=1"};
  EXPECT_FALSE(LoadConfig(inputs)) << "a mistake is told to whoever makes it";
  inputs.settings = {};
  inputs.path = Write("cairn.yaml", "sources: {audnexus: {nothing: 1}}\n");
  EXPECT_FALSE(LoadConfig(inputs));
}

TEST_F(ConfigTest, ASourceIsDeclaredWhole) {
  const auto config = Load(R"(
sources:
  zoo:
    base_url: http://zoo.test/v1
    headers: {X-Key: "${ZOO_KEY}"}
    operations:
      animal:
        path: /animals/{id}
        parameters:
          id: {type: integer, required: on}
          lang: {default: en, query: l}
        fields:
          name: data.name
          weight: {path: data.weight, ttl: 1h, required: on}
        not_found: [404, 422]
        levels: [memory, disk]
        soft_timeout: wait
)");
  ASSERT_TRUE(config) << config.error();
  const SourceConfig& zoo = *config->FindSource("zoo");
  EXPECT_EQ(zoo.headers.at("X-Key"), "${ZOO_KEY}");
  const OperationConfig& animal = zoo.operations.at(0);
  EXPECT_EQ(animal.parameters[0].type, ParameterType::kInteger);
  EXPECT_EQ(animal.parameters[1].standard, "en");
  EXPECT_EQ(animal.fields[0].path, "data.name");
  EXPECT_EQ(animal.fields[1].ttl, hours(1));
  EXPECT_EQ(animal.not_found, (std::vector<std::uint32_t>{404, 422}));
  EXPECT_FALSE(animal.policy.levels.shared);
  EXPECT_EQ(animal.policy.soft_timeout, CachePolicy::kWait);
  EXPECT_THAT(Mistake("sources: {audnexus: {operations: {book: {soft_timeout: soon}}}}"), HasSubstr(", or wait"));
}

TEST_F(ConfigTest, ASourceThatMakesNoSenseIsRefusedWithItsPlace) {
  const std::string before = "sources:\n  zoo:\n    base_url: http://zoo\n    operations:\n      a:\n        ";
  EXPECT_THAT(Mistake("sources: {zoo: {help: x}}"), HasSubstr("sources.zoo.base_url: \"\" is no http://"));
  EXPECT_THAT(Mistake("sources: {zoo: {base_url: 'ftp://x'}}"), HasSubstr("cairn.yaml:1:27: sources.zoo.base_url"));
  EXPECT_THAT(Mistake(before + "path: /x/{id}\n"), HasSubstr("cairn.yaml:6:15: sources.zoo.operations.a.path: {id}"));
  EXPECT_THAT(Mistake(before + "path: /x/{id}\n        parameters: {id: {}}\n"),
              HasSubstr("required or has a default"));
  EXPECT_THAT(Mistake(before + "path: /x/{id\n"), HasSubstr("brace without its partner"));
  EXPECT_THAT(Mistake(before + "path: x\n"), HasSubstr("begins with /"));
  EXPECT_THAT(Mistake(before + "path: /x\n        parameters: {id: {pattern: '(x'}}\n"), HasSubstr("(x"));
  EXPECT_THAT(Mistake(before + "path: /x\n        parameters: {id: {pattern: 'x', default: y}}\n"),
              HasSubstr("the default \"y\" does not match x"));
  EXPECT_THAT(Mistake(before + "path: /x\n        tags: ['{y}']\n"), HasSubstr("operations.a.tags"));
  EXPECT_THAT(Mistake(before + "path: /x\n        perhaps_not_found: [404]\n"), HasSubstr("what it means is sure"));
  EXPECT_THAT(Mistake(before + "path: /x\n        not_found: [404, 503]\n"), HasSubstr("cannot answer now"));
  EXPECT_THAT(Mistake(before + "path: /x\n        not_found: [429]\n"), HasSubstr("cannot answer now"));
  EXPECT_THAT(Mistake("sources: {'z o': {}}"), HasSubstr("is not a name of letters"));
  EXPECT_THAT(Mistake("", {"sources.zo.base_url=x"}), HasSubstr("no source \"zo\" is declared; there are: audnexus"));
  EXPECT_THAT(Mistake("", {"sources.audnexus.operations.bok.ttl=1h"}), HasSubstr("no operation \"bok\""));
}

TEST_F(ConfigTest, ShownValuesHideSecrets) {
  const auto config = Load(
      "cache: {shared: {url: 'redis://:pw@h'}, user_secret: s3, remove_at_start: [stale, 'tag:a']}\n"
      "sources: {audnexus: {headers: {X-Key: s4}}}\n");
  ASSERT_TRUE(config) << config.error();
  std::map<std::string, std::string> values;
  for (const ConfigValue& value : ConfigValues(*config)) {
    EXPECT_TRUE(values.emplace(value.name, value.value).second) << value.name << " stands twice";
    for (const char* secret : {"pw", "s3", "s4"}) EXPECT_THAT(value.value, testing::Not(HasSubstr(secret)));
  }
  EXPECT_EQ(values.at("cache.shared.url"), "(hidden)");
  EXPECT_EQ(values.at("cache.remove_at_start"), "stale,tag:a");
  EXPECT_EQ(values.at("store.segment_bytes"), "268435456");
  EXPECT_EQ(values.at("sources.audnexus.rate_tokens"), "100");
  EXPECT_EQ(values.at("sources.audnexus.headers.X-Key"), "(hidden)");
}

TEST_F(ConfigTest, PredictiveWarmingNeedsTheHistory) {
  EXPECT_FALSE(Load("")->cache.history);
  EXPECT_TRUE(Load("cache: {warm: {predictive: on}}")->cache.history);
}

TEST_F(ConfigTest, AStoreIsAFolderOrAService) {
  const auto config = Load("store: https://cairn.example.org\n");
  ASSERT_TRUE(config) << config.status();
  EXPECT_EQ(config->store_path, "https://cairn.example.org") << "no path of the file's folder";
  EXPECT_EQ(config->OriginOf("store.path").kind, ConfigOrigin::Kind::kFile);
  const auto section = Load("store: {path: 'unix:/run/cairn.sock', token: s3cret, store_patience: 2s, packing: off}\n");
  ASSERT_TRUE(section) << section.status();
  EXPECT_EQ(section->store_path, "unix:/run/cairn.sock");
  EXPECT_EQ(section->remote.token, "s3cret");
  EXPECT_EQ(section->remote.store_patience, std::chrono::seconds(2));
  EXPECT_EQ(section->remote.packing, Packing::kOff);
  EXPECT_FALSE(Load("store: {packing: sometimes}\n"));
  EXPECT_FALSE(Load("store: [a, b]\n"));
}

TEST(CacheSelectorText, EachKindReadsBack) {
  for (const char* text : {"all", "stale", "source:a", "operation:a:b", "tag:a:b", "prefix:a:b:c=", "pattern:*x*",
                           "key:a:b:c=d", "user:u"}) {
    const auto selector = ParseCacheSelector(text);
    ASSERT_TRUE(selector) << selector.error();
    EXPECT_EQ(FormatCacheSelector(*selector), text);
  }
  for (const char* bad : {"", "al", "all:x", "stale:", "source", "source:", "operation:a", "what:x"}) {
    EXPECT_FALSE(ParseCacheSelector(bad)) << bad;
  }
}

TEST(ConfigDocument, IsTheTables) {
  const std::ifstream file(CAIRN_SOURCE_DIR "/docs/config.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str() == ConfigMarkdown()) << "write it anew with: cairn help config --markdown > docs/config.md";
}

}  // namespace
}  // namespace cairn
