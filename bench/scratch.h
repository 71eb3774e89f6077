#pragma once

#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn::bench {

/// The folder where every store of a run stands: made fresh inside `parent`, removed with all in it when the run ends,
/// also when it is interrupted. One for each process.
class Scratch {
 public:
  /// Returns FAILED_PRECONDITION where `parent` is in memory (tmpfs): a durable write costs nothing there;
  /// UNAVAILABLE where it cannot be made.
  static Result<Scratch> Create(const std::string& parent);

  Scratch(Scratch&& other) noexcept;
  Scratch& operator=(Scratch&&) = delete;
  ~Scratch();

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  explicit Scratch(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

/// Removes the scratch folder and ends the process with `exit_code`, from any thread.
[[noreturn]] void EndProcess(int exit_code);

/// A benchmark that cannot do its work has no figure: says why on standard error and ends the process.
[[noreturn]] void Fail(std::string_view what);

/// Ends the process where `status` is an error.
inline void Must(const Status& status, std::string_view what) {
  if (!status.ok()) Fail(std::string(what) + ": " + status.ToString());
}

/// The value, or the end of the process.
template <typename T>
T Must(Result<T> result, std::string_view what) {
  if (!result.has_value()) Must(result.status(), what);
  return *std::move(result);
}

/// Waits until the file system under `path` has written what it holds back, so that one pass does not pay for
/// another's.
void SettleDisk(const std::string& path);

/// The bytes of every file in `path`.
std::uintmax_t FolderBytes(const std::string& path);

}  // namespace cairn::bench
