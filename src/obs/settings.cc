#include "obs/settings.h"

#include <fmt/format.h>

#include <array>

#include "obs/quantity.h"

namespace cairn {
namespace {

Status Bad(std::string_view text, std::string_view wanted) {
  return {StatusCode::kInvalidArgument, fmt::format("\"{}\" is not {}", text, wanted)};
}

Status ReadNumber(std::string_view text, std::uint64_t min, std::uint64_t max, auto& out) {
  const auto value = ParseNumber(text, min, max);
  if (value) out = static_cast<std::remove_reference_t<decltype(out)>>(*value);
  return value.status();
}

Status ReadSwitch(std::string_view text, bool& out) {
  const auto value = ParseSwitch(text);
  if (value) out = *value;
  return value.status();
}

/// A whole number from `kMin` to `kMax`.
template <auto kMember, std::uint64_t kMin, std::uint64_t kMax>
constexpr Setting NumberSetting(std::string_view name, std::string_view type, std::string_view help) {
  return {name, type, help,
          [](StoreOptions& options, std::string_view text) { return ReadNumber(text, kMin, kMax, options.*kMember); },
          [](const StoreOptions& options) { return std::to_string(options.*kMember); }};
}

/// A span of time, in whole milliseconds.
template <auto kMember, std::uint64_t kMin, std::uint64_t kMax>
constexpr Setting MillisecondsSetting(std::string_view name, std::string_view help) {
  return {name, "milliseconds", help,
          [](StoreOptions& options, std::string_view text) {
            std::int64_t value = 0;
            Status read = ReadNumber(text, kMin, kMax, value);
            if (read.ok()) options.*kMember = std::chrono::milliseconds(value);
            return read;
          },
          [](const StoreOptions& options) { return std::to_string((options.*kMember).count()); }};
}

constexpr std::array kSettings = {
    Setting{"sync", "always|interval|never",
            "When a store is answered: after fdatasync, at most `sync_interval_ms` before one, or without. `interval` "
            "may lose that "
            "much to a power cut, `never` whatever the system had not written; a crash of the process loses nothing.",
            [](StoreOptions& options, std::string_view text) {
              if (text == "always") {
                options.sync = Sync::kAlways;
              } else if (text == "interval") {
                options.sync = Sync::kInterval;
              } else if (text == "never") {
                options.sync = Sync::kNever;
              } else {
                return Bad(text, "always, interval or never");
              }
              return Status::Ok();
            },
            [](const StoreOptions& options) -> std::string {
              return options.sync == Sync::kAlways ? "always" : options.sync == Sync::kInterval ? "interval" : "never";
            }},
    MillisecondsSetting<&StoreOptions::sync_interval, 1, 3'600'000>(
        "sync_interval_ms", "The longest time between two syncs with `sync=interval`."),
    NumberSetting<&StoreOptions::segment_bytes, 4096, std::uint64_t{2} << 30>(
        "segment_bytes", "bytes",
        "A segment of the log that grew past this is closed, to be sealed; where nobody writes, at a quarter of it. "
        "Smaller seals earlier; larger makes fewer files."),
    NumberSetting<&StoreOptions::room_bytes, 0, std::uint64_t{1} << 30>(
        "room_bytes", "bytes",
        "Under many short commits lengthen the newest segment by so many zeros at once, which the commits are written "
        "over: a sync takes half as long (a good size is `1M`), but `tail -f` of the file sees the zeros and misses "
        "what is written over them. Cut off after a second's quiet (with `seal`) and on closing. 0: none."),
    Setting{"seal", "on|off",
            "Compress closed segments in the background of this process. Off for a process that must have the "
            "processor to itself.",
            [](StoreOptions& options, std::string_view text) { return ReadSwitch(text, options.seal); },
            [](const StoreOptions& options) -> std::string { return options.seal ? "on" : "off"; }},
    NumberSetting<&StoreOptions::unsealed_segments_max, 0, kNoMax>(
        "unsealed_segments_max", "count",
        "As much as so many full segments hold may wait for a quiet time to be sealed; with more, sealing does not "
        "wait."),
    NumberSetting<&StoreOptions::kept_lines_bytes, 0, kNoMax>(
        "kept_lines_bytes", "bytes",
        "Of the segments that were sealed in the background the newest keep their lines uncompressed beside, up to "
        "so many bytes in all: a history is read many times as fast from them. `cairn seal` keeps none. "
        "0: none."),
    MillisecondsSetting<&StoreOptions::seal_wait, 0, 86'400'000>(
        "seal_wait_ms", "How long sealing on request waits for another process that is sealing, before it gives up."),
    NumberSetting<&StoreOptions::frame_bytes, 512, std::uint64_t{64} << 20>(
        "frame_bytes", "bytes",
        "The uncompressed size of one frame of a sealed segment. Larger is smaller on disk and slower to read."),
    NumberSetting<&StoreOptions::record_bytes_max, 1024, std::uint64_t{1} << 30>(
        "record_bytes_max", "bytes", "A longer record is refused. It bounds the memory that one record may take."),
    NumberSetting<&StoreOptions::depth_max, 8, 1000>("depth_max", "count", "A record nested deeper is refused."),
    NumberSetting<&StoreOptions::threads, 0, 1024>(
        "threads", "count",
        "Threads that read the log where it is read whole: rebuild, aggregates. 0: one for each processor."),
    NumberSetting<&StoreOptions::snapshot_records, 0, kNoMax>(
        "snapshot_records", "count",
        "The views are written to disk on closing when more records than this were read to open the store, or came "
        "since; while commits keep coming, after sealing, when 200 times as many came. 0: never. Smaller opens "
        "faster, larger closes faster."),
};

}  // namespace

std::span<const Setting> StoreSettings() { return kSettings; }

Status SetStoreSetting(std::string_view name, std::string_view value, StoreOptions& options) {
  std::string names;
  for (const Setting& setting : kSettings) {
    if (setting.name == name) return setting.set(options, value).WithContext(fmt::format("setting {}", name));
    names += (names.empty() ? "" : ", ") + std::string(setting.name);
  }
  return {StatusCode::kInvalidArgument, fmt::format("there is no setting \"{}\"; there are: {}", name, names)};
}

Status TakeEnvironment(const Environment& environment, StoreOptions& options) {
  for (const Setting& setting : kSettings) {
    const std::string name = EnvironmentName(setting.name);
    const char* value = environment(name.c_str());
    if (value == nullptr || *value == '\0') continue;
    if (Status set = setting.set(options, value); !set.ok()) return set.WithContext("environment " + name);
  }
  return Status::Ok();
}

std::string EnvironmentName(std::string_view setting) {
  std::string out = "CAIRN_";
  for (const char c : setting) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string SettingsMarkdown() {
  std::string out =
      "# Settings of the store\n\n"
      "Each is set by the environment (`CAIRN_SEGMENT_BYTES=64M`) or for one command by `--set segment_bytes=64M`, "
      "which wins. Numbers "
      "take `k`, `M` and `G` for powers of 1024. `cairn help settings` prints the same.\n\n"
      "| setting | environment | value | default | effect |\n|---|---|---|---|---|\n";
  const StoreOptions defaults;
  for (const Setting& setting : kSettings) {
    std::string type;
    for (const char c : setting.type) type += c == '|' ? std::string("\\|") : std::string(1, c);
    out += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", setting.name, EnvironmentName(setting.name), type,
                       setting.get(defaults), setting.help);
  }
  return out;
}

}  // namespace cairn
