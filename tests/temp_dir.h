#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace cairn {

/// A folder of the test's own, removed with all it holds at the end. It stands in `TMPDIR`; where that is unset in
/// `/dev/shm`, where syncing costs nothing: what a test says about syncing it says with `FaultFileSystem`.
class TempDir {
 public:
  TempDir() {
    const char* given = std::getenv("TMPDIR");
    std::string name = given != nullptr ? given : access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
    name += "/cairn-test-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder can be made at " + name);
    path_ = name;
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string Sub(std::string_view name) const { return path_ + "/" + std::string(name); }
  /// Writes a file, making the folders above it, and returns its path.
  std::string Write(std::string_view name, std::string_view bytes) const {
    const std::filesystem::path file = Sub(name);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

 private:
  std::string path_;
};

}  // namespace cairn
