#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/file_system.h"
#include "cairn/record.h"

namespace cairn {

/// The file `LOCK` of a store: the lock that writers take, and a mapped page on which they publish how far the log is
/// durable, so that readers of every process see news without a system call. What stands on the page is never synced:
/// after a power cut it may lag or be gone, and the next writer mends it from the log.
class ControlFile {
 public:
  /// Returns UNAVAILABLE where it cannot be opened, FAILED_PRECONDITION where a newer version made it.
  static Result<std::unique_ptr<ControlFile>> Open(FileSystem& files, const std::string& path, bool read_only);

  /// The greatest published sequence number; 0 where nothing is known.
  [[nodiscard]] Seq durable() const { return {page_ == nullptr ? 0 : Word(kDurable).load(std::memory_order_acquire)}; }
  /// The first sequence number of the segment that takes writes; 0 where nothing is known.
  [[nodiscard]] Seq active() const { return {page_ == nullptr ? 0 : Word(kActive).load(std::memory_order_acquire)}; }
  /// Holding the lock.
  void Publish(Seq durable, Seq active);

  /// Null where the file was opened to read only.
  [[nodiscard]] FileLock* lock() { return lock_.get(); }

 private:
  static constexpr std::size_t kMagic = 0;
  static constexpr std::size_t kVersion = 1;
  static constexpr std::size_t kDurable = 2;
  static constexpr std::size_t kActive = 3;

  ControlFile() = default;
  [[nodiscard]] std::atomic<std::uint64_t>& Word(std::size_t index) const {
    return reinterpret_cast<std::atomic<std::uint64_t>*>(page_->data())[index];
  }

  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Mapping> page_;
};

}  // namespace cairn
