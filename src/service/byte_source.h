#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "cairn/status.h"

namespace cairn {

/// Bytes that are read once, from their beginning. One thread at a time.
class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Reads up to `size` bytes and returns how many came; 0 at the end.
  /// Returns UNAVAILABLE where they cannot be read, INVALID_ARGUMENT where a compressed stream is broken or cut off:
  /// what came before that is good.
  virtual Result<std::size_t> Read(char* out, std::size_t size) = 0;
  /// Whether `Read` would wait, for a pipe whose writer is slow.
  [[nodiscard]] virtual bool WouldWait() const { return false; }
};

/// The bytes of a file or, for `-`, of standard input. Gzip and zstd are told by their first bytes and unpacked.
/// Returns NOT_FOUND or UNAVAILABLE where the file cannot be opened.
Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::string& path);

/// The same over a file descriptor, which is closed with it unless it is standard input.
Result<std::unique_ptr<ByteSource>> MakeByteSource(int fd);

}  // namespace cairn
