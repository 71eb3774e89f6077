#include <magic.h>

#include <mutex>

#include "extract/file_type.h"

namespace cairn {
namespace {

/// A handle to libmagic's table, which is mapped: one thread at a time may use it.
class Magic {
 public:
  Magic() {
    // Loading looks for the user's own table by a name that all handles share.
    static std::mutex loading;
    const std::lock_guard lock(loading);
    cookie_ = magic_open(MAGIC_MIME_TYPE);
    if (cookie_ == nullptr || magic_load(cookie_, nullptr) == 0) return;
    magic_close(cookie_);
    cookie_ = nullptr;
  }
  Magic(const Magic&) = delete;
  Magic& operator=(const Magic&) = delete;
  ~Magic() {
    if (cookie_ != nullptr) magic_close(cookie_);
  }

  std::string Ask(std::string_view head) {
    const char* type = cookie_ == nullptr ? nullptr : magic_buffer(cookie_, head.data(), head.size());
    return type == nullptr ? std::string(kUnknownType) : type;
  }

 private:
  magic_t cookie_ = nullptr;
};

}  // namespace

std::string SlowFileType(std::string_view head) {
  // One each: scans of many files that only libmagic may know waited for each other's answers more than for anything.
  thread_local Magic magic;
  return magic.Ask(head);
}

}  // namespace cairn
