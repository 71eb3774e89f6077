#include "service/unpack_source.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <vector>

namespace cairn {
namespace {

constexpr std::size_t kPackedBytes = std::size_t{128} << 10;

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
  GzipSource(std::unique_ptr<ByteSource> packed, int window_bits) : PackedSource(std::move(packed)) {
    good_ = inflateInit2(&stream_, window_bits) == Z_OK;
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
  ZstdSource(std::unique_ptr<ByteSource> packed, int window_log_max)
      : PackedSource(std::move(packed)), stream_(ZSTD_createDStream(), &ZSTD_freeDStream) {
    if (stream_) ZSTD_DCtx_setParameter(stream_.get(), ZSTD_d_windowLogMax, window_log_max);
  }

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

std::unique_ptr<ByteSource> UnpackGzip(std::unique_ptr<ByteSource> packed) {
  return std::make_unique<GzipSource>(std::move(packed), 16 + MAX_WBITS);
}

std::unique_ptr<ByteSource> UnpackDeflate(std::unique_ptr<ByteSource> packed) {
  return std::make_unique<GzipSource>(std::move(packed), MAX_WBITS);
}

std::unique_ptr<ByteSource> UnpackZstd(std::unique_ptr<ByteSource> packed, int window_log_max) {
  return std::make_unique<ZstdSource>(std::move(packed), window_log_max);
}

}  // namespace cairn
