#include "server/body_coding.h"

#include <fmt/format.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "service/unpack_source.h"

namespace cairn {
namespace {

/// As RFC 8878 says that whoever takes zstd over HTTP should bound it: 8 MiB.
constexpr int kZstdWindowLogMax = 23;
constexpr std::size_t kWorthPacking = 1024;
constexpr int kGzipLevel = 1;
constexpr int kZstdLevel = 1;

class TextSource final : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : text_(text) {}
  Result<std::size_t> Read(char* out, std::size_t size) override {
    const std::size_t given = std::min(size, text_.size());
    std::memcpy(out, text_.data(), given);
    text_.remove_prefix(given);
    return given;
  }

 private:
  std::string_view text_;
};

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool PackGzip(std::string& body) {
  z_stream stream{};
  if (deflateInit2(&stream, kGzipLevel, Z_DEFLATED, 16 + MAX_WBITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK) {
    return false;
  }
  std::string packed(deflateBound(&stream, body.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(body.data());
  stream.avail_in = static_cast<uInt>(body.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const bool is_done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (is_done) body = std::move(packed);
  return is_done;
}

bool PackZstd(std::string& body) {
  std::string packed(ZSTD_compressBound(body.size()), '\0');
  const std::size_t size = ZSTD_compress(packed.data(), packed.size(), body.data(), body.size(), kZstdLevel);
  if (ZSTD_isError(size) != 0) return false;
  packed.resize(size);
  body = std::move(packed);
  return true;
}

}  // namespace

bool TakesCoding(std::string_view accepted, std::string_view coding) {
  while (!accepted.empty()) {
    const std::size_t comma = accepted.find(',');
    const std::string one = Lower(Trim(accepted.substr(0, comma)));
    accepted.remove_prefix(comma == std::string_view::npos ? accepted.size() : comma + 1);
    const std::size_t semicolon = one.find(';');
    if (Trim(std::string_view(one).substr(0, semicolon)) != coding) continue;
    if (semicolon == std::string::npos) return true;
    const std::string_view weight = Trim(std::string_view(one).substr(semicolon + 1));
    return !(weight.starts_with("q=0") && weight.find_first_of("123456789", 2) == std::string_view::npos);
  }
  return false;
}

Status UnpackBody(HttpParser& request, std::size_t bytes_max) {
  const std::string_view header = request.Header("Content-Encoding");
  if (header.empty()) return Status::Ok();
  const std::string coding = Lower(Trim(header));
  if (coding == "identity") return Status::Ok();
  std::unique_ptr<ByteSource> source = std::make_unique<TextSource>(request.body());
  if (coding == "gzip" || coding == "x-gzip") {
    source = UnpackGzip(std::move(source));
  } else if (coding == "deflate") {
    source = UnpackDeflate(std::move(source));
  } else if (coding == "zstd") {
    source = UnpackZstd(std::move(source), kZstdWindowLogMax);
  } else {
    return {StatusCode::kUnimplemented,
            fmt::format("the Content-Encoding \"{}\" is not known here; gzip, deflate and zstd are", header)};
  }
  std::string body;
  std::size_t used = 0;
  for (;;) {
    if (used == body.size()) {
      if (used > bytes_max) {
        return {StatusCode::kResourceExhausted, fmt::format("unpacked the body is longer than {} bytes", bytes_max)};
      }
      body.resize(std::min(bytes_max + 1, std::max<std::size_t>(4 * request.body().size(), 2 * used) + 1024));
    }
    auto got = source->Read(body.data() + used, body.size() - used);
    if (!got) return got.error().WithContext("unpacking the body");
    if (*got == 0) break;
    used += *got;
  }
  if (used > bytes_max) {
    return {StatusCode::kResourceExhausted, fmt::format("unpacked the body is longer than {} bytes", bytes_max)};
  }
  body.resize(used);
  request.ReplaceBody(std::move(body));
  return Status::Ok();
}

void PackBody(std::string_view accept_encoding, ServerResponse& response) {
  if (accept_encoding.empty() || response.BodyBytes() < kWorthPacking) return;
  for (const auto& header : response.headers) {
    if (header.first == "Content-Encoding") return;  // Packed already.
  }
  response.Set("Vary", "Accept-Encoding");
  const bool takes_zstd = TakesCoding(accept_encoding, "zstd");
  const bool takes_gzip = TakesCoding(accept_encoding, "gzip");
  if (takes_zstd || takes_gzip) response.Flatten();
  if (takes_zstd && PackZstd(response.body)) {
    response.Set("Content-Encoding", "zstd");
  } else if (takes_gzip && PackGzip(response.body)) {
    response.Set("Content-Encoding", "gzip");
  }
}

}  // namespace cairn
