#include <magic.h>

#include <mutex>

#include "extract/file_type.h"

namespace cairn {
namespace {

/// libmagic's table and the lock that its use needs.
class Magic {
 public:
  Magic() : cookie_(magic_open(MAGIC_MIME_TYPE)) {
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
    const std::lock_guard lock(mutex_);
    const char* type = cookie_ == nullptr ? nullptr : magic_buffer(cookie_, head.data(), head.size());
    return type == nullptr ? std::string(kUnknownType) : type;
  }

 private:
  std::mutex mutex_;
  magic_t cookie_;
};

}  // namespace

std::string SlowFileType(std::string_view head) {
  static Magic magic;
  return magic.Ask(head);
}

}  // namespace cairn
