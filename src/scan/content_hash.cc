#include "scan/content_hash.h"

#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "extract/file_type.h"

namespace cairn {
namespace {

constexpr std::size_t kChunk = std::size_t{256} << 10;
constexpr std::size_t kSampleBytes = std::size_t{64} << 10;
constexpr std::uint64_t kSamples = 256;

struct FreeState {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

// Reads up to `bytes` at `offset`; short only at the end of the file.
Result<std::size_t> ReadAt(int fd, char* out, std::size_t bytes, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t got = ::pread(fd, out + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Status(StatusCode::kUnavailable, std::strerror(errno));
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace

Result<HashedContent> HashContent(int fd, const FileStamp& stamp, std::uint64_t whole_max,
                                  std::unique_ptr<char[]>& buffer, const std::function<Status()>& keep_going) {
  // Not cleared: of short files most of it is never touched.
  if (!buffer) buffer = std::make_unique_for_overwrite<char[]>(kChunk);
  HashedContent out;
  out.sampled = stamp.size > whole_max;
  // Short files, most of them, need no state.
  if (stamp.size <= kChunk && !out.sampled) {
    // One more than there should be, which tells that there are more.
    auto got = ReadAt(fd, buffer.get(), std::min<std::size_t>(stamp.size + 1, kChunk), 0);
    if (!got) return got.error();
    if (*got != stamp.size) return Status(StatusCode::kAborted, "it changes while it is read");
    const XXH128_hash_t hash = XXH3_128bits(buffer.get(), *got);
    out.hash = {hash.low64, hash.high64};
    out.bytes = *got;
    out.head.assign(buffer.get(), std::min(*got, kTypeHeadBytes));
    return out;
  }
  const std::unique_ptr<XXH3_state_t, FreeState> state(XXH3_createState());
  XXH3_128bits_reset(state.get());
  const std::size_t step_bytes = out.sampled ? kSampleBytes : kChunk;
  const std::uint64_t steps = out.sampled ? kSamples : (stamp.size + kChunk - 1) / kChunk;
  for (std::uint64_t step = 0; step < steps; ++step) {
    const std::uint64_t offset = out.sampled ? (stamp.size - kSampleBytes) / (kSamples - 1) * step : step * kChunk;
    auto got = ReadAt(fd, buffer.get(), step_bytes, offset);
    if (!got) return got.error();
    if (*got != std::min<std::uint64_t>(step_bytes, stamp.size - offset)) {
      return Status(StatusCode::kAborted, "it changes while it is read");
    }
    XXH3_128bits_update(state.get(), buffer.get(), *got);
    out.bytes += *got;
    if (step == 0) out.head.assign(buffer.get(), std::min(*got, kTypeHeadBytes));
    if (keep_going) {
      if (Status go_on = keep_going(); !go_on.ok()) return go_on;
    }
  }
  if (out.sampled) {
    XXH3_128bits_update(state.get(), &stamp.size, sizeof(stamp.size));
    XXH3_128bits_update(state.get(), &stamp.mtime_ns, sizeof(stamp.mtime_ns));
  }
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  out.hash = {hash.low64, hash.high64};
  return out;
}

}  // namespace cairn
