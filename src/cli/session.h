#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/color.h"
#include "cli/output.h"
#include "service/service.h"

namespace cairn {

/// What stands on the command line for every command.
struct GlobalOptions {
  std::string store;  ///< Empty: the environment's CAIRN_STORE, else `./metadata`.
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
  [[nodiscard]] const std::string& store_path() const { return store_path_; }
  Output& out() { return out_; }
  Output& err() { return err_; }
  [[nodiscard]] const Painter& paint() const { return paint_; }

  /// The settings by environment and command line.
  /// Returns INVALID_ARGUMENT for one that cannot be read.
  Result<StoreOptions> Settings() const;
  /// Opens the store; `create` makes it where there is none.
  Result<Service> Open(bool create = false);

  /// Says on standard error what went wrong. Returns the exit code.
  int Fail(const Status& status);
  /// A word to the person on standard error.
  void Note(std::string_view text);
  /// The exit code when all is printed: `code`, unless it could not be.
  int Finish(int code);

 private:
  GlobalOptions options_;
  std::string store_path_;
  Output out_;
  Output err_;
  Painter paint_;
  Painter paint_err_;
};

}  // namespace cairn
