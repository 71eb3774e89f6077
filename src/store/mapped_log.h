#pragma once

#include "cairn/repository.h"

namespace cairn {

/// A store whose log is read through mappings: pages that were read count as the process's memory until they leave it.
class MappedLog {
 public:
  MappedLog() = default;
  MappedLog(const MappedLog&) = delete;
  MappedLog& operator=(const MappedLog&) = delete;
  virtual ~MappedLog() = default;

  /// Takes all that was read of the log out of memory; who asks again has it from the file. For those who read much,
  /// each thing once. Any thread may call it, while others read.
  virtual void ReleaseLog() = 0;
};

/// Of an embedded store; of others nothing.
void ReleaseLogOf(Repository& repository);

}  // namespace cairn
