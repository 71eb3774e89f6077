// The settings that stand outside `sources`.
#include "obs/config_keys.h"

#include "obs/cache_selector.h"

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Key = ConfigKey<Config>;

constexpr milliseconds kTenYears = hours(24 * 3650);
constexpr std::uint64_t kMi = std::uint64_t{1} << 20;
constexpr std::uint64_t kTi = std::uint64_t{1} << 40;

#define FIELD(member) \
  [](auto& config) -> auto& { return config.member; }

// A key of the store is the setting of obs/settings.h.
Key StoreKey(const Setting& setting) {
  Key key{"store." + std::string(setting.name), std::string(setting.type), std::string(setting.help)};
  const bool is_switch = setting.type == "on|off";
  key.set = [&setting, is_switch](Config& config, const std::vector<std::string>& values) {
    std::string value = values.front();
    // YAML's own words for it.
    if (const auto word = ParseSwitch(value); is_switch && word) value = *word ? "on" : "off";
    return setting.set(config.store, value);
  };
  key.get = [&setting](const Config& config) { return std::vector{setting.get(config.store)}; };
  return key;
}

void AddRemoteKeys(std::vector<Key>& keys) {
  keys.push_back(TextKey<Config>("store.token", "text", "What a service is shown to be let in, where the store is one.",
                                 FIELD(remote.token)));
  keys.back().is_secret = true;
  keys.push_back(TextKey<Config>("store.ca_file", "file",
                                 "The authorities (PEM) that a service's certificate is held against. Empty: the "
                                 "system's.",
                                 FIELD(remote.ca_file)));
  keys.back().is_path = true;
  keys.push_back(DurationKey<Config>("store.connect_timeout", milliseconds(1), hours(1),
                                     "Of one connection to a service.", FIELD(remote.connect_timeout)));
  keys.push_back(DurationKey<Config>("store.request_timeout", milliseconds(1), hours(24),
                                     "Of one request to a service, its answer included.",
                                     FIELD(remote.request_timeout)));
  keys.push_back(DurationKey<Config>("store.store_patience", milliseconds(0), hours(24),
                                     "How long a store is sent again while a service cannot be reached.",
                                     FIELD(remote.store_patience)));
  keys.push_back(DurationKey<Config>("store.read_patience", milliseconds(0), hours(24), "The same for a question.",
                                     FIELD(remote.read_patience)));
  keys.push_back(MakeKey<Config>(
      "store.packing", "auto, on, off",
      "Pack what goes to a service and comes from it with zstd. auto: unless it is on this machine.",
      FIELD(remote.packing),
      [](std::string_view text) -> Result<Packing> {
        if (text == "auto") return Packing::kAuto;
        auto word = ParseSwitch(text);
        if (!word) return Status(StatusCode::kInvalidArgument, fmt::format("\"{}\" is not auto, on or off", text));
        return *word ? Packing::kOn : Packing::kOff;
      },
      [](Packing packing) -> std::string {
        return packing == Packing::kAuto ? "auto" : packing == Packing::kOn ? "on" : "off";
      }));
}

void AddCacheKeys(std::vector<Key>& keys) {
  const auto add = [&](Key key) -> Key& { return keys.emplace_back(std::move(key)); };
  add(SwitchKey<Config>("cache.enabled", "Off: every look-up asks its source, and nothing is kept.",
                        FIELD(cache.enabled)));
  add(SwitchKey<Config>("cache.offline", "Answer from what this host holds, marking what is stale; connect nowhere.",
                        FIELD(cache.offline)));
  add(TextKey<Config>("cache.location", "folder",
                      "Where the disk level and the rate limits of this host are kept. Empty: nowhere. Not on a "
                      "network file system.",
                      FIELD(cache.location)))
      .is_path = true;
  add(SwitchKey<Config>("cache.memory.enabled", "Keep entries in the memory of the process.",
                        FIELD(cache.memory.enabled)));
  add(BytesKey<Config>("cache.memory.bytes", 64 << 10, kTi, "What memory holds at most, with what it costs to keep.",
                       FIELD(cache.memory.bytes)));
  add(CountKey<Config>("cache.memory.entries", 0, kNoMax, "Entries at most. 0: bounded by bytes alone.",
                       FIELD(cache.memory.entries)));
  add(DurationKey<Config>("cache.memory.ttl_max", milliseconds(0), kTenYears,
                          "Entries are read again from a lower level after so long. 0: their own TTL.",
                          FIELD(cache.memory.ttl_max)));
  add(SwitchKey<Config>("cache.disk.enabled", "Keep entries on disk, shared by the processes of the host.",
                        FIELD(cache.disk.enabled)));
  add(BytesKey<Config>("cache.disk.bytes", kMi, kTi, "The disk quota.", FIELD(cache.disk.bytes)));
  add(CountKey<Config>("cache.disk.entries", 0, kNoMax, "Entries at most. 0: bounded by bytes alone.",
                       FIELD(cache.disk.entries)));
  add(DurationKey<Config>("cache.disk.ttl_max", milliseconds(0), kTenYears, "As of the memory level.",
                          FIELD(cache.disk.ttl_max)));
  add(DurationKey<Config>("cache.disk.write_delay", milliseconds(0), seconds(10),
                          "Writes of so long are committed together. 0: each by itself, at once.",
                          FIELD(cache.disk.write_delay)));
  add(BytesKey<Config>("cache.disk.queue_bytes", 64 << 10, kTi,
                       "Writes that wait at most; beyond it a store is dropped, and counted.",
                       FIELD(cache.disk.queue_bytes)));
  add(DurationKey<Config>("cache.disk.busy_timeout", milliseconds(0), seconds(60),
                          "How long to wait for another process that writes, before it counts as a miss.",
                          FIELD(cache.disk.busy_timeout)));
  // The URL may hold a password.
  add(TextKey<Config>("cache.shared.url", "URL",
                      "The store that hosts share: `redis://`, or `rediss://` with TLS. Empty: none.",
                      FIELD(cache.shared.url)))
      .is_secret = true;
  add(TextKey<Config>("cache.shared.prefix", "text", "Begins every key in it.", FIELD(cache.shared.prefix)));
  add(DurationKey<Config>("cache.shared.ttl_max", milliseconds(0), kTenYears, "As of the memory level.",
                          FIELD(cache.shared.ttl_max)));
  add(DurationKey<Config>("cache.shared.deadline", milliseconds(1), seconds(60), "Of one operation on it.",
                          FIELD(cache.shared.deadline)));
  add(DurationKey<Config>("cache.shared.connect_deadline", milliseconds(1), seconds(60), "Of one connection to it.",
                          FIELD(cache.shared.connect_deadline)));
  add(DurationKey<Config>("cache.shared.lease", milliseconds(100), hours(1),
                          "How long one host's load keeps the others waiting at most.", FIELD(cache.shared.lease)));
  add(CountKey<Config>("cache.shared.connections", 1, 256, "Connections of one process to each server.",
                       FIELD(cache.shared.connections)));
  add(CountKey<Config>("cache.shared.breaker_failures", 1, 1000, "Failures in a row before it is left alone.",
                       FIELD(cache.shared.breaker_failures)));
  add(DurationKey<Config>("cache.shared.breaker_wait", milliseconds(1), hours(1),
                          "How long it is left alone before the first probe; doubles.",
                          FIELD(cache.shared.breaker_wait)));
  add(DurationKey<Config>("cache.shared.breaker_wait_max", milliseconds(1), hours(24), "The longest such time.",
                          FIELD(cache.shared.breaker_wait_max)));
  add(CountKey<Config>("cache.shared.recovery_entries", 0, 10'000'000,
                       "Invalidations and stores kept for when it is back; the last one for a key wins.",
                       FIELD(cache.shared.recovery_entries)));
  add(BytesKey<Config>("cache.shared.recovery_bytes", 0, kTi, "Their bytes at most.",
                       FIELD(cache.shared.recovery_bytes)));
  add(TextKey<Config>("cache.key_file", "file",
                      "Keys that seal sensitive values, 64 hex digits a line; the first seals, all open. Empty: the "
                      "keys are in CAIRN_CACHE_KEY, parted by commas, if anywhere.",
                      FIELD(cache.seal.key_file)))
      .is_path = true;
  add(TextKey<Config>("cache.user_secret", "text",
                      "Hashes users into keys. Hosts that share entries of users need the same. Empty: a random one, "
                      "kept at the location.",
                      FIELD(cache.user_secret)))
      .is_secret = true;
  add(ListKey<Config>("cache.remove_at_start", "list of selectors",
                      "What is removed when a process opens the cache: `all`, `stale`, `source:S`, `operation:S:O`, "
                      "`tag:T`, `prefix:P`, `pattern:G`.",
                      FIELD(cache.remove_at_start), ParseCacheSelector, FormatCacheSelector));
  add(CountKey<Config>("cache.warm_at_start", 0, 10'000'000,
                       "So many of the most used entries go from disk to memory when a process opens the cache.",
                       FIELD(cache.warm_at_start)));
  add(SwitchKey<Config>("cache.history", "Note when each key is asked for: what warming by usage goes by.",
                        FIELD(cache.history)));
  add(CountKey<Config>("cache.threads", 1, 256, "Threads for refreshes behind a caller's back.", FIELD(cache.threads)));
  add(CountKey<Config>("cache.queue", 1, 1'000'000, "Such refreshes that may wait for a thread.", FIELD(cache.queue)));
  add(DurationKey<Config>("cache.process_wait", milliseconds(0), hours(1),
                          "How long to wait at most while another process loads the same.", FIELD(cache.process_wait)));
  add(SwitchKey<Config>("cache.log_hits", "Log each hit.", FIELD(cache.log_hits)));
  add(SwitchKey<Config>("cache.log_misses", "Log each miss.", FIELD(cache.log_misses)));
  add(SwitchKey<Config>("cache.log_invalidations", "Log each invalidation.", FIELD(cache.log_invalidations)));
}

void AddScanKeys(std::vector<Key>& keys) {
  keys.push_back(CountKey<Config>("scan.results_max", 1, kNoMax,
                                  "So many results of files are found again by their content, so that copies, renames "
                                  "and reverts are not read anew; the newest are kept.",
                                  FIELD(scan.results_max)));
}

void AddWarmKeys(std::vector<Key>& keys) {
  keys.push_back(SwitchKey<Config>("cache.warm.predictive",
                                   "Refresh early what is likely to be asked again before it expires. It needs "
                                   "`cache.history`, which it turns on.",
                                   FIELD(warm.predictive)));
  keys.push_back(
      CountKey<Config>("cache.warm.loads_max", 1, 100'000, "The budget of one round.", FIELD(warm.loads_max)));
  keys.push_back(DurationKey<Config>("cache.warm.every", seconds(1), hours(24), "The time from round to round.",
                                     FIELD(warm.every)));
  keys.push_back(DurationKey<Config>("cache.warm.before", seconds(1), hours(24 * 30),
                                     "Only what expires within this time is refreshed.", FIELD(warm.before)));
  keys.push_back(RealKey<Config>("cache.warm.gain_min", 0, 1,
                                 "The least chance that an entry is asked for while its refresh is fresh.",
                                 FIELD(warm.gain_min)));
  keys.push_back(CountKey<Config>("cache.warm.concurrency", 1, 64, "Loads at once.", FIELD(warm.concurrency)));
  keys.push_back(CountKey<Config>("cache.warm.rate_tokens", 1, 10'000,
                                  "Loads in a minute at the most, so that callers keep the rest of a source's limit.",
                                  FIELD(warm.rate_tokens)));
}

#undef FIELD

}  // namespace

const std::vector<ConfigKey<Config>>& ConfigKeys() {
  static const std::vector<Key> kKeys = [] {
    std::vector<Key> keys;
    keys.push_back(TextKey<Config>(
        "store.path", "folder, URL",
        "The store that commands use: a folder, or a service (`https://cairn.example.org`, `unix:/run/cairn.sock`). "
        "`store: FOLDER` alone says the same; `--store` wins.",
        [](auto& config) -> auto& { return config.store_path; }));
    keys.back().is_path = true;
    for (const Setting& setting : StoreSettings()) keys.push_back(StoreKey(setting));
    AddRemoteKeys(keys);
    AddCacheKeys(keys);
    AddWarmKeys(keys);
    AddScanKeys(keys);
    return keys;
  }();
  return kKeys;
}

}  // namespace cairn
