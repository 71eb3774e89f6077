#pragma once

#include <string>

#include "cairn/cache_policy.h"

namespace cairn {

/// An operation without a cache around it.
class OperationForTest final : public CacheOperation {
 public:
  explicit OperationForTest(CachePolicy policy = {}, std::string secret = "secret")
      : CacheOperation("source", "op", std::move(policy), 0, std::move(secret)) {}
};

}  // namespace cairn
