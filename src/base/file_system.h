#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// An open file that grows at its end, or is written over at a place. One thread at a time.
class AppendFile {
 public:
  AppendFile() = default;
  AppendFile(const AppendFile&) = delete;
  AppendFile& operator=(const AppendFile&) = delete;
  virtual ~AppendFile() = default;

  /// Writes all of `bytes` at the end.
  /// Returns RESOURCE_EXHAUSTED where the disk or quota is full, UNAVAILABLE otherwise; the file may then hold a part
  /// of them, which the caller cuts.
  virtual Status Append(std::string_view bytes) = 0;
  /// Writes all of `bytes` from `offset` on, from the first to the last: over what stands there, and on beyond the end.
  /// Errors as of `Append`.
  virtual Status WriteAt(std::uint64_t offset, std::string_view bytes) = 0;
  /// Begins to bring bytes [begin, end) to the disk, so that `Sync` has less to wait for. A hint: promises nothing.
  virtual void StartSync(std::uint64_t begin, std::uint64_t end) {
    (void)begin;
    (void)end;
  }
  /// fdatasync: what was written is on the disk. After an error nothing is known about it.
  virtual Status Sync() = 0;
  virtual Status Truncate(std::uint64_t size) = 0;
  [[nodiscard]] virtual Result<std::uint64_t> Size() const = 0;
};

/// Bytes of a file, mapped and shared. They follow the file: what is appended later is visible within `size()`.
/// Touching bytes beyond the end of the file is a fault, so callers bound their reads by what they know is there.
class Mapping {
 public:
  Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  virtual ~Mapping() = default;
  [[nodiscard]] virtual char* data() const = 0;
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// How long the file is now, also after it was removed from its folder.
  [[nodiscard]] virtual Result<std::uint64_t> FileBytes() const = 0;
  /// Whether it was removed from its folder: as long as it is mapped it takes the disk.
  [[nodiscard]] virtual bool IsRemoved() const { return false; }
  /// Takes what was read of it out of the process's memory. Nothing is lost: who reads on has it from the file again,
  /// most often without the disk. A hint.
  virtual void Release() const {}
};

/// An exclusive lock that other processes see; released on destruction and when the process ends.
class FileLock {
 public:
  FileLock() = default;
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  virtual ~FileLock() = default;
  /// Waits until it is held. One thread at a time holds it within the process: the caller sees to that.
  virtual Status Lock() = 0;
  /// Returns UNAVAILABLE where another process holds it.
  virtual Status TryLock() = 0;
  virtual void Unlock() = 0;
};

/// The disk as the store sees it. Any thread may call it. Tests put a disk that forgets, fails and fills up in its
/// place.
class FileSystem {
 public:
  FileSystem() = default;
  FileSystem(const FileSystem&) = delete;
  FileSystem& operator=(const FileSystem&) = delete;
  virtual ~FileSystem() = default;

  /// The real one. Lives as long as the process.
  static FileSystem* Default();

  /// Opens `path` to append, making it where `create` says so. Returns NOT_FOUND where it is missing.
  virtual Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path, bool create) = 0;
  /// Maps `bytes` of a file to read, which may be more than it has yet.
  virtual Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t bytes) = 0;
  /// Maps the first `bytes` of a file to read and write, making the file that long.
  virtual Result<std::unique_ptr<Mapping>> MapShared(const std::string& path, std::uint64_t bytes) = 0;
  virtual Result<std::unique_ptr<FileLock>> OpenLock(const std::string& path) = 0;

  virtual Result<std::string> Read(const std::string& path) = 0;
  virtual Result<std::uint64_t> Size(const std::string& path) = 0;
  [[nodiscard]] virtual bool Exists(const std::string& path) = 0;
  /// File names in a folder, sorted, without `.` and `..`.
  virtual Result<std::vector<std::string>> List(const std::string& dir) = 0;
  /// Makes a folder and those above it; one that stands is no error.
  virtual Status MakeDirs(const std::string& dir) = 0;
  virtual Status Rename(const std::string& from, const std::string& to) = 0;
  /// A missing file is no error.
  virtual Status Remove(const std::string& path) = 0;
  /// Makes the entries of a folder durable: after creating, renaming and removing in it.
  virtual Status SyncDir(const std::string& dir) = 0;
  /// The name of a network file system that `path` is on; empty on a local one.
  virtual Result<std::string> NetworkKind(const std::string& path) = 0;
};

/// Writes `bytes` to `path` by way of a temporary file, synced and renamed into place, folder included.
Status WriteFileDurably(FileSystem& files, const std::string& path, std::string_view bytes);

/// Makes a folder and those above it, and their entries durable.
Status MakeDirsDurably(FileSystem& files, const std::string& dir);

/// The folder that a path is in: `.` and `/` where it has none.
std::string ParentOf(const std::string& path);

/// `dir/name`.
std::string JoinPath(std::string_view dir, std::string_view name);

}  // namespace cairn
