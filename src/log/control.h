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
  [[nodiscard]] Seq durable() const { return Number(kDurable); }
  /// The first sequence number of the segment that takes writes; 0 where nothing is known.
  [[nodiscard]] Seq active() const { return Number(kActive); }
  /// Whether both numbers were published since the machine started, so that `durable` is the last that anyone was
  /// answered. Else the page may lag behind what stands on the disk.
  [[nodiscard]] bool exact() const;
  /// Holding the lock.
  void Publish(Seq durable, Seq active);

  /// Null where the file was opened to read only.
  [[nodiscard]] FileLock* lock() { return lock_.get(); }

 private:
  static constexpr std::size_t kMagic = 0;
  static constexpr std::size_t kVersion = 1;
  static constexpr std::size_t kDurable = 2;
  static constexpr std::size_t kActive = 3;
  static constexpr std::size_t kBoot = 4;

  static constexpr std::uint64_t kMagicWord = 0x4B434C4E52494143;  // "CAIRNLCK"
  static constexpr int kNumberBits = 48;
  static constexpr std::uint64_t kNumberMask = (std::uint64_t{1} << kNumberBits) - 1;

  ControlFile() = default;
  /// A number with its check in the upper 16 bits, so that one store publishes both: a damaged number would let the
  /// log jump to it.
  static constexpr std::uint64_t Checked(std::uint64_t number) {
    return number | (number * 0x9E3779B97F4A7C15) >> kNumberBits << kNumberBits;
  }
  static constexpr bool IsChecked(std::uint64_t word) { return Checked(word & kNumberMask) == word; }
  /// A page without the magic word was never published on, or is none of ours.
  [[nodiscard]] bool Known() const {
    return page_ != nullptr && Word(kMagic).load(std::memory_order_acquire) == kMagicWord;
  }
  [[nodiscard]] Seq Number(std::size_t index) const {
    if (!Known()) return {};
    const std::uint64_t word = Word(index).load(std::memory_order_acquire);
    return {IsChecked(word) ? word & kNumberMask : 0};
  }
  [[nodiscard]] std::atomic<std::uint64_t>& Word(std::size_t index) const {
    return reinterpret_cast<std::atomic<std::uint64_t>*>(page_->data())[index];
  }

  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<Mapping> page_;
  std::uint64_t boot_ = 0;  // Of this start of the machine; 0 where that is not known.
};

}  // namespace cairn
