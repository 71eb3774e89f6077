#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "access/grant.h"
#include "base/clock.h"
#include "cairn/repository.h"

namespace cairn {

/// The tenant whose facts are the service's own: nothing that comes over HTTP reads or states them.
inline constexpr std::string_view kSystemTenant = "cairn.system";
inline constexpr std::string_view kKindAccessToken = "access_token";

/// A token, but for its secret.
struct TokenInfo {
  std::string id;
  std::string name;  ///< What it is for, in words.
  Grant grant;
  Timestamp created_at;
  std::optional<Timestamp> expires_at;
  bool revoked = false;
  std::uint64_t requests_per_second = 0;  ///< 0: as many as come.
  std::uint64_t records_per_day = 0;      ///< Stored, by UTC days; 0: as many as come.
  std::string changed_by;                 ///< Who created or revoked it.

  /// `active`, `revoked`, `expired`.
  [[nodiscard]] std::string_view StateAt(Timestamp now) const;
};

/// The tokens of a store. A token is a fact like any other: its states are records of the kind `access_token` of the
/// tenant `cairn.system`, so that who changed which rights, and when, stands in the log for good. Of a secret only its
/// SHA-256 is kept: it has 256 random bits, which no dictionary holds. Any thread may call it.
class Tokens {
 public:
  /// Both outlive this.
  Tokens(Repository& repository, Clock& clock) : repository_(repository), clock_(clock) {}

  struct Created {
    TokenInfo info;
    std::string secret;  ///< What its bearer sends: `cairn_ID_SECRET`. It is told this once.
  };
  /// `info.id` and `info.created_at` are made. Returns INVALID_ARGUMENT for a token without name or scope, or of the
  /// system's tenant, or that has expired already; what else `Repository::Store` does.
  Result<Created> Create(TokenInfo info);
  /// From now on nobody is let in by it. Returns NOT_FOUND for no token, FAILED_PRECONDITION where it is revoked.
  Result<TokenInfo> Revoke(const std::string& id, const std::string& by);
  /// The newest first.
  Result<std::vector<TokenInfo>> List();

  /// The token that is borne, as it stands now: a revocation holds from the next call on, whichever process wrote it.
  /// Takes as long for a wrong secret as for a right one. Returns UNAUTHENTICATED where it is none, is revoked or has
  /// expired.
  Result<std::shared_ptr<const TokenInfo>> Check(std::string_view secret);
  /// Whether that token stands as it is here: not revoked, not expired, not changed.
  bool Holds(const TokenInfo& token);

 private:
  struct Known {
    Seq seq;  // Of the record that says so.
    std::string hash;
    std::shared_ptr<const TokenInfo> info;
  };
  Result<Known> Read(const std::string& id);
  Status Write(const TokenInfo& info, const std::string& hash, Timestamp at);

  Repository& repository_;
  Clock& clock_;
  std::shared_mutex mutex_;
  std::map<std::string, Known, std::less<>> known_;  // By id; guarded by mutex_.
};

}  // namespace cairn
