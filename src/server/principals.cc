#include "server/principals.h"

#include <mutex>

#include "access/scoped_repository.h"

namespace cairn {
namespace {

constexpr std::string_view kBearer = "bearer ";

Clock& ClockOf(Clock* clock) { return clock == nullptr ? *Clock::Default() : *clock; }

}  // namespace

Principals::Principals(std::shared_ptr<Repository> repository, Options options)
    : repository_(std::move(repository)),
      tokens_(*repository_, ClockOf(options.clock)),
      limits_(*repository_, ClockOf(options.clock)) {
  if (!options.is_open) return;
  everybody_ =
      std::make_shared<Principal>(Principal{nullptr, nullptr, Service(repository_, std::move(options.tenant))});
}

Result<std::shared_ptr<Principal>> Principals::Of(std::string_view authorization) {
  if (everybody_ != nullptr) return everybody_;
  if (authorization.empty()) {
    return Status(StatusCode::kUnauthenticated,
                  "no token: send the header \"Authorization: Bearer TOKEN\"; `cairn token create` makes one");
  }
  std::string scheme(authorization.substr(0, kBearer.size()));
  for (char& c : scheme) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (scheme != kBearer) {
    return Status(StatusCode::kUnauthenticated, "the header Authorization is not of the form \"Bearer TOKEN\"");
  }
  auto token = tokens_.Check(authorization.substr(kBearer.size()));
  if (!token) return token.error();
  {
    const std::shared_lock lock(mutex_);
    const auto found = known_.find((*token)->id);
    if (found != known_.end() && found->second->token == *token) return found->second;
  }
  auto scoped = std::make_shared<ScopedRepository>(repository_, (*token)->grant);
  auto grant = std::make_shared<const Grant>((*token)->grant);
  auto principal =
      std::make_shared<Principal>(Principal{*token, grant, Service(std::move(scoped), (*token)->grant.tenant)});
  const std::unique_lock lock(mutex_);
  known_[(*token)->id] = principal;
  return principal;
}

bool Principals::StillHolds(const Principal& principal) {
  return principal.token == nullptr || tokens_.Holds(*principal.token);
}

}  // namespace cairn
