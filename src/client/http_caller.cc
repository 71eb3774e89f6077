#include "client/http_caller.h"

#include <fmt/format.h>
#include <zstd.h>

namespace cairn {
namespace {

constexpr std::size_t kAnswerBytesMax = std::size_t{2} << 30;
constexpr std::size_t kRoomBehind = 64;  // SIMDJSON_PADDING.
constexpr std::size_t kPackBytesMin = 1024;
constexpr int kPackLevel = 1;  // The sender has better things to do.

// For what was made with it, and is there only where it could be loaded.
const CurlLibrary& Curl() { return **CurlLibrary::Load(); }

struct Transfer {
  HttpReply reply;
  AnswerHead head;
  bool too_large = false;
};

// The callbacks return another number than they were given to end the transfer.
std::size_t OnBody(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  std::string& body = *transfer.reply.body;
  if (bytes > kAnswerBytesMax - body.size()) {
    transfer.too_large = true;
    return 0;
  }
  body.append(data, bytes);
  return bytes;
}

std::size_t OnHeader(char* data, std::size_t size, std::size_t count, void* user) noexcept {
  auto& transfer = *static_cast<Transfer*>(user);
  const std::size_t bytes = size * count;
  if (!transfer.head.Take({data, bytes})) {
    transfer.too_large = true;
    return 0;
  }
  const auto line = HeaderLine::Read({data, bytes});
  if (line && line->Is("retry-after")) transfer.reply.retry_after = line->value;
  if (line && line->Is("content-type")) transfer.reply.content_type = line->value;
  return bytes;
}

Status WhyNot(const ServiceAddress& address, CURLcode code, const Transfer& transfer, const char* detail) {
  if (transfer.too_large) {
    return {StatusCode::kResourceExhausted,
            fmt::format("the answer of the service at {} is longer than {} bytes", address.shown, kAnswerBytesMax)};
  }
  const char* what = *detail != '\0' ? detail : Curl().easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      return {StatusCode::kUnauthenticated,
              fmt::format("the service at {} is not trusted: {}; `store.ca_file` names its authority", address.shown,
                          what)};
    case CURLE_OUT_OF_MEMORY:
      return {StatusCode::kResourceExhausted, "out of memory"};
    default:
      return {StatusCode::kUnavailable, fmt::format("the service at {} cannot be reached: {}", address.shown, what)};
  }
}

bool Pack(std::string_view bytes, std::string& out) {
  out.resize(ZSTD_compressBound(bytes.size()));
  const std::size_t packed = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), kPackLevel);
  if (ZSTD_isError(packed) != 0 || packed >= bytes.size()) return false;
  out.resize(packed);
  return true;
}

}  // namespace

CurlCaller::CurlCaller(ServiceAddress address, const RemoteOptions& options)
    : address_(std::move(address)),
      options_(options),
      is_packing_(options.packing == Packing::kOn || (options.packing == Packing::kAuto && !address_.is_local())),
      handles_(options.connections) {}

// What is the same for each request.
void CurlCaller::Prepare(void* curl) const {
  Curl().easy_setopt(curl, CURLOPT_PROTOCOLS_STR, address_.base.starts_with("https") ? "https" : "http");
  Curl().easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  Curl().easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  Curl().easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
  Curl().easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  Curl().easy_setopt(curl, CURLOPT_BUFFERSIZE, 512L << 10);
  Curl().easy_setopt(curl, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
  Curl().easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options_.connect_timeout.count()));
  Curl().easy_setopt(curl, CURLOPT_WRITEFUNCTION, OnBody);
  Curl().easy_setopt(curl, CURLOPT_HEADERFUNCTION, OnHeader);
  if (is_packing_) Curl().easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
  if (!address_.unix_path.empty()) Curl().easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, address_.unix_path.c_str());
  if (address_.is_local()) Curl().easy_setopt(curl, CURLOPT_PROXY, "");
  if (!options_.ca_file.empty()) Curl().easy_setopt(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
}

bool CurlCaller::Packs(std::size_t bytes) const { return is_packing_ && bytes >= kPackBytesMin; }

Result<HttpReply> CurlCaller::Call(const HttpCall& call) {
  bool is_new = false;
  CurlHandles::Handle handle = handles_.Take(&is_new);
  if (handle == nullptr) return Status(StatusCode::kResourceExhausted, "libcurl gives no handle");
  CURL* curl = handle.get();
  if (is_new) Prepare(curl);

  Transfer transfer;
  transfer.reply.body = std::make_shared<std::string>();
  char detail[CURL_ERROR_SIZE] = "";
  std::string_view body = call.body;
  std::string packed;
  CurlHeaders headers;
  // Without it curl waits for a word before it sends a longer body.
  bool is_whole = !call.is_post || headers.Add("Expect:");
  if (call.is_post) is_whole = is_whole && headers.Add("Content-Type: " + call.content_type);
  if (call.is_post && Packs(body.size()) && Pack(body, packed)) {
    body = packed;
    is_whole = is_whole && headers.Add("Content-Encoding: zstd");
  }
  if (!options_.token.empty()) is_whole = is_whole && headers.Add("Authorization: Bearer " + options_.token);
  if (!is_whole) return Status(StatusCode::kResourceExhausted, "out of memory");
  const std::string url = address_.base + call.path;
  Curl().easy_setopt(curl, CURLOPT_URL, url.c_str());
  Curl().easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  Curl().easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(call.timeout.count()));
  Curl().easy_setopt(curl, CURLOPT_WRITEDATA, &transfer);
  Curl().easy_setopt(curl, CURLOPT_HEADERDATA, &transfer);
  Curl().easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
  if (call.is_post) {
    Curl().easy_setopt(curl, CURLOPT_POST, 1L);
    Curl().easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    Curl().easy_setopt(curl, CURLOPT_POSTFIELDS, body.empty() ? "" : body.data());
  } else {
    Curl().easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  const CURLcode code = Curl().easy_perform(curl);
  long status = 0;
  Curl().easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  // No pointer of this request stays in it.
  Curl().easy_setopt(curl, CURLOPT_HTTPHEADER, nullptr);
  Curl().easy_setopt(curl, CURLOPT_POSTFIELDS, nullptr);
  Curl().easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  handles_.GiveBack(std::move(handle));
  const bool is_cut = code == CURLE_OK && !transfer.head.is_whole();
  if (is_cut) kHeadCutShort.copy(detail, sizeof(detail) - 1);
  if (is_cut || code != CURLE_OK) return WhyNot(address_, code, transfer, detail);
  transfer.reply.status = static_cast<int>(status);
  transfer.reply.body->reserve(transfer.reply.body->size() + kRoomBehind);
  return std::move(transfer.reply);
}

}  // namespace cairn
