#pragma once

#include "cairn/status.h"

namespace cairn {

/// What the shell is told.
inline constexpr int kExitDone = 0;
inline constexpr int kExitNotFound = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInPart = 3;  ///< Something was refused; the rest is done.
inline constexpr int kExitStore = 4;   ///< The store is damaged or unavailable.
inline constexpr int kExitInterrupted = 130;

inline int ExitCode(const Status& status) {
  switch (status.code()) {
    case StatusCode::kOk:
      return kExitDone;
    case StatusCode::kNotFound:
      return kExitNotFound;
    case StatusCode::kInvalidArgument:
    case StatusCode::kOutOfRange:
      return kExitUsage;
    case StatusCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitStore;
  }
}

}  // namespace cairn
