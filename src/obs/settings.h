#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "cairn/repository.h"
#include "cairn/status.h"

namespace cairn {

/// A setting of the store, declared once: `--set name=value` and the environment's `CAIRN_NAME` both come from here,
/// and so do the help and `docs/settings.md`.
struct Setting {
  std::string_view name;
  std::string_view type;  ///< What its value looks like: `bytes`, `count`, `on|off`, ...
  std::string_view help;  ///< Its effect, and when to touch it.
  /// Returns INVALID_ARGUMENT where the text is no such value.
  Status (*set)(StoreOptions& options, std::string_view text);
  std::string (*get)(const StoreOptions& options);
};

/// All of them, in the order of the help.
std::span<const Setting> StoreSettings();

/// Returns INVALID_ARGUMENT for a name that is none (with one like it) or a value that does not fit.
Status SetStoreSetting(std::string_view name, std::string_view value, StoreOptions& options);

/// `getenv`, or a stand-in.
using Environment = std::function<const char*(const char*)>;

/// Takes what the environment sets: `CAIRN_SEGMENT_BYTES` and so on. An empty value is none.
Status TakeEnvironment(const Environment& environment, StoreOptions& options);

/// The environment's name of a setting.
std::string EnvironmentName(std::string_view setting);

/// `docs/settings.md`.
std::string SettingsMarkdown();

}  // namespace cairn
