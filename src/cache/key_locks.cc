#include "cache/key_locks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

namespace cairn {
namespace {

struct flock ByteOf(std::uint64_t hash, short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(hash >> 2);
  lock.l_len = 1;
  return lock;
}

}  // namespace

class KeyLocks::Held final : public LevelLease {
 public:
  Held(std::shared_ptr<KeyLocks> locks, std::uint64_t hash) : locks_(std::move(locks)), hash_(hash) {}
  ~Held() override { locks_->Unlock(hash_); }

 private:
  std::shared_ptr<KeyLocks> locks_;
  std::uint64_t hash_;
};

Result<std::shared_ptr<KeyLocks>> KeyLocks::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return {StatusCode::kUnavailable, "opening " + path + ": " + std::strerror(errno)};
  return std::shared_ptr<KeyLocks>(new KeyLocks(fd));
}

KeyLocks::~KeyLocks() { Abandon(); }

void KeyLocks::Abandon() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

Result<std::unique_ptr<LevelLease>> KeyLocks::TryLock(std::uint64_t hash) {
  const std::lock_guard lock(mutex_);
  int& holders = holders_[hash];
  if (holders == 0) {
    struct flock byte = ByteOf(hash, F_WRLCK);
    if (::fcntl(fd_, F_OFD_SETLK, &byte) != 0) {
      holders_.erase(hash);
      if (errno == EAGAIN || errno == EACCES) return std::unique_ptr<LevelLease>();
      return {StatusCode::kUnavailable, std::string("locking a key: ") + std::strerror(errno)};
    }
  }
  ++holders;
  return std::unique_ptr<LevelLease>(new Held(shared_from_this(), hash));
}

Result<std::unique_ptr<LevelLease>> KeyLocks::Await(std::uint64_t hash, LevelDeadline until) {
  // A lock that could be waited for in the kernel cannot be waited for only so long, so it is asked for again.
  constexpr std::chrono::microseconds kWaitMin(100);
  constexpr std::chrono::microseconds kWaitMax(4000);
  for (auto wait = kWaitMin;; wait = std::min(wait * 2, kWaitMax)) {
    auto held = TryLock(hash);
    if (!held || *held != nullptr || std::chrono::steady_clock::now() >= until) return held;
    std::this_thread::sleep_for(wait);
  }
}

void KeyLocks::Unlock(std::uint64_t hash) {
  const std::lock_guard lock(mutex_);
  const auto at = holders_.find(hash);
  if (--at->second != 0) return;
  holders_.erase(at);
  struct flock byte = ByteOf(hash, F_UNLCK);
  ::fcntl(fd_, F_OFD_SETLK, &byte);
}

}  // namespace cairn
