#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cli/color.h"
#include "cli/output.h"
#include "obs/config.h"
#include "service/service.h"

namespace cairn {

/// What stands on the command line for every command.
struct GlobalOptions {
  std::string store;   ///< Empty: as configured, else `./metadata`.
  std::string config;  ///< Empty: CAIRN_CONFIG, else `./cairn.yaml` if it is there.
  std::string tenant;
  std::string color = "auto";
  bool json = false;
  bool meta = false;
  std::vector<std::string> settings;  ///< `name=value`.
};

/// One run of the program: its options, where it prints, the store it asks.
class Session {
 public:
  explicit Session(const GlobalOptions& options);

  [[nodiscard]] bool json() const { return options_.json; }
  [[nodiscard]] bool meta() const { return options_.meta; }
  [[nodiscard]] const std::string& tenant() const { return options_.tenant; }
  Output& out() { return out_; }
  Output& err() { return err_; }
  [[nodiscard]] const Painter& paint() const { return paint_; }

  /// All that is configured, by file, environment and command line; read on the first call. It stays as long as this.
  /// Returns INVALID_ARGUMENT for what cannot be read, and what else `LoadConfig` does.
  Result<const Config*> Settings();
  /// The same for what asks no source: those built in may be left out.
  Result<const Config*> SettingsOfStore();
  /// Opens the store; `create` makes it where there is none.
  Result<Service> Open(bool create = false);

  /// Says on standard error what went wrong. Returns the exit code.
  int Fail(const Status& status);
  /// A word to the person on standard error.
  void Note(std::string_view text);
  /// The exit code when all is printed: `code`, unless it could not be.
  int Finish(int code);

 private:
  Result<const Config*> Load(bool sources);

  GlobalOptions options_;
  std::unique_ptr<Config> config_;  // Once it was read.
  bool has_sources_ = false;        // It was read with them.
  bool opened_store_ = false;
  Output out_;
  Output err_;
  Painter paint_;
  Painter paint_err_;
};

}  // namespace cairn
