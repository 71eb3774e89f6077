#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "log/line.h"

namespace cairn {

/// Cuts the bytes of a segment into batches and holds each against its commit line. Damage costs the batch that it is
/// in: every commit line names the length and checksum of its own batch and of the commit before, so the next one is
/// found and proven without the damaged one.
class BatchScanner {
 public:
  /// Reads `bytes`, the segment from uncompressed offset `offset` on, which follows a commit line (or begins the
  /// segment).
  BatchScanner(std::string_view bytes, std::uint64_t offset) : bytes_(bytes), offset_(offset) {}

  struct Batch {
    std::uint64_t offset = 0;  ///< Of the first byte.
    std::string_view lines;    ///< The record lines; empty where damaged.
    Commit commit;             ///< As it stands; zeros where no commit line could be made out.
    bool damaged = false;
    std::string what;       ///< Why it is damaged.
    std::uint64_t end = 0;  ///< Offset behind the commit line.
  };

  /// The next batch; none at the end, where what is left (`rest()`) has no commit line: it is torn, or not yet
  /// written to its end.
  std::optional<Batch> Next();

  [[nodiscard]] std::uint64_t offset() const { return offset_; }
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  void Skip(std::size_t bytes) {
    bytes_.remove_prefix(bytes);
    offset_ += bytes;
  }

  std::string_view bytes_;
  std::uint64_t offset_;
  std::optional<Batch> held_;  // A good batch found behind a damaged stretch, which is told first.
};

}  // namespace cairn
