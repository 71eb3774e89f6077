#include "produce/token_bucket.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace cairn {

using std::chrono::nanoseconds;

// What the file holds, in the processor's byte order: a host reads what it wrote itself.
struct TokenBucket::Page {
  static constexpr std::uint64_t kMagic = 0x3130'5441'5243'4E52;  // "RNCRAT01"

  std::uint64_t magic;
  std::uint64_t boot;
  std::int64_t blocked_until;
  std::uint64_t taken;              // Tokens ever; written last, so that a crash before it loses nothing.
  std::int64_t use_at[kTokensMax];  // When the token with this number, modulo, may be used. Never decreases.
};

// Holds the file's lock; makes a page of another start or another kind a fresh one.
class TokenBucket::Guard {
 public:
  Guard(Guard&&) = default;
  Guard& operator=(Guard&&) = delete;
  ~Guard() {
    // Closing alone would leave it held by a child that was forked meanwhile.
    if (file_ != nullptr) file_->Unlock();
  }

  static Result<Guard> Hold(TokenBucket& bucket) {
    Guard guard;
    if (bucket.files_ == nullptr) {
      guard.in_memory_ = std::unique_lock(bucket.mutex_);
    } else {
      // Opened each time: a lock that was opened before a fork is held by both at once.
      auto lock = bucket.files_->OpenLock(bucket.path_);
      if (!lock) return lock.error();
      if (Status locked = (*lock)->Lock(); !locked.ok()) return locked;
      guard.file_ = std::move(*lock);
    }
    Page& page = *bucket.page_;
    if (page.magic != Page::kMagic || page.boot != bucket.boot_) {
      page.taken = 0;
      page.blocked_until = 0;
      page.boot = bucket.boot_;
      page.magic = Page::kMagic;
    }
    return guard;
  }

 private:
  Guard() = default;

  std::unique_lock<std::mutex> in_memory_;
  std::unique_ptr<FileLock> file_;
};

Result<std::unique_ptr<TokenBucket>> TokenBucket::Open(FileSystem& files, const std::string& path, std::uint64_t boot,
                                                       Limit limit) {
  std::unique_ptr<TokenBucket> bucket(new TokenBucket(&files, path, boot, limit));
  auto mapping = files.MapShared(path, sizeof(Page));
  if (!mapping) return mapping.error();
  bucket->mapping_ = std::move(*mapping);
  bucket->page_ = reinterpret_cast<Page*>(bucket->mapping_->data());
  return bucket;
}

std::unique_ptr<TokenBucket> TokenBucket::InMemory(Limit limit) {
  std::unique_ptr<TokenBucket> bucket(new TokenBucket(nullptr, {}, 0, limit));
  bucket->memory_.resize(sizeof(Page));
  bucket->page_ = reinterpret_cast<Page*>(bucket->memory_.data());
  return bucket;
}

Result<nanoseconds> TokenBucket::Take(nanoseconds now, nanoseconds wait_max) {
  const auto guard = Guard::Hold(*this);
  if (!guard) return guard.error();
  Page& page = *page_;
  std::int64_t use_at = std::max<std::int64_t>(now.count(), page.blocked_until);
  if (page.taken > 0) use_at = std::max(use_at, page.use_at[(page.taken - 1) % kTokensMax]);
  if (page.taken >= limit_.tokens) {
    use_at = std::max(use_at, page.use_at[(page.taken - limit_.tokens) % kTokensMax] + limit_.window.count());
  }
  const nanoseconds wait(use_at - now.count());
  if (wait > wait_max) {
    return Status(
        StatusCode::kResourceExhausted,
        fmt::format("the rate limit of {} in {} s leaves none for {:.1f} s", limit_.tokens,
                    std::chrono::duration<double>(limit_.window).count(), std::chrono::duration<double>(wait).count()));
  }
  page.use_at[page.taken % kTokensMax] = use_at;
  ++page.taken;
  return wait;
}

Status TokenBucket::Block(nanoseconds until) {
  const auto guard = Guard::Hold(*this);
  if (!guard) return guard.error();
  page_->blocked_until = std::max<std::int64_t>(page_->blocked_until, until.count());
  return Status::Ok();
}

Result<nanoseconds> TokenBucket::Blocked(nanoseconds now) {
  const auto guard = Guard::Hold(*this);
  if (!guard) return guard.error();
  return std::max(nanoseconds(0), nanoseconds(page_->blocked_until) - now);
}

}  // namespace cairn
