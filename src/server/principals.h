#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "access/token_limits.h"
#include "access/tokens.h"
#include "service/service.h"

namespace cairn {

/// One who asks, and the store as he sees it.
struct Principal {
  std::shared_ptr<const TokenInfo> token;  ///< Null: nobody is asked for one.
  std::shared_ptr<const Grant> grant;      ///< Null: everything of any tenant, but what is the system's own.
  Service service;

  [[nodiscard]] bool May(AccessScope scope) const { return grant == nullptr || grant->Has(scope); }
};

/// Tells who a request comes from. Any thread may call it.
class Principals {
 public:
  struct Options {
    bool is_open = false;    ///< Nobody is asked for a token.
    std::string tenant;      ///< Of those who are not.
    Clock* clock = nullptr;  ///< Null: the system's.
  };
  Principals(std::shared_ptr<Repository> repository, Options options);

  /// By the header `Authorization: Bearer cairn_...`. Returns UNAUTHENTICATED, saying why.
  Result<std::shared_ptr<Principal>> Of(std::string_view authorization);
  /// Whether he would be let in now, as he is.
  bool StillHolds(const Principal& principal);
  [[nodiscard]] TokenLimits& limits() { return limits_; }

 private:
  const std::shared_ptr<Repository> repository_;
  Tokens tokens_;
  TokenLimits limits_;
  std::shared_ptr<Principal> everybody_;  // Null: tokens are asked for.
  std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<Principal>> known_;  // By token; guarded by mutex_.
};

}  // namespace cairn
