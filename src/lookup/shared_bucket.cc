#include "lookup/shared_bucket.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "lookup/http.h"

namespace cairn {
namespace {

Result<std::unique_ptr<TokenBucket>> Open(const SourceConfig& source, FileSystem& files, const std::string& location) {
  if (location.empty()) return Status(StatusCode::kFailedPrecondition, "cache.location is empty");
  if (Status made = files.MakeDirs(location); !made.ok()) return made;
  const auto network = files.NetworkKind(location);
  if (!network) return network.error();
  if (!network->empty()) {
    return Status(StatusCode::kUnavailable, fmt::format("{} is on a network file system ({})", location, *network));
  }
  // The host's start; where the system does not tell, tokens of before it may count once more.
  const auto boot = files.Read("/proc/sys/kernel/random/boot_id");
  // Two servers under one name, a real one and one for tests, have limits of their own.
  const std::string name =
      fmt::format("rate-{}-{:08x}", source.name, Hash64(HttpOrigin(source.base_url)) & 0xFFFF'FFFF);
  return TokenBucket::Open(files, JoinPath(location, name), boot ? Hash64(*boot) : 0,
                           {source.rate_tokens, source.rate_window});
}

}  // namespace

std::unique_ptr<TokenBucket> SharedBucket(const SourceConfig& source, FileSystem& files, const std::string& location,
                                          const std::function<void(std::string_view)>& log) {
  if (source.rate_tokens == 0) return nullptr;
  auto shared = Open(source, files, location);
  if (shared) return *std::move(shared);
  if (log) {
    log(fmt::format("{}: its rate limit holds for this process alone: {}", source.name, shared.error().message()));
  }
  return TokenBucket::InMemory({source.rate_tokens, source.rate_window});
}

}  // namespace cairn
