#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/file_system.h"

namespace cairn {
namespace {

Status Errno(int error, const std::string& doing) {
  StatusCode code = StatusCode::kUnavailable;
  if (error == ENOENT) code = StatusCode::kNotFound;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) code = StatusCode::kResourceExhausted;
  return {code, doing + ": " + std::strerror(error)};
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

class PosixAppendFile : public AppendFile {
 public:
  PosixAppendFile(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  Status Append(std::string_view bytes) override {
    if (Status status = SetAppends(true); !status.ok()) return status;
    return WriteAll(bytes, [&](std::string_view rest) { return ::write(fd_.get(), rest.data(), rest.size()); });
  }

  Status WriteAt(std::uint64_t offset, std::string_view bytes) override {
    if (Status status = SetAppends(false); !status.ok()) return status;
    const std::uint64_t end = offset + bytes.size();
    return WriteAll(bytes, [&](std::string_view rest) {
      return ::pwrite(fd_.get(), rest.data(), rest.size(), static_cast<off_t>(end - rest.size()));
    });
  }

  void StartSync(std::uint64_t begin, std::uint64_t end) override {
    // An error is kept for fdatasync, which tells it.
    (void)::sync_file_range(fd_.get(), static_cast<off64_t>(begin), static_cast<off64_t>(end - begin),
                            SYNC_FILE_RANGE_WRITE);
  }

  Status Sync() override {
    if (::fdatasync(fd_.get()) != 0) return Errno(errno, "fdatasync of " + path_);
    return Status::Ok();
  }

  Status Truncate(std::uint64_t size) override {
    if (::ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) return Errno(errno, "cutting " + path_);
    return Status::Ok();
  }

  Result<std::uint64_t> Size() const override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return Errno(errno, "size of " + path_);
    return static_cast<std::uint64_t>(info.st_size);
  }

 private:
  Status WriteAll(std::string_view bytes, auto write) const {
    while (!bytes.empty()) {
      const ssize_t written = write(bytes);
      if (written < 0) {
        if (errno == EINTR) continue;
        return Errno(errno, "writing " + path_);
      }
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return Status::Ok();
  }

  // On Linux what is opened to append does so also by pwrite, whatever the offset.
  Status SetAppends(bool appends) {
    if (appends == appends_) return Status::Ok();
    if (::fcntl(fd_.get(), F_SETFL, appends ? O_APPEND : 0) != 0) return Errno(errno, "writing " + path_);
    appends_ = appends;
    return Status::Ok();
  }

  std::string path_;
  Descriptor fd_;
  bool appends_ = true;
};

class PosixMapping : public Mapping {
 public:
  PosixMapping(std::string path, int fd, char* data, std::size_t size)
      : path_(std::move(path)), fd_(fd), data_(data), size_(size) {}
  ~PosixMapping() override {
    if (size_ != 0) ::munmap(data_, size_);
  }
  char* data() const override { return data_; }
  std::size_t size() const override { return size_; }
  Result<std::uint64_t> FileBytes() const override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return Errno(errno, "size of " + path_);
    return static_cast<std::uint64_t>(info.st_size);
  }
  bool IsRemoved() const override {
    struct stat info {};
    return ::fstat(fd_.get(), &info) == 0 && info.st_nlink == 0;
  }
  void Release() const override {
    if (size_ != 0) (void)::madvise(data_, size_, MADV_DONTNEED);
  }

 private:
  std::string path_;
  Descriptor fd_;
  char* data_;
  std::size_t size_;
};

Result<std::unique_ptr<Mapping>> MapDescriptor(const std::string& path, Descriptor& fd, std::uint64_t bytes,
                                               int protection) {
  void* data = nullptr;
  if (bytes != 0) {
    data = ::mmap(nullptr, bytes, protection, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) return Errno(errno, "mapping " + path);
  }
  return std::unique_ptr<Mapping>(new PosixMapping(path, fd.Release(), static_cast<char*>(data), bytes));
}

class PosixLock : public FileLock {
 public:
  PosixLock(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  Status Lock() override {
    while (::flock(fd_.get(), LOCK_EX) != 0) {
      if (errno != EINTR) return Errno(errno, "locking " + path_);
    }
    return Status::Ok();
  }
  Status TryLock() override {
    if (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) return Errno(errno, "locking " + path_);
    return Status::Ok();
  }
  void Unlock() override { ::flock(fd_.get(), LOCK_UN); }

 private:
  std::string path_;
  Descriptor fd_;
};

class PosixFileSystem : public FileSystem {
 public:
  Result<std::unique_ptr<AppendFile>> OpenAppend(const std::string& path, bool create) override {
    const int fd = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | (create ? O_CREAT : 0), 0644);
    if (fd < 0) return Errno(errno, "opening " + path);
    return std::unique_ptr<AppendFile>(new PosixAppendFile(path, fd));
  }

  Result<std::unique_ptr<Mapping>> Map(const std::string& path, std::uint64_t bytes) override {
    Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return Errno(errno, "opening " + path);
    return MapDescriptor(path, fd, bytes, PROT_READ);
  }

  Result<std::unique_ptr<Mapping>> MapShared(const std::string& path, std::uint64_t bytes) override {
    Descriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    if (fd.get() < 0) return Errno(errno, "opening " + path);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return Errno(errno, "size of " + path);
    if (static_cast<std::uint64_t>(info.st_size) < bytes) {
      // Reserved, not only lengthened: a full disk must be an error here, not a fault at the first touch.
      const int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes));
      if (error != 0) return Errno(error, "lengthening " + path);
    }
    return MapDescriptor(path, fd, bytes, PROT_READ | PROT_WRITE);
  }

  Result<std::unique_ptr<FileLock>> OpenLock(const std::string& path) override {
    const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return Errno(errno, "opening " + path);
    return std::unique_ptr<FileLock>(new PosixLock(path, fd));
  }

  Result<std::string> Read(const std::string& path) override {
    const Descriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (fd.get() < 0) return Errno(errno, "opening " + path);
    struct stat info {};
    if (::fstat(fd.get(), &info) != 0) return Errno(errno, "size of " + path);
    // Files of the system (/proc) do not tell their size.
    constexpr std::size_t kUntoldBytes = 4096;
    std::string out;
    out.resize(info.st_size == 0 ? kUntoldBytes : static_cast<std::size_t>(info.st_size));
    std::size_t done = 0;
    while (done < out.size()) {
      const ssize_t got = ::read(fd.get(), out.data() + done, out.size() - done);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Errno(errno, "reading " + path);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
  }

  Result<std::uint64_t> Size(const std::string& path) override {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return Errno(errno, "size of " + path);
    return static_cast<std::uint64_t>(info.st_size);
  }

  bool Exists(const std::string& path) override { return ::access(path.c_str(), F_OK) == 0; }

  Result<std::vector<std::string>> List(const std::string& dir) override {
    DIR* open = ::opendir(dir.c_str());
    if (open == nullptr) return Errno(errno, "listing " + dir);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(open)) {
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    ::closedir(open);
    std::sort(names.begin(), names.end());
    return names;
  }

  Status MakeDirs(const std::string& dir) override {
    for (std::size_t at = 0; at != std::string::npos;) {
      at = dir.find('/', at + 1);
      const std::string prefix = dir.substr(0, at);
      if (::mkdir(prefix.c_str(), 0755) != 0 && errno != EEXIST) return Errno(errno, "making the folder " + prefix);
    }
    struct stat info {};
    if (::stat(dir.c_str(), &info) != 0) return Errno(errno, "making the folder " + dir);
    if (!S_ISDIR(info.st_mode)) return Errno(ENOTDIR, "making the folder " + dir);
    return Status::Ok();
  }

  Status Rename(const std::string& from, const std::string& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return Errno(errno, "renaming " + from + " to " + to);
    return Status::Ok();
  }

  Status Remove(const std::string& path) override {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return Errno(errno, "removing " + path);
    return Status::Ok();
  }

  Status SyncDir(const std::string& dir) override {
    const Descriptor fd(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.get() < 0) return Errno(errno, "opening " + dir);
    if (::fsync(fd.get()) != 0) return Errno(errno, "fsync of " + dir);
    return Status::Ok();
  }

  Result<std::string> NetworkKind(const std::string& path) override {
    struct statfs info {};
    if (::statfs(path.c_str(), &info) != 0) return Errno(errno, "asking for the file system of " + path);
    // The magic numbers of statfs(2): locks, shared mappings or both are not to be trusted on these.
    switch (static_cast<std::uint32_t>(info.f_type)) {
      case 0x6969:
        return std::string("NFS");
      case 0xFF534D42:
        return std::string("CIFS");
      case 0xFE534D42:
        return std::string("SMB2");
      case 0x517B:
        return std::string("SMB");
      case 0x01021997:
        return std::string("9P");
      case 0x00C36400:
        return std::string("Ceph");
      case 0x5346414F:
        return std::string("AFS");
      case 0x47504653:
        return std::string("GPFS");
      case 0x0BD00BD0:
        return std::string("Lustre");
      default:
        return std::string();
    }
  }
};

}  // namespace

FileSystem* FileSystem::Default() {
  static PosixFileSystem files;
  return &files;
}

}  // namespace cairn
