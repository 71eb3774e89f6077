#include "produce/retry.h"

#include <algorithm>
#include <charconv>
#include <string>

#include "base/curl_library.h"

namespace cairn {

using std::chrono::nanoseconds;

std::optional<nanoseconds> NextRetry(const RetryPolicy& policy, std::uint32_t failed, nanoseconds retry_after,
                                     std::uint64_t random) {
  if (failed >= policy.attempts || retry_after > policy.retry_after_max) return std::nullopt;
  nanoseconds backoff = policy.backoff;
  for (std::uint32_t i = 1; i < failed && backoff < policy.backoff_max; ++i) backoff *= 2;
  backoff = std::min(backoff, policy.backoff_max);
  return retry_after +
         nanoseconds(static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(backoff.count()) + 1)));
}

nanoseconds ParseRetryAfter(std::string_view text, Timestamp now) {
  constexpr std::int64_t kSecondsMax = 86'400;
  std::int64_t seconds = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, seconds);
  if (error == std::errc::result_out_of_range && end == last && !text.starts_with('-')) {
    seconds = kSecondsMax;
  } else if (error != std::errc() || end != last) {
    // A date of any of HTTP's three forms; -1 for none.
    const auto curl = CurlLibrary::Load();
    const time_t date = text.empty() || !curl ? -1 : (*curl)->getdate(std::string(text).c_str(), nullptr);
    seconds = date < 0 ? 0 : static_cast<std::int64_t>(date) - now.ns / 1'000'000'000;
  }
  return std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, kSecondsMax));
}

}  // namespace cairn
