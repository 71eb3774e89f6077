// The settings of sources.
#include <array>

#include "obs/config_keys.h"

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kTenYears = hours(24 * 3650);

#define FIELD(member) \
  [](auto& config) -> auto& { return config.member; }

Result<std::uint64_t> ParseHttpStatus(std::string_view text) { return ParseNumber(text, 400, 599); }

constexpr std::array<std::string_view, 4> kTypes = {"text", "integer", "number", "switch"};

Result<ParameterType> ParseType(std::string_view text) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i] == text) return static_cast<ParameterType>(i);
  }
  return Status(StatusCode::kInvalidArgument, fmt::format("\"{}\" is not text, integer, number or switch", text));
}

ConfigKey<OperationConfig> LevelsKey() {
  ConfigKey<OperationConfig> key{"levels", "list of memory, disk, shared", "The levels that keep its answers."};
  key.is_list = true;
  key.set = [](OperationConfig& into, const std::vector<std::string>& values) {
    CacheLevels levels{false, false, false};
    for (const std::string& value : values) {
      if (value == "memory") {
        levels.memory = true;
      } else if (value == "disk") {
        levels.disk = true;
      } else if (value == "shared") {
        levels.shared = true;
      } else {
        return Status(StatusCode::kInvalidArgument, fmt::format("\"{}\" is not memory, disk or shared", value));
      }
    }
    into.policy.levels = levels;
    return Status::Ok();
  };
  key.get = [](const OperationConfig& from) {
    std::vector<std::string> out;
    if (from.policy.levels.memory) out.emplace_back("memory");
    if (from.policy.levels.disk) out.emplace_back("disk");
    if (from.policy.levels.shared) out.emplace_back("shared");
    return out;
  };
  return key;
}

ConfigKey<OperationConfig> SoftTimeoutKey() {
  using std::chrono::nanoseconds;
  return MakeKey<OperationConfig>(
      "soft_timeout", "duration, 0 to 1h, or wait",
      "How long a caller waits for a load where a stale answer stands, before it takes that one. `wait`: until the "
      "load "
      "ends; the stale answer is for when it fails.",
      FIELD(policy.soft_timeout),
      [](std::string_view text) -> Result<nanoseconds> {
        if (text == "wait") return CachePolicy::kWait;
        auto parsed = ParseDuration(text, milliseconds(0), hours(1));
        if (!parsed) return Status(StatusCode::kInvalidArgument, parsed.error().message() + ", or wait");
        return nanoseconds(*parsed);
      },
      [](nanoseconds value) {
        return value == CachePolicy::kWait ? "wait" : FormatDuration(std::chrono::duration_cast<milliseconds>(value));
      });
}

template <class T, class Field>
ConfigKey<T> TextsKey(std::string name, std::string type, std::string help, Field field) {
  return ListKey<T>(
      std::move(name), std::move(type), std::move(help), field,
      [](std::string_view text) { return Result<std::string>(std::string(text)); },
      [](const std::string& text) { return text; });
}

template <class Field>
ConfigKey<OperationConfig> StatusesKey(std::string name, std::string help, Field field) {
  return ListKey<OperationConfig>(std::move(name), "list of HTTP statuses", std::move(help), field, ParseHttpStatus,
                                  [](std::uint32_t status) { return std::to_string(status); });
}

}  // namespace

const std::vector<ConfigKey<SourceConfig>>& SourceKeys() {
  using T = SourceConfig;
  static const std::vector<ConfigKey<T>> kKeys = {
      SwitchKey<T>("enabled", "Off: as though it were not declared.", FIELD(enabled)),
      TextKey<T>("base_url", "URL", "`http://` or `https://`; operations' paths are put behind it.", FIELD(base_url)),
      TextKey<T>("help", "text", "What it is, for `cairn lookup`.", FIELD(help)),
      CountKey<T>("rate_tokens", 0, 10'000,
                  "Requests in each `rate_window`, of all processes of the host together. 0: no limit.",
                  FIELD(rate_tokens)),
      DurationKey<T>("rate_window", milliseconds(1), hours(24), "The time in which so many are made.",
                     FIELD(rate_window)),
      DurationKey<T>("rate_wait", milliseconds(0), hours(1), "How long a look-up waits for its turn at most.",
                     FIELD(rate_wait)),
      CountKey<T>("concurrency", 1, 256, "Requests at once, of one process.", FIELD(concurrency)),
      CountKey<T>("attempts", 1, 20, "How often a request is tried.", FIELD(attempts)),
      DurationKey<T>("backoff", milliseconds(1), hours(1),
                     "The longest wait before the second try; doubles, the wait itself is random below it.",
                     FIELD(backoff)),
      DurationKey<T>("backoff_max", milliseconds(1), hours(1), "What it doubles to at most.", FIELD(backoff_max)),
      DurationKey<T>("retry_after_max", milliseconds(0), hours(24),
                     "A look-up waits for a `Retry-After` of up to so long; with a longer one it fails at once.",
                     FIELD(retry_after_max)),
      DurationKey<T>("connect_timeout", milliseconds(1), hours(1), "Of one connection.", FIELD(connect_timeout)),
      DurationKey<T>("timeout", milliseconds(1), hours(1), "Of one request, connection and all.", FIELD(timeout)),
      BytesKey<T>("response_bytes", 1, std::uint64_t{1} << 30, "A longer answer is refused.", FIELD(response_bytes)),
      CountKey<T>("redirects", 0, 20, "Redirects followed at most, and only within http or https.", FIELD(redirects)),
      TextKey<T>("proxy", "environment, none or URL", "`environment`: as curl reads `https_proxy` and the like.",
                 FIELD(proxy)),
  };
  return kKeys;
}

const std::vector<ConfigKey<OperationConfig>>& OperationKeys() {
  using T = OperationConfig;
  static const std::vector<ConfigKey<T>> kKeys = {
      TextKey<T>("path", "path", "Behind the base URL, with parameters in braces: `/books/{asin}`.", FIELD(path)),
      TextKey<T>("help", "text", "What it answers, for `cairn lookup`.", FIELD(help)),
      DurationKey<T>("ttl", milliseconds(1), kTenYears, "How long an answer is fresh.", FIELD(policy.ttl)),
      DurationKey<T>("grace", milliseconds(0), kTenYears,
                     "How long after that it may be served as stale, while it is refreshed or the source is down.",
                     FIELD(policy.grace)),
      DurationKey<T>("negative_ttl", milliseconds(0), kTenYears, "How long \"there is no such thing\" is believed.",
                     FIELD(policy.negative_ttl)),
      RealKey<T>("jitter", 0, 0.9, "A fraction of each TTL taken off at random, so that not all expire at once.",
                 FIELD(policy.jitter)),
      RealKey<T>("early_refresh_beta", 0, 100,
                 "How eagerly single callers refresh before the expiry, in multiples of what the load took. 0: off.",
                 FIELD(policy.early_refresh_beta)),
      RealKey<T>("eager_refresh", 0, 0.99,
                 "From this fraction of the TTL on, a hit starts a refresh behind its back. 0: off.",
                 FIELD(policy.eager_refresh)),
      SoftTimeoutKey(),
      DurationKey<T>("hard_timeout", milliseconds(0), hours(24), "After so long a caller gives up. 0: waits.",
                     FIELD(policy.hard_timeout)),
      DurationKey<T>("failure_pause", milliseconds(0), hours(24),
                     "How long after a failure the source is left alone while a stale answer stands.",
                     FIELD(policy.failure_pause)),
      CountKey<T>("schema_version", 0, 0xFFFF'FFFF, "Raise it when the meaning of the answers changes.",
                  FIELD(policy.schema_version)),
      LevelsKey(),
      BytesKey<T>("compress_above", 0, std::uint64_t{1} << 30,
                  "Longer answers are compressed on disk and in the shared level. 0: none.",
                  FIELD(policy.compress_above)),
      SwitchKey<T>("per_user", "Answers belong to the user who asked.", FIELD(policy.per_user)),
      SwitchKey<T>("sensitive", "Answers are sealed outside the process; without a key they stay in memory.",
                   FIELD(policy.sensitive)),
      TextsKey<T>("tags", "list of text", "Names to invalidate answers by, with parameters in braces: `asin:{asin}`.",
                  FIELD(tags)),
      TextsKey<T>("structure_tags", "list of text", "Tags that expire when an answer's structure changes.",
                  FIELD(policy.structure_tags)),
      StatusesKey("not_found", "Statuses that say: there is no such thing.", FIELD(not_found)),
      StatusesKey("perhaps_not_found",
                  "Statuses of 500 and above with which this source also answers for what it does not know: not kept, "
                  "not tried again, and the answer says so.",
                  FIELD(perhaps_not_found)),
      TextKey<T>("record_kind", "text", "Of the records that answers become. Empty: `lookup.SOURCE.OPERATION`.",
                 FIELD(record_kind)),
      TextKey<T>("record_target", "text", "What they are about, with parameters in braces. Empty: the key.",
                 FIELD(record_target)),
  };
  return kKeys;
}

const std::vector<ConfigKey<ParameterConfig>>& ParameterKeys() {
  using T = ParameterConfig;
  static const std::vector<ConfigKey<T>> kKeys = {
      MakeKey<T>("type", "text, integer, number or switch",
                 "What its value is; `1` and `01` are one integer and two texts.", FIELD(type), ParseType,
                 [](ParameterType type) { return std::string(kTypes[static_cast<std::size_t>(type)]); }),
      SwitchKey<T>("required", "Whether it must be given. One in the path must, or have a default.", FIELD(required)),
      TextKey<T>("default", "text", "Its value where none is given.", FIELD(standard)),
      TextKey<T>("pattern", "regular expression", "What the whole value matches (POSIX, extended).", FIELD(pattern)),
      TextKey<T>("query", "text", "Its name in the URL's query. Empty: its own.", FIELD(query)),
      TextKey<T>("help", "text", "What it means.", FIELD(help)),
  };
  return kKeys;
}

const std::vector<ConfigKey<FieldConfig>>& FieldKeys() {
  using T = FieldConfig;
  static const std::vector<ConfigKey<T>> kKeys = {
      TextKey<T>("path", "path", "Where it stands in the answer: `series.name`, `[0].asin`. Empty: under its name.",
                 FIELD(path)),
      DurationKey<T>("ttl", milliseconds(0), kTenYears, "How long it is fresh. 0: as the operation's answers.",
                     FIELD(ttl)),
      SwitchKey<T>("required", "An answer without it is broken, and not kept.", FIELD(required)),
  };
  return kKeys;
}

#undef FIELD

}  // namespace cairn
