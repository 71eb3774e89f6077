#include "cache/options_check.h"

#include <string>

namespace cairn {
namespace {

Status Invalid(std::string message) { return {StatusCode::kInvalidArgument, "the cache's " + std::move(message)}; }

}  // namespace

Status CheckCacheOptions(const CacheOptions& options) {
  constexpr std::uint64_t kTera = 1ULL << 40;
  if (options.memory.bytes < (64ULL << 10) || options.memory.bytes > kTera) {
    return Invalid("`memory.bytes` is from 64 KiB to 1 TiB");
  }
  if (options.disk.bytes < (1ULL << 20) || options.disk.bytes > 16 * kTera) {
    return Invalid("`disk.bytes` is from 1 MiB to 16 TiB");
  }
  if (options.disk.queue_bytes < (64ULL << 10)) return Invalid("`disk.queue_bytes` is at least 64 KiB");
  if (options.disk.write_delay.count() < 0 || options.disk.write_delay > std::chrono::seconds(10)) {
    return Invalid("`disk.write_delay` is from 0 to 10 s");
  }
  if (options.disk.busy_timeout.count() < 0 || options.disk.busy_timeout > std::chrono::minutes(1)) {
    return Invalid("`disk.busy_timeout` is from 0 to 1 min");
  }
  for (const auto ttl : {options.memory.ttl_max, options.disk.ttl_max, options.shared.ttl_max}) {
    if (ttl.count() < 0) return Invalid("`ttl_max` is negative");
  }
  if (options.threads < 1 || options.threads > 256) return Invalid("`threads` is from 1 to 256");
  if (options.queue < 1 || options.queue > 1'000'000) return Invalid("`queue` is from 1 to 1,000,000");
  if (options.process_wait.count() < 0 || options.process_wait > std::chrono::hours(1)) {
    return Invalid("`process_wait` is from 0 to 1 h");
  }
  return Status::Ok();
}

}  // namespace cairn
