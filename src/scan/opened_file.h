#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "cairn/status.h"
#include "scan/folder_reader.h"
#include "scan/stamp.h"

namespace cairn {

/// A file open to be read; none at first.
class OpenedFile {
 public:
  /// Where it cannot be opened, `error` is the system's; 0 else.
  static OpenedFile Open(const std::string& path, LinkPolicy links);
  OpenedFile() = default;
  OpenedFile(OpenedFile&& other) noexcept : error_(std::exchange(other.error_, 0)), fd_(std::exchange(other.fd_, -1)) {}
  OpenedFile& operator=(OpenedFile&& other) noexcept {
    std::swap(error_, other.error_);
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OpenedFile();

  [[nodiscard]] int fd() const { return fd_; }
  [[nodiscard]] int error() const { return error_; }
  /// How it is now, but for the device, which stays what `stamp` says. False where it is no regular file.
  bool Look(FileStamp& stamp) const;

 private:
  int error_ = 0;
  int fd_ = -1;
};

/// UNAVAILABLE for what may pass; PERMISSION_DENIED and FAILED_PRECONDITION.
Status OpenFailure(int error);

}  // namespace cairn
