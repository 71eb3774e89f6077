#include "service/byte_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <vector>

namespace cairn {
namespace {

constexpr std::size_t kPackedBytes = std::size_t{128} << 10;

// A file, a pipe or a terminal, with the first bytes looked at before they are read.
class FileSource : public ByteSource {
 public:
  explicit FileSource(int fd) : fd_(fd) {}
  ~FileSource() override {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }

  Result<std::size_t> Read(char* out, std::size_t size) override {
    if (!head_.empty()) {
      const std::size_t given = std::min(size, head_.size());
      std::memcpy(out, head_.data(), given);
      head_.erase(0, given);
      return given;
    }
    return ReadFd(out, size);
  }

  [[nodiscard]] bool WouldWait() const override {
    if (!head_.empty()) return false;
    pollfd state{fd_, POLLIN, 0};
    return ::poll(&state, 1, 0) == 0;
  }

  Result<std::string_view> Peek(std::size_t size) {
    char buffer[16];
    while (head_.size() < size) {
      auto read = ReadFd(buffer, std::min(sizeof buffer, size - head_.size()));
      if (!read) return read.error();
      if (*read == 0) break;
      head_.append(buffer, *read);
    }
    return std::string_view(head_);
  }

 private:
  Result<std::size_t> ReadFd(char* out, std::size_t size) {
    while (true) {
      const ssize_t got = ::read(fd_, out, size);
      if (got >= 0) return static_cast<std::size_t>(got);
      // A signal ends the wait: the caller may have been asked to stop, so it gets to look.
      if (errno == EINTR) return Status(StatusCode::kCancelled, "interrupted");
      if (errno == EAGAIN) {
        pollfd state{fd_, POLLIN, 0};
        if (::poll(&state, 1, -1) < 0 && errno == EINTR) return Status(StatusCode::kCancelled, "interrupted");
        continue;
      }
      return Status(StatusCode::kUnavailable, fmt::format("cannot be read: {}", std::strerror(errno)));
    }
  }

  int fd_;
  std::string head_;
};

// What packed sources share: a buffer of packed bytes, filled when it is used up.
class PackedSource : public ByteSource {
 public:
  explicit PackedSource(std::unique_ptr<ByteSource> packed) : packed_(std::move(packed)), buffer_(kPackedBytes) {}
  [[nodiscard]] bool WouldWait() const override { return begin_ == end_ && packed_->WouldWait(); }

 protected:
  Status Fill() {
    if (begin_ < end_ || ended_) return Status::Ok();
    auto got = packed_->Read(buffer_.data(), buffer_.size());
    if (!got) return got.error();
    begin_ = 0;
    end_ = *got;
    ended_ = *got == 0;
    return Status::Ok();
  }
  static Status Broken(std::string_view format, std::string_view what) {
    return {StatusCode::kInvalidArgument, fmt::format("broken {} data: {}", format, what)};
  }

  std::unique_ptr<ByteSource> packed_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
};

class GzipSource : public PackedSource {
 public:
  explicit GzipSource(std::unique_ptr<ByteSource> packed) : PackedSource(std::move(packed)) {
    good_ = inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK;
  }
  ~GzipSource() override {
    if (good_) inflateEnd(&stream_);
  }

  Result<std::size_t> Read(char* out, std::size_t size) override {
    if (!good_) return Status(StatusCode::kResourceExhausted, "no memory to unpack gzip");
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min<std::size_t>(size, 1U << 30));
    const uInt room = stream_.avail_out;
    while (stream_.avail_out == room) {
      if (Status filled = Fill(); !filled.ok()) return filled;
      if (between_) {
        // Members may follow each other, and zeros may fill up what was written in blocks.
        while (begin_ < end_ && buffer_[begin_] == 0) ++begin_;
        if (begin_ == end_ && ended_) return std::size_t{0};
        if (begin_ == end_) continue;
        inflateReset(&stream_);
        between_ = false;
      }
      if (ended_) return Broken("gzip", "it ends too early");
      stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data() + begin_);
      stream_.avail_in = static_cast<uInt>(end_ - begin_);
      const int code = inflate(&stream_, Z_NO_FLUSH);
      begin_ = end_ - stream_.avail_in;
      if (code == Z_STREAM_END) {
        between_ = true;
      } else if (code != Z_OK && code != Z_BUF_ERROR) {
        return Broken("gzip", stream_.msg != nullptr ? stream_.msg : "unreadable");
      }
    }
    return std::size_t{room - stream_.avail_out};
  }

 private:
  z_stream stream_{};
  bool good_ = false;
  bool between_ = false;  // Behind the end of a member.
};

class ZstdSource : public PackedSource {
 public:
  explicit ZstdSource(std::unique_ptr<ByteSource> packed)
      : PackedSource(std::move(packed)), stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {}

  Result<std::size_t> Read(char* out, std::size_t size) override {
    if (!stream_) return Status(StatusCode::kResourceExhausted, "no memory to unpack zstd");
    ZSTD_outBuffer unpacked{out, size, 0};
    while (unpacked.pos == 0) {
      if (Status filled = Fill(); !filled.ok()) return filled;
      // Bytes may wait inside the decoder when the input is used up, so it is asked once more before the end counts.
      if (ended_ && !open_) return std::size_t{0};
      ZSTD_inBuffer packed{buffer_.data() + begin_, end_ - begin_, 0};
      const std::size_t code = ZSTD_decompressStream(stream_.get(), &unpacked, &packed);
      begin_ += packed.pos;
      if (ZSTD_isError(code) != 0) return Broken("zstd", ZSTD_getErrorName(code));
      open_ = code != 0;
      if (ended_ && open_ && unpacked.pos == 0) return Broken("zstd", "it ends too early");
    }
    return unpacked.pos;
  }

 private:
  std::unique_ptr<ZSTD_DStream, decltype(&ZSTD_freeDStream)> stream_;
  bool open_ = true;  // Inside a frame.
};

}  // namespace

Result<std::unique_ptr<ByteSource>> MakeByteSource(int fd) {
  auto file = std::make_unique<FileSource>(fd);
  auto head = file->Peek(4);
  if (!head) return head.error();
  const std::string_view magic = *head;
  if (magic.substr(0, 2) == "\x1F\x8B") return std::unique_ptr<ByteSource>(new GzipSource(std::move(file)));
  const bool skippable = magic.size() == 4 && (magic[0] & 0xF0) == 0x50 && magic.substr(1) == "\x2A\x4D\x18";
  if (magic == "\x28\xB5\x2F\xFD" || skippable) return std::unique_ptr<ByteSource>(new ZstdSource(std::move(file)));
  return std::unique_ptr<ByteSource>(std::move(file));
}

Result<std::unique_ptr<ByteSource>> OpenByteSource(const std::string& path) {
  if (path == "-") return MakeByteSource(STDIN_FILENO);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return Status(errno == ENOENT ? StatusCode::kNotFound : StatusCode::kUnavailable,
                  fmt::format("cannot be opened: {}", std::strerror(errno)));
  }
  struct stat state {};
  if (::fstat(fd, &state) == 0 && S_ISDIR(state.st_mode)) {
    ::close(fd);
    return Status(StatusCode::kUnavailable, "is a folder");
  }
  ::posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
  return MakeByteSource(fd);
}

}  // namespace cairn
